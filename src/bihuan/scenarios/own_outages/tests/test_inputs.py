"""From the record of the parts and the archive to one finding, as a round of checks takes it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan import clock
from bihuan.archive.devices import COLUMNS
from bihuan.cases.filing import Filed, file_findings
from bihuan.cases.models import Finding
from bihuan.heartbeat import FOLDER, Life, Moment
from bihuan.registry.hours import archive
from bihuan.scenarios.own_outages.checks import outage
from bihuan.scenarios.own_outages.inputs import inputs
from tests.people import City

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def records(hours: range, received: float | None = None) -> pl.DataFrame:
    """Records of whole hours of one logger, received as they end, or all at one hour."""
    rows = [
        {
            "site": "M1", "start": NOW + timedelta(hours=h), "cn": "2061", "st": "31", "code": "a21026",
            "field": "Avg", "value": "1", "number": 1.0, "flag": "N", "edition": 2017, "time_from": "DataTime",
            "received": NOW + timedelta(hours=h + 1 if received is None else received), "journal": h + 100, "subject": "", "place": 0,
        }
        for h in hours
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=COLUMNS)


def store(rows: pl.DataFrame) -> None:
    with archive().writing():
        devices = archive().devices
        devices.store(rows, devices.parts.stored() + 1)


def look(now: datetime) -> Filed:
    return file_findings(outage, outage.run(*inputs(now, timedelta(days=7))))


def found() -> list[Finding]:
    return list(Finding.objects.filter(check_key="centre.outage"))


@pytest.fixture
def six_hours(city: City, data_dir: Path) -> datetime:
    """The receiver worked until hour 4 and again from hour 10 on, six minutes later in a replay of 60 times; it is hour 12."""
    lived = [
        Life(Moment(at(since), real, 60), Moment(at(until), real + 1, 60))
        for since, until, real in ((-200, 4, 1000.0), (10, 12, 1361.0))
    ]
    (data_dir / FOLDER).mkdir()
    (data_dir / "devices.json").write_text(json.dumps({"M1": {"name": "某厂 1号烟囱"}}))
    (data_dir / FOLDER / "hj212.jsonl").write_text("\n".join(json.dumps(asdict(life)) for life in lived))
    now = NOW + timedelta(hours=12)
    clock.set_replay(now, 0)
    return now


def at(hours: float) -> float:
    return (NOW + timedelta(hours=hours)).timestamp()


def test_after_six_hours_there_is_one_finding_and_it_is_kept_current(six_hours: datetime) -> None:
    store(records(range(-24, 3)))
    store(records(range(10, 12)))
    look(six_hours)
    (first,) = found()
    assert first.evidence["仍缺的各站"] == ["某厂 1号烟囱：6 小时"]
    assert (first.target_kind, first.target) == ("region", "140300")
    assert first.title == "指挥中心自身中断 6 小时（接收服务）：补传到 0 条，仍缺 1 台数采仪 6 小时"
    store(records(range(4, 9), received=11))
    look(six_hours)
    (again,) = found()
    assert again.pk == first.pk
    assert again.title == "指挥中心自身中断 6 小时（接收服务）：补传到 5 条，仍缺 1 台数采仪 1 小时"
    assert again.evidence == first.evidence  # what showed it first stays
    assert again.latest["仍缺小时"] == 1


def test_an_empty_installation_has_neither_finding_nor_fault(data_dir: Path, db: None) -> None:
    clock.set_replay(NOW, 0)
    assert look(NOW) == Filed()
    assert found() == []
