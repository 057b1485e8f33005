"""What is filed about a station: one finding for each cause; near misses; the cases of curves stand in tests/vehicle_tests."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.cases.models import Finding, Incident
from bihuan.domain.vehicle_tests.copies import COPIES
from bihuan.domain.vehicle_tests.curves import FEATURES
from bihuan.domain.vehicle_tests.tables import CHECKED, TESTS
from bihuan.scenarios.checking import check
from bihuan.scenarios.inspection_stations.checks import CHECKS
from bihuan.scenarios.inspection_stations.tests.world import BEGIN, one, some, station
from tests.people import City
from tests.web.world import NOW

FIXTURES = Path(__file__).parent / "fixtures"
BY_KEY = {check.key: check for check in CHECKS}
GIVEN = {"site": "S", "line": "1", "inspector": "", "vin": "", "reason": "", "result": "pass", "nth": 1, "software": "", "cal_id": "", "cvn": "", "obd_vin": "", "mil": ""}  # fmt: skip


def fixture(name: str, key: str) -> pl.DataFrame:
    """Three like tests, ten minutes apart, of a row of a fixture, with what their curves show."""
    with (FIXTURES / f"{name}.csv").open(encoding="utf-8") as file:
        (row,) = [r for r in csv.DictReader(file) if r["check"] == key]
    number = {k: float(v) if v else None for k, v in row.items() if k in ("seconds", "co", "co2", "k")}
    rows: list[dict[str, Any]] = []
    for n in range(3):
        start = BEGIN + timedelta(minutes=10 * n)
        exhaust = None if number["co"] is None else number["co"] + (number["co2"] or 0)
        rows.append(
            GIVEN | {
                "test": f"T{n}", "start": start, "until": start + timedelta(seconds=number["seconds"] or 0), "method": row["method"], "stage": row["stage"],
                "seconds": int(number["seconds"] or 0), "exhaust": exhaust, "frozen": 0, "k_highest": number["k"],
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema={**TESTS, **FEATURES})


@pytest.mark.parametrize("key", ["station.diluted", "station.too_short", "station.zero_smoke"])
def test_an_episode_is_one_finding_and_the_near_miss_none(key: str) -> None:
    none = pl.DataFrame(schema=COPIES), pl.DataFrame(schema=CHECKED)
    found = BY_KEY[key].run(fixture("episode", key), *none)
    assert (found.height, found["magnitude"][0], found["target"][0]) == (1, 3.0, "S")
    assert BY_KEY[key].run(fixture("near_miss", key), *none).is_empty()
    assert BY_KEY[key].run(fixture("episode", key).head(2), *none).is_empty()


def test_a_station_that_copies_is_one_finding_that_grows(place: City, tmp_path: Path) -> None:
    station(place)
    station(place, "SIM-JC02")
    made = some(tmp_path, "copied_exact", "copied_shifted")
    check(NOW, lambda *_: None, looks_at="inspections")
    found = Finding.objects.filter(check_key="station.copied")
    assert sorted(found.values_list("target", flat=True)) == ["SIM-JC01", "SIM-JC02"]
    assert sum(f.magnitude or 0 for f in found) == sum(len(tests) for tests in made.truth.values())
    check(NOW + timedelta(hours=1), lambda *_: None, looks_at="inspections")
    assert found.count() == 2
    assert Incident.objects.count() == Finding.objects.count()
    assert set(Finding.objects.values_list("check_key", flat=True)) == {"station.copied"}


def test_tests_of_stations_that_are_not_registered_are_left_alone(place: City, tmp_path: Path) -> None:
    some(tmp_path, "copied_exact")
    check(NOW, lambda *_: None, looks_at="inspections")
    assert not Finding.objects.exists()


def test_every_check_runs_on_nothing() -> None:
    seen = pl.DataFrame(schema={**TESTS, **FEATURES})
    none = pl.DataFrame(schema=COPIES), pl.DataFrame(schema=CHECKED)
    assert all(c.run(seen, *none).is_empty() for c in CHECKS)


def test_tests_without_curves_are_taken_in(place: City, tmp_path: Path) -> None:
    station(place)
    one(tmp_path, {"test": "T1", "begin": f"{BEGIN:%Y-%m-%d} 09:00", "end": f"{BEGIN:%Y-%m-%d} 09:02"})
    check(NOW, lambda *_: None, looks_at="inspections")
    assert not Finding.objects.exists()
