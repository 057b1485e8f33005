"""`bihuan backtest`: promised columns, origins, labels, and clear refusals."""

from pathlib import Path

import polars as pl
import pytest

from bihuan.domain.forecast import statistical
from tests.commands.cli import FORECAST_COLUMNS as COLUMNS
from tests.commands.cli import run
from tests.forecast.real import history

Capture = pytest.CaptureFixture[str]
SPAN = ("--from", "2019-02-10T00:00", "--to", "2019-02-11T00:00", "--every", "12h", "--leads", "24")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Yangquan, January to the middle of February, as an ambient table."""
    return write_table(tmp_path_factory.mktemp("backtest") / "air.parquet")


def write_table(path: Path) -> Path:
    """Write it; gives the path back."""
    label = (pl.col("start").dt.replace_time_zone(None) + pl.duration(hours=9)).alias("time")
    rows = history().filter(pl.col("start").dt.ordinal_day() < 46)
    rows.select("site", label, pl.col("pm25").alias("PM2.5"), pl.col("o3").alias("O3")).write_parquet(path)
    return path


def test_columns_origins_and_labels(capsys: Capture, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    ran = run(capsys, "--json", "backtest", table, *SPAN, "--items", "PM2.5", "--out", out)
    assert ran.code == 0
    rows = pl.read_parquet(out)
    assert rows.columns == COLUMNS
    assert rows.height == ran.json["rows"] == 5 * 3 * 24
    assert rows["item"].unique().to_list() == ["PM2.5"]
    first = rows.filter(pl.col("lead") == 1)
    origins = first["issued"].unique().sort().dt.strftime("%m-%d %H:%M").to_list()
    assert origins == ["02-10 00:00", "02-10 12:00", "02-11 00:00"]
    # The hour of lead 1 is labelled by its end, one hour after the issue.
    assert (first["time"] - first["issued"]).dt.total_hours().unique().to_list() == [1]
    assert {s["item"] for s in ran.json["scores"]} == {"PM2.5"}


NAMED = {"model", "persistence", "seasonal naive", "climatology", "damped persistence", "ridge", "LightGBM"}


def test_peers_are_a_table_beside_the_file(
    capsys: Capture, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistical, "available", lambda: False)
    out = tmp_path / "out.csv"
    words = ("backtest", table, *SPAN, "--items", "O3", "--refit", "1d", "--peers", "--out", out)
    ran = run(capsys, "--json", *words)
    assert {p["peer"] for p in ran.json["peers"]} == NAMED
    assert pl.read_csv(out)["model"].n_unique() == 2  # two fits, no peers
    assert ran.json["sample"]["missing"].endswith("is not installed: pip install 'bihuan[peers]'")


@pytest.mark.skipif(not statistical.available(), reason="statsforecast is not installed")
def test_slow_peers_run_on_a_sample_that_is_named(capsys: Capture, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    words = ("backtest", table, *SPAN, "--items", "PM2.5", "--peers", "--sample", "1,2", "--processes", "1")
    ran = run(capsys, "--json", *words, "--out", out)
    sample = ran.json["sample"]
    assert len(sample["sites"]) == 1
    assert len(sample["origins"]) == 2
    assert sample["origins"][0] in ("2019-02-10T00:00", "2019-02-10T12:00")
    assert {p["peer"] for p in sample["peers"]} == NAMED | {"AutoETS", "MSTL", "AutoTheta"}
    assert {p["peer"] for p in ran.json["peers"]} == NAMED
    # All are scored on the same hours: one site, two origins, a day each, where measured.
    assert {p["n"] for p in sample["peers"]} <= set(range(40, 49))
    assert len({p["n"] for p in sample["peers"]}) == 1
    assert pl.read_csv(out)["model"].n_unique() == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", "2019-02-10", "--to", "2019-02-09"), "lies before --from"),
        (("--from", "10.2.2019", "--to", "2019-02-11"), "not a time"),
        ((*SPAN, "--items", "PM3"), "unknown PM3; choose from PM2.5"),
        ((*SPAN, "--every", "6"), "such as 6h or 30d"),
        ((*SPAN, "--peers", "--sample", "3"), "such as 3,8"),
        ((*SPAN, "--weather", "observed"), "no weather columns"),
        (("--from", "2019-01-03T00:00", "--to", "2019-01-04T00:00"), "days of history"),
    ],
)
def test_refusals_say_what_is_wrong_and_leave_nothing(
    capsys: Capture, table: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    out = tmp_path / "out.parquet"
    ran = run(capsys, "backtest", table, *words, "--out", out)
    assert (ran.code, out.exists()) == (2, False)
    assert says in ran.err


def test_weather_makes_the_label_of_the_model_say_so(capsys: Capture, table: Path, tmp_path: Path) -> None:
    windy = tmp_path / "windy.parquet"
    wind = (pl.col("time").dt.hour() % 7).cast(pl.Float64)
    pl.read_parquet(table).with_columns(WSPM=wind, TEMP=wind * 2, wd=pl.lit("NW")).write_parquet(windy)
    out = tmp_path / "out.parquet"
    words = ("backtest", windy, *SPAN, "--items", "PM2.5", "--weather", "noisy", "--out", out)
    assert run(capsys, *words).code == 0
    assert pl.read_parquet(out)["model"].str.contains("noisy-weather").all()
