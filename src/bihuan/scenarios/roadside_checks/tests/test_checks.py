"""Each check: an episode that must fire, through the importer, and a near miss that must not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.domain.checks import Check
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.roadside_checks import checks, instrument_checks
from bihuan.scenarios.roadside_checks.inputs import inputs
from bihuan.scenarios.roadside_checks.scenario import SCENARIO
from bihuan.scenarios.roadside_checks.tests.world import (
    DAY,
    KEY,
    MINUTE,
    PLATE,
    capture,
    lorry,
    point,
    sensed,
    sent,
)
from tests.people import City
from tests.web.world import NOW

Make = Callable[..., None]


@pytest.fixture
def county(place: City) -> City:
    point(place)
    lorry(place)
    return place


def found(check: Check) -> list[tuple[str, str]]:
    """(target, title) of its findings now."""
    rows = check.run(*inputs(NOW, SCENARIO.look_back))
    return list(rows.select("target", "title").iter_rows())


def test_two_in_a_row_within_six_months(county: City, tmp_path: Path) -> None:
    sensed(tmp_path, {"at": NOW - 100 * DAY, "opacity": 41}, {"opacity": 46.5})
    assert found(checks.repeat) == [(KEY, "遥感监测 不透光烟度 2 次超标，最近一次 46.5 %")]


@pytest.mark.parametrize(("name", "count"), [("episode", 1), ("near_miss", 0)])
def test_files_as_they_come(county: City, name: str, count: int) -> None:
    """A record between that measured no opacity does not break the row; a clean one does, and one of too much power is none."""
    (report,) = import_files(archive(), [Path(__file__).parent / "fixtures" / f"{name}.csv"], received=NOW)
    assert not report.refused
    assert len(found(checks.repeat)) == count


@pytest.mark.parametrize(
    "rows",
    [
        [{"opacity": 46}],
        [{"at": NOW - 187 * DAY, "opacity": 46}, {"opacity": 46}],
        [{"at": NOW - 3 * DAY, "opacity": 46}, {"at": NOW - 2 * DAY}, {"opacity": 46}],
        [{"at": NOW - 3 * DAY, "opacity": 46}, {"no": 1800}],
        [{"at": NOW - 3 * DAY, "opacity": 46, "weather": "雨"}, {"opacity": 46}],
        [
            {"at": NOW - 3 * DAY, "opacity": 46, "plate": "晋C99999"},
            {"opacity": 46, "plate": "晋C99999"},
        ],  # of no list
    ],
)
def test_what_is_not_repeated(county: City, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    sensed(tmp_path, *rows)
    assert found(checks.repeat) == []


def test_a_record_without_colour_is_of_the_only_vehicle_with_its_plate(county: City, tmp_path: Path) -> None:
    rows = [
        {"at": NOW - 3 * DAY, "opacity": 46, "colour": ""},
        {"opacity": 46, "colour": "", "plate": "晋С12345"},
    ]
    sensed(tmp_path, *rows)
    assert [target for target, _title in found(checks.repeat)] == [KEY]
    lorry(county, n=9, colour="blue")
    assert found(checks.repeat) == []


def test_smoke_counts_when_a_person_has_confirmed_it(county: City) -> None:
    capture(county, state="confirmed", reviewed_at=NOW)
    capture(county, "H2")
    capture(county, "H3", state="rejected", reviewed_at=NOW)
    capture(county, "H4", state="confirmed", reviewed_at=NOW, plate="")
    capture(county, "H5", state="confirmed", reviewed_at=NOW + MINUTE)
    assert found(checks.smoke) == [(KEY, "G207抓拍到冒黑烟，经审核确认")]


@pytest.mark.parametrize(
    ("check", "episode", "near"),
    [
        (checks.reagent_empty, {"count": 30, "reagent": 1}, {"count": 29, "reagent": 1}),
        (checks.reagent_empty, {"count": 60, "reagent": 2}, {"count": 60, "reagent": 2.5}),
        (checks.reagent_empty, {"count": 60, "reagent": 0}, {"count": 60, "reagent": 0, "speed": 0}),
        (checks.reagent_empty, {"count": 60, "reagent": 0}, {"count": 60, "reagent": ""}),
        (
            checks.nox_without_urea,
            {"count": 120, "nox": lambda i: 900 + i, "reagent": 60},
            {"count": 120, "nox": lambda i: 900 + i},
        ),
        (
            checks.nox_without_urea,
            {"count": 120, "nox": lambda i: 900 + i, "reagent": 60},
            {"count": 120, "nox": lambda i: 900 + i, "reagent": ""},
        ),
        (
            checks.nox_without_urea,
            {"count": 120, "nox": lambda i: 900 + i, "reagent": 60},
            {"count": 120, "nox": lambda i: 900 + i, "reagent": 60, "scr": 150},
        ),
        (checks.constant, {"count": 60, "nox": 55}, {"count": 59, "nox": 55}),
        (checks.constant, {"count": 60, "dpf": 5}, {"count": 60, "dpf": ""}),
        (checks.constant, {"count": 60, "nox": 55}, {"count": 60, "nox": 55, "speed": 60}),
    ],
)
def test_days_of_terminals(
    county: City, tmp_path: Path, check: Check, episode: dict[str, Any], near: dict[str, Any]
) -> None:
    lorry(county, "晋C54321", 2)
    sent(tmp_path, n=1, **episode)
    sent(tmp_path, n=2, **near)
    assert [target for target, _title in found(check)] == [KEY]


def test_the_lamp_on_three_days_in_a_row(county: City, tmp_path: Path) -> None:
    lorry(county, "晋C54321", 2)
    for n in (1, 2, 3):
        sent(tmp_path, 20, begin=NOW - n * DAY, mil=1)
        sent(tmp_path, 20, n=2, begin=NOW - n * DAY, mil=int(n != 2))
    assert found(checks.lamp) == [(KEY, "故障灯连续 3 个行驶日点亮")]


def test_a_terminal_that_is_silent_while_the_vehicle_drives(county: City, tmp_path: Path) -> None:
    lorry(county, "晋C54321", 2)
    sent(tmp_path, 10, begin=NOW - 3 * DAY)
    sent(tmp_path, 10, n=2, begin=NOW - timedelta(hours=20))
    for plate in (PLATE, "晋C54321"):
        passed(plate, NOW - timedelta(hours=9), NOW - timedelta(hours=5))
    titles = found(checks.silent)
    assert [target for target, _title in titles] == [KEY]
    assert "此后过门禁 2 次" in titles[0][1]


def test_one_passage_may_be_a_wrong_reading(county: City, tmp_path: Path) -> None:
    sent(tmp_path, 10, begin=NOW - 3 * DAY)
    passed(PLATE, NOW - timedelta(hours=9))
    assert found(checks.silent) == []


def passed(plate: str, *times: Any) -> None:
    """Passages at a gate, in the table of the gates."""
    table = archive().passages
    rows = pl.DataFrame(
        [{"site": "G1", "start": at, "number": f"{plate}{at}", "plate": plate, "colour": "yellow", "received": at, "journal": 1} for at in times],
        schema=dict(table.layout.columns), orient="row",
    )  # fmt: skip
    table.store(rows, table.parts.stored() + 1)


def test_an_instrument_whose_value_stands_still(county: City, tmp_path: Path) -> None:
    point(county, "R2")
    same = [{"at": NOW - DAY + n * MINUTE, "no": 412, "opacity": n % 9} for n in range(30)]
    sensed(tmp_path, *same)
    sensed(tmp_path, *({**r, "site": "R2"} for r in same[:29]))
    assert found(instrument_checks.stands_still) == [("R1", "NO 连续 30 辆车都是 412")]


def test_an_instrument_with_few_valid_records(county: City, tmp_path: Path) -> None:
    point(county, "R2")
    rows = [{"at": NOW - DAY + n * MINUTE, "no": n, "vsp": 30 if n < 61 else 8} for n in range(100)]
    sensed(tmp_path, *rows)
    sensed(
        tmp_path,
        *({**r, "site": "R2", "vsp": 8, "weather": "雨" if n < 61 else "晴"} for n, r in enumerate(rows)),
    )
    assert found(instrument_checks.few_valid) == [("R1", "100 条记录只有 39% 有效")]


def test_an_instrument_that_drifts(county: City, tmp_path: Path) -> None:
    for code in ("R2", "R3"):
        point(county, code)
    for code, factor in (("R1", 4), ("R2", 1), ("R3", 1.1)):
        sensed(tmp_path, *(
            {"site": code, "at": NOW - d * DAY + n * MINUTE, "no": round(factor * (200 + n)), "opacity": round(5 + n / 10, 1)} for d in (1, 2, 3) for n in range(20)
        ))  # fmt: skip
    assert [target for target, _title in found(instrument_checks.drift)] == ["R1"]


def test_two_points_do_not_say_which_one_drifts(county: City, tmp_path: Path) -> None:
    point(county, "R2")
    for code, factor in (("R1", 4), ("R2", 1)):
        sensed(tmp_path, *({"site": code, "at": NOW - d * DAY + n * MINUTE, "no": factor * (200 + n)} for d in (1, 2, 3) for n in range(20)))  # fmt: skip
    assert found(instrument_checks.drift) == []
