"""The plants' pages at their edges: the search, reasons that are none or too long, long lists, odd files, a whole map."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry, Emitter
from bihuan.scenarios.plant_emissions import marking
from bihuan.scenarios.plant_emissions.limit_rules import limit_faults, span_faults
from bihuan.scenarios.plant_emissions.models import Limit, Mark, Outlet, QualityCheck, Span, Withdrawal
from bihuan.scenarios.plant_emissions.search import find
from bihuan.scenarios.plant_emissions.tests.asking import as_, at, on_map, page, table, text
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, lines, receive
from tests.people import City

NONE = ["", " \n", "\x00\x08"]


# Search


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("E1-1", ["E1-1"]),
        ("e1-", ["E1-1"]),
        ("测试厂E2", ["E2-1"]),
        ("锅炉", ["E1-1", "E2-1"]),
        ("%", []),
        ("E1' OR '1'='1", []),
    ],
)
def test_an_outlet_is_found_by_code_name_and_enterprise(plants: City, words: str, found: list[str]) -> None:
    hits = find(plants.person("dispatcher", "140300"), words, 10)
    assert sorted(h.note for h in hits) == found
    assert all(h.simulated for h in hits)
    assert [h.url for h in hits] == [reverse("plant_emissions:outlet", args=[h.note]) for h in hits]


def test_nobody_finds_what_he_may_not_open(plants: City) -> None:
    def found(role: str, region: str) -> list[str]:
        return [h.note for h in find(plants.person(role, region), "锅炉", 10)]

    assert found("dispatcher", "140321") == found("enterprise", "140321") == ["E1-1"]
    assert found("dispatcher", "140302") == []
    assert len(find(plants.person("dispatcher", "140300"), "锅炉", 1)) == 1


# Reasons


def spoken(plants: City, reason: str) -> None:
    marking.set_mark(
        Outlet.objects.get(pk="E1-1"), plants.person("dispatcher", "140300"), "device", "维护", at(2, 25, 3),
        at(2, 25, 4), reason,
    )  # fmt: skip


@pytest.mark.parametrize("reason", NONE, ids=repr)
def test_a_reason_of_which_nothing_can_be_read_is_none(plants: City, reason: str) -> None:
    with pytest.raises(IllegalMove, match="请写明理由"):
        spoken(plants, reason)
    spoken(plants, "更换滤芯")
    with pytest.raises(IllegalMove, match="请写明理由"):
        marking.withdraw(Mark.objects.get(), plants.person("dispatcher", "140300"), reason)
    assert not Withdrawal.objects.exists()


def test_a_reason_that_is_too_long_is_refused_and_never_cut(plants: City) -> None:
    with pytest.raises(IllegalMove, match="理由最多 400 字, 现在有 401 字"):
        spoken(plants, "长" * 401)
    spoken(plants, "长" * 400)
    made, by = Mark.objects.get(), plants.person("dispatcher", "140300")
    assert len(made.reason) == 400
    with pytest.raises(IllegalMove, match="400"):
        marking.withdraw(made, by, "长" * 401)
    assert AuditEntry.objects.filter(action="mark.withdraw").count() == 0
    assert check_log() == []


def quality(plants: City, **more: Any) -> QualityCheck:
    """A quality check of E1-1 as it is kept."""
    said: dict[str, Any] = {
        "item": "nox", "what": "span", "at": NOW - timedelta(hours=1), "passed": True, "result": "合格",
        "who": plants.person("enterprise", "140321"), "entered_at": NOW, **more,
    }  # fmt: skip
    return QualityCheck.objects.create(outlet_id="E1-1", **said)


def test_a_quality_check_is_not_withdrawn_for_a_reason_that_was_cut(client: Client, plants: City) -> None:
    made = quality(plants)
    address = reverse("plant_emissions:withdraw_quality", args=["E1-1", made.pk])
    shown = as_(client, plants).post(address, {"reason": "长" * 401}, follow=True).content.decode()
    assert "最多 400 字" in shown
    made.refresh_from_db()
    assert made.withdrawn_at is None


def test_of_two_who_withdraw_one_check_the_second_is_told(plants: City) -> None:
    made = quality(plants)
    first, second = plants.person("dispatcher", "140300"), plants.person("chief", "140300")
    marking.withdraw_quality(made, first, "录错")
    with pytest.raises(IllegalMove, match="已撤销"):
        marking.withdraw_quality(QualityCheck.objects.get(pk=made.pk), second, "也录错")
    made.refresh_from_db()
    assert (made.withdrawn_by, made.withdrawn_for) == (first, "录错")


def test_every_quality_check_can_be_reached_however_many_there_are(client: Client, plants: City) -> None:
    oldest = quality(plants, at=NOW - timedelta(days=200), result="最早的一次")
    for n in range(55):
        quality(plants, at=NOW - timedelta(days=n), result=f"第{n}次")
    as_(client, plants)
    first, second = (page(client, "register", "E1-1", page=n).content.decode() for n in (1, 2))
    door = reverse("plant_emissions:withdraw_quality", args=["E1-1", oldest.pk])
    assert (door in first, door in second) == (False, True)
    assert "第0次" in first
    assert "最早的一次" in second


def test_a_check_of_later_is_not_known_yet(client: Client, plants: City) -> None:
    quality(plants, result="漂移 1.2 %", entered_at=NOW + timedelta(hours=1))
    as_(client, plants)
    assert "漂移 1.2 %" not in text(client, "register", "E1-1")
    clock.set_replay(NOW + timedelta(hours=1), 0)
    assert "漂移 1.2 %" in text(client, "register", "E1-1")


# Lists and files


@pytest.mark.parametrize("kind", ["pdf", "", "CSV", "xlsx%00"])
def test_another_kind_of_file_is_refused_in_words(client: Client, plants: City, kind: str) -> None:
    answer = page(as_(client, plants), "index", **{"as": kind})
    assert answer.status_code == 400
    assert "可选 csv 或 xlsx" in answer.content.decode()


def test_the_list_says_of_each_number_what_it_is(client: Client, plants: City) -> None:
    receive(lines("episode"))
    clock.set_replay(at(2, 25, 4, 3), 0)
    over, silent = page(as_(client, plants), "index").context["list"].table_lines

    def cells(line: Any) -> dict[str, Any]:
        return {head.column.title: cell for head, cell in line.cells}

    first, second = cells(over), cells(silent)
    nox = first["氮氧化物 mg/m³"]
    assert (nox.text, nox.tone, nox.note, nox.tags) == ("111.0", "bad", "/ 100", [])
    assert first["颗粒物 mg/m³"].text == "·", "no limit, no number"
    assert (first["状态"].tags, second["状态"].tags) == ([("超标", "bad")], [("离线", "warn")])
    assert (first["最后收到"].tone, second["最后收到"].tone) == ("", "warn")
    assert first["小时"].url == reverse("plant_emissions:hour", args=["E1-1", "2019022503"])
    assert first["企业"].note == "E1-1"
    assert first["今日有效小时"].text == "4/4"


def test_the_list_of_sewage_speaks_english_too(client: Client, plants: City) -> None:
    as_(client, plants).post(reverse("language"), {"language": "en"})
    shown = text(client, "index", kind="sewage")
    assert "No outlets of this kind are registered." in shown
    for head in ("Hours owed today", "Enterprise code"):
        assert head in page(client, "index", **{"as": "csv"}).content.decode()


def test_hours_before_an_outlet_was_connected_are_owed_by_nobody(client: Client, plants: City) -> None:
    receive(lines("near_miss"))  # six hours from midnight on
    as_(client, plants)

    def hours() -> tuple[str, str]:
        (row,) = [r for r in table(client, "index") if r["编码"] == "E1-1"]
        return row["今日有效小时"], row["今日应有小时"]

    assert hours() == ("6", "6")
    Outlet.objects.filter(pk="E1-1").update(since=at(2, 25, 4, 20))
    assert hours() == ("2", "2")
    Outlet.objects.filter(pk="E1-1").update(since=at(2, 26))
    assert hours() == ("0", "0")


def test_a_long_list_has_pages_and_its_file_has_all(client: Client, plants: City) -> None:
    for n in range(62):
        emitter = Emitter.objects.create(
            code=f"Z{n:02}", name=f"厂{n:02}", kind="plant", region=plants.regions["140321"], industry="供热", grade="C",
            lon=113.6, lat=37.8,
        )  # fmt: skip
        Outlet.objects.create(code=f"Z{n:02}-1", name="炉", emitter=emitter, process="coal_boiler", since=NOW)
    as_(client, plants)
    first, second, beyond = (page(client, "index", page=n).context["list"].lines for n in (1, 2, 99))
    assert (len(first), len(second), len(beyond)) == (60, 4, 4)
    codes = [s.outlet.code for s in (*first, *second)]
    assert len(set(codes)) == 64
    assert [r["编码"] for r in table(client, "index", page=2)] == codes


def test_the_map_shows_a_plant_once_with_all_of_its_outlets(client: Client, plants: City) -> None:
    second = outlet_of("E1", "E1-2")
    shown = on_map(as_(client, plants))
    names = [f["properties"]["name"] for f in shown["features"]]
    assert len(names) == len(set(names)) == 2
    note = next(f["properties"] for f in shown["features"] if "测试厂E1" in f["properties"]["name"])
    assert second.name in str(note)


def outlet_of(emitter: str, code: str) -> Outlet:
    """Another outlet of a plant, without a logger."""
    return Outlet.objects.create(
        code=code,
        name="2号锅炉",
        emitter_id=emitter,
        process="coal_boiler",
        ref_o2=9.0,
        since=NOW - timedelta(days=9),
    )


# What the register demands


def faults(made: Limit | Span) -> list[str]:
    return [field for field, _why in (limit_faults(made) if isinstance(made, Limit) else span_faults(made))]


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("gas", {"item": "nox", "limit": 100}, []),
        ("gas", {"item": "cod", "limit": 50, "period": "day"}, ["item"]),
        ("gas", {"item": "nox", "limit": 100, "low": 5}, ["low"]),
        ("sewage", {"item": "cod", "limit": 50, "period": "day"}, []),
        ("sewage", {"item": "cod", "limit": 50}, ["period"]),
        ("sewage", {"item": "cod", "limit": 50, "period": "day", "ultra_low": True}, ["ultra_low"]),
        ("sewage", {"item": "ph", "limit": 9, "low": 6, "period": "day"}, []),
        ("sewage", {"item": "ph", "limit": 9, "period": "day"}, ["low"]),
        ("sewage", {"item": "ph", "limit": 9, "low": 9, "period": "day"}, ["low"]),
        ("sewage", {"item": "nox", "limit": 9}, ["item", "period"]),
    ],
)
def test_what_a_limit_demands_by_its_kind_of_outlet(
    kind: str, fields: dict[str, Any], wrong: list[str]
) -> None:
    assert faults(Limit(outlet=Outlet(kind=kind), **fields)) == wrong


@pytest.mark.parametrize(
    ("low", "high", "wrong"),
    [(0, 300, []), (-20, 60, []), (300, 300, ["high"]), (300, 0, ["high"])],
)
def test_the_upper_end_of_a_range_lies_above_the_lower(low: float, high: float, wrong: list[str]) -> None:
    assert faults(Span(outlet=Outlet(kind="gas"), item="nox", low=low, high=high)) == wrong
