"""What is entered twice is found; neighbours that only look alike are not."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.places.geodesy import distance
from bihuan.domain.places.names import alike, plain_name, read_name
from bihuan.domain.places.near import Named, duplicates, nearest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阳泉煤业（集团）有限责任公司", "阳泉煤业集团"),
        ("山西兆丰铝电有限责任公司", "山西兆丰铝电股份有限公司"),
        ("ＡＢＣ 化工有限公司", "abc化工"),
        ("盂县西小坪耐火材料有限公司", "盂县 西小坪耐火材料 有限公司"),
        ("平定县冠山镇污水处理厂", "平定县“冠山镇”污水处理厂"),
    ],
)
def test_names_that_differ_in_form_only_are_one(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("阳煤一矿", "阳煤二矿"), ("1号排放口", "2号排放口"), ("东区供热站", "西区供热站"), ("鑫源砖厂A线", "鑫源砖厂B线"),
     ("兴隆饭店", "宏达饭店"), ("阳泉第一热电", "阳泉新建热电")],
)  # fmt: skip
def test_neighbours_told_apart_by_number_or_direction_are_two(one: str, other: str) -> None:
    assert alike(read_name(one), read_name(other)) < 0.7


def test_a_name_is_never_empty() -> None:
    assert plain_name("有限公司") == "有限公司"
    assert plain_name("") == ""


def at(name: str, east: float = 0.0, north: float = 0.0) -> Named:
    """A name so many metres east and north of a place in 阳泉."""
    return Named(name, 113.58 + east / 87_900, 37.86 + north / 111_000)


def pairs(objects: list[Named]) -> set[tuple[int, int]]:
    return {(p.one, p.other) for p in duplicates(objects)}


def test_a_same_name_up_to_a_shift_of_systems_away_is_a_duplicate() -> None:
    assert pairs([at("鑫源耐火有限公司"), at("鑫源耐火", 550)]) == {(0, 1)}
    assert pairs([at("鑫源耐火有限公司"), at("鑫源耐火", 5000)]) == set()


def test_a_similar_name_is_a_duplicate_only_close_by() -> None:
    one, other = "盂县鑫源耐火材料厂", "鑫源耐火材料厂"
    assert pairs([at(one), at(other, 100)]) == {(0, 1)}
    assert pairs([at(one), at(other, 0, 600)]) == set()


def test_the_surest_pair_comes_first_and_says_how_far() -> None:
    found = duplicates(
        [at("盂县鑫源耐火材料厂"), at("鑫源耐火材料厂", 50), at("宏达洗煤"), at("宏达洗煤有限公司", 30)]
    )
    assert [(p.one, p.other) for p in found] == [(2, 3), (0, 1)]
    assert found[0].metres == pytest.approx(30, rel=0.01)


names = st.sampled_from(["宏达洗煤", "宏达洗煤厂", "鑫源", "鑫源耐火", "一矿", "二矿"])


@given(st.lists(st.builds(at, names, st.floats(-900, 900), st.floats(-900, 900)), max_size=30))
def test_the_grid_finds_what_comparing_each_with_each_finds(objects: list[Named]) -> None:
    truth = set()
    for i, one in enumerate(objects):
        for j in range(i + 1, len(objects)):
            share = alike(read_name(one.name), read_name(objects[j].name))
            apart = distance((one.lon, one.lat), (objects[j].lon, objects[j].lat))
            if apart <= (1000 if share == 1 else 300) and share >= 0.7:
                truth.add((i, j))
    assert pairs(objects) == truth


def test_many_objects_at_one_place_do_not_take_all_day() -> None:
    """Half a register is sometimes entered at the town hall: each with each would be a billion pairs."""
    crowd = [at(f"第{i}家" if i % 3 else "未命名") for i in range(30_000)]
    begun = perf_counter()
    found = duplicates(crowd)
    assert perf_counter() - begun < 60  # 1 s alone; each with each would take an hour
    assert len(found) >= 9_999  # each unnamed one with the next


def test_the_nearest_come_first() -> None:
    places = [(113.0, 37.0), (113.58, 37.861), (113.6, 37.86)]
    found = nearest((113.58, 37.86), places, 2)
    assert [i for i, _ in found] == [1, 2]
    assert found[0][1] == pytest.approx(111, abs=1)
