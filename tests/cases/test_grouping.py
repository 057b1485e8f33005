"""The rules of grouping: what belongs to one incident, what does not, and what explains the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.grouping import GAP, Group, Side, cause_of, grouped, kinship, root_of

HOUR = timedelta(hours=1)
START = datetime(2019, 1, 10, tzinfo=UTC)
OVER: dict[str, Any] = {"check": "over", "facet": "exceedance", "rank": 2}
ULTRA: dict[str, Any] = {"check": "ultra", "facet": "exceedance", "rank": 1, "explained_by": ("over",)}
LIKELY: dict[str, Any] = {"check": "likely", "facet": "exceedance", "rank": 0, "explained_by": ("over",)}
OFFLINE: dict[str, Any] = {"check": "offline", "facet": "arrival", "cause": "line", "rank": 1}
CAPTURE: dict[str, Any] = {
    "check": "capture",
    "facet": "arrival",
    "cause": "line",
    "rank": 2,
    "explained_by": ("offline",),
}
SPIKE: dict[str, Any] = {"check": "spike", "cause": "weather", "area": "1403"}


def side(key: int, target: str = "P1-1", start: float = 0.0, hours: float = 1.0, **more: Any) -> Side:
    """A finding about an outlet of the plant that its code begins with; times in hours after START."""
    begin = START + start * HOUR
    fields: dict[str, Any] = {
        "check": "some", "item": "nox", "rank": 1, "line": target.partition("-")[0], "area": "1403"
    }  # fmt: skip
    return Side(
        key=key, target=("outlet", target), start=begin, until=begin + hours * HOUR, **{**fields, **more}
    )


def keys(groups: list[Group]) -> list[list[int]]:
    """The new findings of each incident."""
    return [sorted(s.key for s in g.new) for g in groups]


def test_three_facets_of_one_exceedance_are_one_matter_whatever_the_pollutant() -> None:
    sides = [side(1, **LIKELY), side(2, **ULTRA, item="so2"), side(3, start=1, **OVER)]
    assert keys(grouped(sides, [])) == [[1, 2, 3]]
    assert root_of(sides).key == 3
    assert cause_of(sides) == "target"


def test_two_matters_of_one_outlet_at_one_time_stand_apart() -> None:
    assert keys(grouped([side(1, **OVER), side(2, facet="no life"), side(3, check="alone")], [])) == [
        [1],
        [2],
        [3],
    ]


def test_a_check_that_declares_nothing_joins_its_own_findings_of_other_items() -> None:
    assert keys(grouped([side(1), side(2, item="so2"), side(3, check="other")], [])) == [[1, 2], [3]]


def test_the_same_matter_after_a_pause_longer_than_the_gap_is_another() -> None:
    near, late = GAP / HOUR + 1, GAP / HOUR + 1.1
    assert keys(grouped([side(1, **OVER), side(2, start=near, **ULTRA)], [])) == [[1, 2]]
    assert keys(grouped([side(1, **OVER), side(2, start=late, **ULTRA)], [])) == [[1], [2]]


def test_a_consequence_joins_its_cause_whichever_comes_first() -> None:
    there = [side(1, incident=7, **CAPTURE)]
    (group,) = grouped([side(2, **OFFLINE)], there)
    assert group.incidents == [7]
    assert root_of([*there, *group.new]).key == 2


def test_the_outlets_of_a_plant_that_fall_silent_at_once_are_one_line() -> None:
    sides = [side(1, "P1-1", **OFFLINE), side(2, "P1-2", 0.9, **OFFLINE), side(3, "P2-1", **OFFLINE)]
    assert keys(grouped(sides, [])) == [[1, 2], [3]]
    assert cause_of(sides[:2]) == "line"
    apart = [side(1, "P1-1", **OFFLINE), side(2, "P1-2", 1.1, **OFFLINE)]
    assert keys(grouped(apart, [])) == [[1], [2]]


def test_two_outlets_of_a_plant_over_the_limit_at_once_are_two() -> None:
    assert keys(grouped([side(1, "P1-1", **OVER), side(2, "P1-2", **OVER)], [])) == [[1], [2]]


@pytest.mark.parametrize(("plants", "incidents"), [(3, 3), (4, 1), (60, 1)])
def test_so_many_plants_silent_at_once_are_no_coincidence(plants: int, incidents: int) -> None:
    sides = [side(n, f"P{n}-1", n * 0.4 / plants, **OFFLINE) for n in range(plants)]
    assert len(grouped(sides, [])) == incidents
    if incidents == 1:
        assert cause_of(sides) == "network"


def test_four_outlets_of_one_plant_make_no_network() -> None:
    silent = [side(n, f"P1-{n}", n / 10, **OFFLINE) for n in range(4)]
    assert keys(grouped([*silent, side(9, "P2-1", **OFFLINE)], [])) == [[0, 1, 2, 3], [9]]


def of_vendors(**plants: int) -> list[Side]:
    """Loggers that fall silent within half an hour: so many plants of each vendor, `unknown` of none."""
    owners = [vendor for vendor, n in plants.items() for _ in range(n)]
    return [
        side(n, f"P{n}-1", n * 0.4 / len(owners), vendor=vendor.replace("unknown", ""), **OFFLINE)
        for n, vendor in enumerate(owners)
    ]


@pytest.mark.parametrize(
    ("plants", "causes"),
    [
        ({"a": 4}, ["vendor"]),
        ({"a": 30, "b": 3}, ["vendor", "target", "target", "target"]),
        ({"a": 30, "unknown": 1}, ["vendor", "target"]),
        ({"a": 3}, ["target", "target", "target"]),
        ({"a": 30, "b": 4}, ["network"]),
        ({"a": 30, "b": 2, "unknown": 2}, ["network"]),
        ({"a": 2, "b": 2}, ["network"]),
        ({"unknown": 4}, ["network"]),
    ],
)
def test_a_vendors_platform_is_down_where_its_loggers_are_silent_and_those_of_others_speak(
    plants: dict[str, int], causes: list[str]
) -> None:
    assert [cause_of(g.new) for g in grouped(of_vendors(**plants), [])] == causes


@pytest.mark.parametrize("late", [0, 1, 2, 3])
def test_whoever_comes_first_or_last_one_logger_of_another_is_a_coincidence(late: int) -> None:
    """All at one minute, in rounds one after the other: the findings that are there, and the new one, in every order."""
    a = [side(n, f"P{n}-1", incident=1, vendor="a", **OFFLINE) for n in range(1, 5)]
    b = side(-1 if late % 2 else 9, "P9-1", vendor="b", **OFFLINE)
    (group,) = grouped([b], a[: 3 + late // 2])
    assert group.incidents == ([] if late // 2 else [1])


def test_what_follows_from_a_vendors_platform_joins_it_and_explains_nothing() -> None:
    silent = of_vendors(a=5)
    capture = side(9, "P2-1", 3, vendor="a", **CAPTURE)
    over = side(10, "P3-1", 1, vendor="a", **OVER)
    first, alone = grouped([*silent, capture, over], [])
    assert (len(first.new), keys([alone])) == (6, [[10]])
    assert (root_of(first.new), cause_of(first.new)) == (silent[0], "vendor")


def test_a_platform_grows_into_the_network_when_the_loggers_of_others_fall_silent_too() -> None:
    there = [
        side(s.key, s.target[1], (s.start - START) / HOUR, incident=7, vendor="a", **OFFLINE)
        for s in of_vendors(a=5)
    ]
    others = [side(20 + n, f"P{20 + n}-1", 0.45, vendor="b", **OFFLINE) for n in range(4)]
    (group,) = grouped(others, there)
    assert (group.incidents, cause_of([*there, *group.new])) == ([7], "network")
    assert len(grouped(others[:3], there)) == 3


@given(st.dictionaries(st.sampled_from("abc"), st.integers(1, 9), min_size=2))
def test_however_many_loggers_whom_each_belongs_to_never_makes_more_of_one_vendors_crowd(
    plants: dict[str, int],
) -> None:
    """Those of a vendor that are a crowd by themselves always stand in one incident, whatever the others do."""
    groups = grouped(of_vendors(**plants), [])
    for vendor, n in plants.items():
        homes = [i for i, g in enumerate(groups) if any(s.vendor == vendor for s in g.new)]
        assert n < 4 or len(homes) == 1


def test_a_crowd_unites_what_had_stood_alone_and_goes_on_to_grow() -> None:
    there = [side(n, f"P{n}-1", incident=n, **OFFLINE) for n in (1, 2, 3)]
    (group,) = grouped([side(4, "P4-1", 0.2, **OFFLINE)], there)
    assert group.incidents == [1, 2, 3]
    united = [side(s.key, s.target[1], incident=1, **OFFLINE) for s in (*there, *group.new)]
    (later,) = grouped([side(5, "P5-1", 0.4, **OFFLINE)], united)
    assert later.incidents == [1]


def test_a_logger_that_falls_silent_with_the_network_does_not_reopen_what_it_had_before() -> None:
    late = {"check": "late", "facet": "arrival", "cause": "line"}
    before = side(9, "P1-1", -2, incident=9, fixed=True, leads=True, **late)
    silent = [side(n, f"P{n}-1", **OFFLINE) for n in range(1, 5)]
    (group,) = grouped(silent, [before])
    assert (group.incidents, len(group.new)) == ([], 4)
    assert [g.incidents for g in grouped(silent[:3], [before])] == [[9], [], []]


def test_neighbours_that_spike_in_one_item_at_once_have_one_cause() -> None:
    dust = [side(n, f"S{n}", line="", item="pm10", **SPIKE) for n in (1, 2, 3)]
    other = side(4, "S4", line="", item="so2", **SPIKE)
    far = side(5, "S5", line="", item="pm10", **{**SPIKE, "area": "1401"})
    late = side(6, "S6", 2, line="", item="pm10", **SPIKE)
    assert keys(grouped([*dust, other, far, late], [])) == [[1, 2, 3], [4], [5], [6]]
    assert keys(grouped(dust[:2], [])) == [[1], [2]]


def test_an_outage_of_ours_explains_what_was_silent_in_it_and_nothing_else() -> None:
    ours = side(1, "140300", 0, 6, check="centre.outage", cause="centre", rank=1)
    silent, late = side(2, "P1-1", 1, **OFFLINE), side(3, "P2-1", 5, 3, **CAPTURE)
    over, after = side(4, "P3-1", 1, **OVER), side(5, "P4-1", 6.5, **OFFLINE)
    sides = [silent, late, over, after, ours]
    assert keys(grouped(sides, [])) == [[1, 2, 3], [4], [5]]
    assert (root_of([silent, late, ours]), cause_of([silent, late, ours])) == (ours, "centre")


def test_what_was_silent_before_we_were_down_is_no_doing_of_ours() -> None:
    """A logger that fell silent two hours before goes on to be silent; one that sends every hour is last heard before."""
    ours = side(1, "140300", 0, 6, check="centre.outage", cause="centre", rank=1)
    before, month = side(2, "P1-1", -2, 9, **OFFLINE), side(3, "P1-1", -72, 75, **CAPTURE)
    last_hour = side(4, "P2-1", -0.8, **OFFLINE)
    assert keys(grouped([before, month, last_hour, ours], [])) == [[2, 3], [1, 4]]


def test_what_is_judged_or_made_by_hand_is_joined_but_never_united() -> None:
    split = [side(1, incident=1, fixed=True, **OVER), side(2, incident=2, fixed=True, item="so2", **ULTRA)]
    groups = grouped([side(3, start=1, **LIKELY), side(4, start=1, item="so2", **ULTRA)], split)
    assert [(g.incidents, keys([g])) for g in groups] == [([1], [[3]]), ([2], [[4]])]


def test_what_is_of_a_matter_comes_to_the_judged_one_though_it_is_linked_only_through_another() -> None:
    judged = side(1, "P1-1", incident=1, fixed=True, leads=True, **OFFLINE)
    by_line = side(2, "P1-2", 0.5, **OFFLINE)
    by_matter = side(3, "P1-2", 2, **CAPTURE)
    (group,) = grouped([by_line, by_matter], [judged])
    assert (group.incidents, group.leaders) == ([1], {2: 1})


@pytest.mark.parametrize(("rank", "follows"), [(0, True), (1, True), (2, False)])
def test_only_what_is_no_worse_takes_over_a_verdict(rank: int, follows: bool) -> None:
    silenced = side(1, incident=1, fixed=True, leads=True, **ULTRA)
    (group,) = grouped([side(2, **{**OVER, "rank": rank})], [silenced])
    assert (group.incidents, bool(group.leaders)) == ([1], follows)


def test_a_serious_one_does_not_hide_behind_a_mild_one_of_a_serious_incident() -> None:
    mild = side(1, start=20, incident=1, fixed=True, leads=True, **LIKELY)
    serious = side(2, start=0, incident=1, fixed=True, leads=True, **OVER)
    (group,) = grouped([side(3, start=22, item="so2", **OVER)], [mild, serious])
    assert (group.incidents, group.leaders) == ([1], {})


def test_what_comes_back_to_its_own_judged_finding_waits_for_people() -> None:
    silenced = side(1, incident=1, fixed=True, leads=True, **OVER)
    (group,) = grouped([side(2, start=2, **OVER)], [silenced])
    assert (group.incidents, group.leaders) == ([1], {})


CHECKS = st.sampled_from([OVER, ULTRA, LIKELY, OFFLINE, CAPTURE, SPIKE, {}])
SIDES = st.lists(
    st.tuples(CHECKS, st.sampled_from(["P1-1", "P1-2", "P2-1", "P3-1", "P4-1", "P5-1"]), st.integers(0, 30)),
    min_size=1, max_size=25,
).map(lambda rows: [side(n, target, start / 2, **more) for n, (more, target, start) in enumerate(rows)])  # fmt: skip


@given(SIDES)
def test_every_finding_stands_in_one_incident_with_all_its_kin(sides: list[Side]) -> None:
    groups = grouped(sides, [])
    assert sorted(k for group in keys(groups) for k in group) == sorted(s.key for s in sides)
    home = {s.key: n for n, g in enumerate(groups) for s in g.new}
    for one in sides:
        for another in sides:
            if one is not another and kinship(one, another) is not None:
                assert home[one.key] == home[another.key]


@given(SIDES, st.randoms())
def test_the_order_in_which_they_come_in_one_round_does_not_matter(sides: list[Side], rng: Any) -> None:
    mixed = rng.sample(sides, len(sides))
    assert sorted(keys(grouped(sides, []))) == sorted(keys(grouped(mixed, [])))
