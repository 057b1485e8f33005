"""Bad input on its way from a file to a frozen run: it is told, it does not spoil the others, and it never stops the city."""

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from bihuan.archive.forecasts import Run
from bihuan.archive.store import Archive
from bihuan.domain.quality import DECISIONS
from bihuan.domain.timeaxis import parse_moment
from bihuan.forecasting.freezing import issue_and_freeze
from tests.archive.bringing import FIRST, PM25, Change, bring, of_first, put, since
from tests.forecast.real import CITY, SITES, until
from tests.forecasting.issuing import PLACES, installation, issued

OTHERS, TOWN = SITES[1:], "city:140300"
BEGIN, FITTED, NOW = "2019-01-01", "2019-02-01T08:00", "2019-02-08T08:00"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """January is here and a model of the morning of 1 February serves for the next ten days."""
    data = tmp_path_factory.mktemp("bad") / "city"
    installation(data, BEGIN, FITTED)
    issued(data, parse_moment(FITTED))
    return data


def week() -> pl.DataFrame:
    return until(NOW).filter(since(FITTED)).select("site", "start", "pm25")


@pytest.fixture(scope="module")
def plain(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What is said a week later when all is well."""
    data = tmp_path_factory.mktemp("well") / "city"
    shutil.copytree(base, data)
    bring(data, week())
    return issued(data, parse_moment(NOW))


@pytest.fixture
def data(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "city"))


def said(data: Path, change: Change, **how: Any) -> Run:
    """The run after a week in which something went wrong."""
    bring(data, change(week()))
    return issued(data, parse_moment(NOW), **how)


def inside(run: Run, plain: Run, *sites: str) -> float:
    """Share of means of PM2.5 inside the 90 % interval of the run in which all was well."""
    pick = (pl.col("item") == "pm25") & pl.col("site").is_in(list(sites))
    both = run.hours.filter(pick).join(plain.hours, on=["site", "item", "lead"], suffix="_well")
    assert both.height == 72 * len(sites)
    return float(both.select(pl.col("mean").is_between("q05_well", "q95_well").mean()).item())


def means(run: Run, site: str) -> pl.Series:
    return run.hours.filter(pl.col("site") == site, pl.col("item") == "pm25").sort("lead")["mean"]


def test_a_station_appears(data: Path, plain: Run) -> None:
    """It has three days of the values of another one, and is forecast like that one; the others hardly notice."""
    twin = (
        week().filter(pl.col("site") == SITES[1], since("2019-02-05T08:00")).with_columns(site=pl.lit("new"))
    )
    run = said(data, lambda rows: pl.concat([rows, twin]), sites=[*PLACES, "new"])
    near = means(run, "new")[:6] / means(run, SITES[1])[:6]
    assert near.is_between(0.7, 1.4).all()
    assert "new" not in run.meta["reasons"] or "pm25" not in run.meta["reasons"]["new"]
    for site in SITES:
        assert (means(run, site) / means(plain, site)).is_between(0.9, 1.1).all()


def test_a_station_disappears(data: Path, plain: Run) -> None:
    """It is told for how long it has been silent; who asks for all gets only those that report."""
    run = said(data, lambda rows: rows.filter(pl.col("site") != FIRST))
    assert "nothing measured for 168 hours" in run.meta["reasons"][FIRST]
    assert inside(run, plain, FIRST, *OTHERS, TOWN) > 0.95
    _, made = issue_and_freeze(data, parse_moment(NOW), cities=CITY)
    assert set(made.hours["site"]) == {*OTHERS, TOWN}


def test_a_station_is_renamed(data: Path, plain: Run) -> None:
    """The new code goes on where the old one stopped; the old one is told to be silent."""
    run = said(data, lambda rows: rows.with_columns(site=pl.when(of_first("2019-02-04T08:00")).then(pl.lit("1738B")).otherwise("site")), sites=[*PLACES, "1738B"])  # fmt: skip
    assert "nothing measured for 96 hours" in run.meta["reasons"][FIRST]
    pairs = means(run, "1738B")[:6] / means(plain, FIRST)[:6]
    assert pairs.is_between(0.7, 1.4).all()
    assert inside(run, plain, *OTHERS, TOWN) > 0.95


def test_a_station_is_moved(data: Path, plain: Run) -> None:
    """Where it stands now there is two and a half times as much: its forecast follows, that of the others does not."""
    run = said(data, put(of_first("2019-02-04T08:00"), PM25 * 2.5))
    assert means(run, FIRST)[:24].mean() / means(plain, FIRST)[:24].mean() > 1.6
    assert inside(run, plain, *OTHERS) > 0.95


def test_a_stuck_station_spoils_no_other(data: Path, plain: Run) -> None:
    run = said(data, put(of_first("2019-02-03T08:00"), 132.0))
    assert inside(run, plain, *OTHERS, TOWN) > 0.95


@pytest.mark.parametrize("hour", ["2019-02-08T06:00", "2019-02-08T03:00", "2019-02-06T20:00"])
def test_one_spiked_hour_spoils_nothing(data: Path, plain: Run, hour: str) -> None:
    """985 µg/m³ for an hour at one station, also in the last hour that has been received."""
    run = said(data, put(of_first(hour) & ~since((parse_moment(hour) + HOUR).isoformat()), 985.0))
    assert inside(run, plain, FIRST) == inside(run, plain, *OTHERS, TOWN) == 1.0
    assert (means(run, FIRST) / means(plain, FIRST)).is_between(0.9, 1.1).all()


def test_a_day_missing_everywhere(data: Path, plain: Run) -> None:
    gone = since("2019-02-06T00:00") & ~since("2019-02-07T00:00")
    run = said(data, lambda rows: rows.filter(~gone))
    assert inside(run, plain, *PLACES) > 0.95


def test_the_last_day_missing_everywhere_is_told(data: Path) -> None:
    run = said(data, lambda rows: rows.filter(~since("2019-02-07T00:00")))
    assert set(run.hours["site"]) == set(PLACES)
    assert all("nothing measured for 32 hours" in run.meta["reasons"][s] for s in PLACES)


def test_a_server_whose_clock_changes_says_the_same(
    data: Path, plain: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Summer time begins within the week on the machine; the store and the run know UTC and Beijing time only."""
    monkeypatch.setenv("TZ", "XXX+5YYY,J36/2,J300/2")
    time.tzset()
    try:
        assert time.localtime(parse_moment("2019-02-08T08:00").timestamp()).tm_isdst == 1
        assert said(data, lambda rows: rows).run_id == plain.run_id
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_station_whose_clock_is_set_back(data: Path, plain: Run) -> None:
    """From 5 February its hours are labelled an hour earlier: one label comes twice, the last one counts."""
    early = pl.when(of_first("2019-02-05T12:00")).then(pl.col("start") - HOUR).otherwise("start")
    run = said(data, lambda rows: rows.with_columns(start=early))
    assert inside(run, plain, FIRST, *OTHERS, TOWN) > 0.95


def some(rows: pl.DataFrame) -> pl.Expr:
    """Every seventh row."""
    return pl.int_range(rows.height) % 7 == 0


def test_quarantined_values_never_enter(data: Path, base: Path, tmp_path: Path) -> None:
    """-9 and 99999 in every seventh row say the same as nothing there."""
    broken = pl.when(pl.col("start").dt.hour() < 12).then(-9.0).otherwise(99999.0)
    wrong = said(data, lambda rows: put(some(rows), broken)(rows))
    assert Archive(data / "archive").quarantine.reasons(None)
    empty = Path(shutil.copytree(base, tmp_path / "empty"))
    none = said(empty, lambda rows: put(some(rows), pl.lit(None, pl.Float64))(rows))
    assert wrong.hours.equals(none.hours)
    assert wrong.members.equals(none.members)


def test_values_that_a_reviewer_excluded_never_enter(data: Path, base: Path, tmp_path: Path) -> None:
    """985 for two days, excluded, says the same as nothing there; kept again it counts."""
    bad = of_first("2019-02-05T00:00") & ~since("2019-02-07T00:00")
    row = (FIRST, "pm25,pm10", parse_moment("2019-02-05T00:00"), parse_moment("2019-02-07T00:00"))
    out = pl.DataFrame([(*row, "exclude", "audited")], schema=DECISIONS, orient="row")
    back = pl.DataFrame([(*row, "exclude", "audited"), (*row, "keep", "re-audited")], schema=DECISIONS, orient="row")  # fmt: skip
    wrong = said(data, put(bad, 985.0), decisions=out)
    kept = issued(data, parse_moment(NOW), decisions=back)
    empty = Path(shutil.copytree(base, tmp_path / "empty"))
    none = said(empty, put(bad, pl.lit(None, pl.Float64)))
    assert wrong.hours.equals(none.hours)
    assert not kept.hours.equals(none.hours)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_missing_inputs(data: Path, plain: Run, share: float) -> None:
    """Values missing at random, at all stations: all places are forecast, inside what was said with everything."""
    gone = pl.Series(np.random.default_rng(5).uniform(size=week().height) < share)
    run = said(data, lambda rows: rows.filter(~gone))
    assert inside(run, plain, *PLACES) > 0.95


@pytest.mark.parametrize(
    ("begin", "now", "silent"),
    [("2019-03-25", "2019-04-08T22:00", 23), ("2019-08-10", "2019-08-25T08:00", 1)],
    ids=["within the 24 h of April", "after the two times 23 h of August"],
)
def test_the_gaps_of_2019(tmp_path: Path, begin: str, now: str, silent: int) -> None:
    """All five stations were silent; the run lies within what the fortnight before knew, with an interval."""
    moment = parse_moment(now)
    installation(tmp_path / "city", begin, now)
    run = issued(tmp_path / "city", moment)
    before = until(now, days=14)["pm25"].drop_nulls()
    assert set(run.hours["site"]) == set(PLACES)
    for site in PLACES:
        mean = means(run, site)
        assert mean.len() == 72
        assert mean.is_between(float(before.min() or 0), float(before.max() or 0)).all()
    assert (run.hours["q95"] > run.hours["q05"]).all()
    last = until(now).drop_nulls("pm25")["start"].max()
    assert isinstance(last, datetime)
    assert (moment - last) // HOUR >= silent
