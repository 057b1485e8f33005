"""What is kept of a run on real hours: its members, its reasons and similar days, as known at its issue."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore, Run
from bihuan.domain.forecast.why_parts import GROUPS
from bihuan.registry.forecasting import forecast_city
from bihuan.registry.hours import archive
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.forecast_desk import after_forecast, members, phrases, run_cache
from tests.people import City
from tests.web.measured import Measured

KEY, FIRST = "city:140300", datetime(2019, 1, 14, 0, tzinfo=UTC)


@pytest.fixture
def runs(real_hours: Path, city: City, data_dir: Path) -> list[Run]:
    """Two real runs, twelve hours apart, with all that is kept of them."""
    made = Measured.of(real_hours, data_dir)
    found = []
    for moment in (FIRST, FIRST + timedelta(hours=12)):
        made.at(moment)
        found.append(ForecastStore(data_dir).load(forecast_city(moment)))
        assert after_forecast.run(moment) == "会商台已列成员、原因和相似日"
    return found


def test_the_kept_parts_are_the_runs_own_and_known_at_its_issue(
    runs: list[Run], client: Client, city: City, data_dir: Path
) -> None:
    first, second = runs
    said, told = (run_cache.part(second.run_id, name, KEY) for name in ("members", "why"))
    assert said is not None
    assert told is not None
    # The combination is what the run was frozen with, and the reasons add up to it.
    own = second.hours.filter(pl.col("site") == KEY, pl.col("item") != "aqi").select("item", "start", "mean")
    both = own.join(said.select("item", "start", "combined", "persistence"), on=["item", "start"])
    assert both.height == own.height == 6 * 72
    assert (both["mean"] - both["combined"]).abs().max() == pytest.approx(0, abs=1e-6)
    parts = told.with_columns(whole=pl.sum_horizontal("usual", *GROUPS))
    reasons = own.join(parts, on=["item", "start"], suffix="_why")
    assert (reasons["mean"] - reasons["whole"]).abs().max() == pytest.approx(0, abs=1e-6)

    # The first day of a member has its measured hours: by the standard's own daily values, persistence by hand.
    days = members.member_days(second, KEY)
    assert days is not None
    today = members.measured(KEY, datetime(2019, 1, 13, 16, tzinfo=UTC), second.issued)
    ahead = said.filter(pl.col("item") == "pm25", pl.col("lead") <= 4).sort("lead")
    hours = [*today["pm25"].to_list(), *ahead["persistence"].to_list()]
    assert len(hours) >= 20
    kept_day = days.filter(pl.col("site") == "persistence", pl.col("date") == datetime(2019, 1, 14).date())  # noqa: DTZ001
    assert kept_day["pm25"].item() == pytest.approx(sum(hours) / len(hours), abs=0.51)

    # Three lines: two blocks, and the change on the 60 hours that both runs speak of.
    lines = resolved_forecasts.why(second.run_id, KEY)
    assert len(lines) == 3
    assert lines[0].startswith("1–24 小时：")
    assert "µg/m³" in lines[0]
    assert "60 小时" in lines[2]
    assert resolved_forecasts.why(first.run_id, KEY)[2] == "没有更早的起报可比。"
    assert resolved_forecasts.why("20190101T000000Z-nothing", KEY) == []

    # Similar days lie before; what followed was known by the issue.
    alike, followed = (run_cache.part(second.run_id, name, KEY) for name in ("days", "followed"))
    assert alike is not None
    assert followed is not None
    assert alike.height == 5
    assert max(alike["origin"]) <= second.issued - timedelta(hours=72)
    assert max(followed["start"]) < second.issued

    # Later receipts change nothing: made again after two days, from the archive as it was, everything is the same.
    clock.set_replay(second.issued + timedelta(days=2), 0)
    held = {
        name: run_cache._read(str(run_cache.folder_of(second.run_id) / f"{name}.parquet"))
        for name in run_cache.PARTS
    }
    for name, again in zip(run_cache.PARTS, run_cache._parts(second), strict=True):
        assert again.equals(held[name]), name
    assert not run_cache.keep(second), "written once"

    client.force_login(city.person("dispatcher", "140300"))
    text = client.get(reverse("forecast_desk:index"), {"item": "pm25"}).content.decode()
    for part in ("岭回归", "相似日", "持续", "本地近期水平", lines[0]):
        assert part in text
    series = client.get(reverse("forecast_desk:series")).json()["panels"][0]["series"]
    assert [s["name"] for s in series[:3]] == ["实测", "组合（均值）", "持续"]
    assert len(series) == 3 + 5

    # The forecast's page: in the order in which it is read, with the members beside the machine.
    page = client.get(reverse("forecast")).content.decode()
    order = [
        "逐小时 72 小时",
        "逐日",
        "各成员 AQI",
        "为什么",
        "与上一次起报相比",
        "得分（近 14 天",
        "可靠性：",
        "历次起报",
    ]
    places = [page.index(f"<h2>{part}") for part in order]
    assert places == sorted(places)
    sides = {s.name: s.days for s in resolved_forecasts.sides(second.run_id, KEY, clock.now())}
    assert list(sides)[:2] == ["机器（中位数）", "组合（均值）"]
    aqi = days.filter(pl.col("site") == "persistence").select("date", "aqi", "primary").drop_nulls("aqi")
    assert sides["持续"] == {d: (float(a), p or "") for d, a, p in aqi.iter_rows()}
    assert f"run={first.run_id}" in page

    # A run whose model is gone says so, instead of listing another model's members.
    for path in (data_dir / "models").rglob("*.model"):
        path.unlink()
    run_cache.folder_of(second.run_id).rename(data_dir / "away")
    assert after_forecast.run(second.issued).startswith("会商台未列成员：这次起报所用的模型已不能读取")
    assert run_cache.part(second.run_id, "members", KEY) is None
    assert resolved_forecasts.why(second.run_id, KEY) == []


def test_without_a_run_there_is_nothing_to_keep(city: City, data_dir: Path) -> None:
    assert after_forecast.run(FIRST) == "没有预报，会商台无可列"


def test_the_measured_hours_of_a_city_are_the_mean_of_its_stations(
    real_hours: Path, city: City, data_dir: Path
) -> None:
    Measured.of(real_hours, data_dir).at(FIRST)
    codes: Any = ["1738A", "1739A", "1741A", "1742A", "1743A"]
    rows = archive().ambient.as_of(FIRST, sites=codes, start=FIRST - timedelta(hours=6), end=FIRST).collect()
    own = members.measured(KEY, FIRST - timedelta(hours=6), FIRST)
    for row in own.iter_rows(named=True):
        values = rows.filter(pl.col("start") == row["start"])["pm25"].drop_nulls()
        assert len(values) >= 4
        assert row["pm25"] == pytest.approx(sum(values) / len(values), abs=0.51)


def test_reasons_that_were_kept_before_a_group_was_known_are_still_told(data_dir: Path) -> None:
    folder = run_cache.folder_of("20190101T000000Z-old")
    folder.mkdir(parents=True)
    told = {g: [0.0] for g in GROUPS if g != "similar"} | {"here": [10.0], "usual": [50.0], "mean": [60.0]}
    start = pl.Series([datetime(2019, 1, 1, tzinfo=UTC)], dtype=pl.Datetime("us", "UTC"))
    keys = {"site": [KEY], "item": ["pm25"], "start": start, "lead": [1]}
    pl.DataFrame(keys | told).write_parquet(folder / "why.parquet")
    table = phrases.explanation("20190101T000000Z-old", KEY, "pm25")
    assert table is not None
    row = phrases.block(table, 1, 24)
    assert row is not None
    assert row["similar"] == 0
    assert "本地近期水平 +10" in phrases.sentence(row)
