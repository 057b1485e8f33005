"""`bihuan forecast`: what had been received by the moment, frozen, in the promised columns."""

import json
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.timeaxis import parse_moment
from bihuan.registry.models import Region, Site
from tests.commands.cli import FORECAST_COLUMNS as COLUMNS
from tests.commands.cli import run
from tests.forecast.real import SITES, until

Capture = pytest.CaptureFixture[str]
WHEN = "2019-01-13T08:00"


def _table(path: Path, first: str, last: str) -> Path:
    label = (pl.col("start").dt.replace_time_zone(None) + pl.duration(hours=9)).alias("time")
    rows = until(last).filter(pl.col("start") >= parse_moment(first))
    names = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3"}
    rows.select("site", label, *names).rename(names).write_parquet(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    data = tmp_path / "city"
    monkeypatch.setenv("BIHUAN_DATA", str(data))
    assert run(capsys, "--data", data, "import", _table(tmp_path / "a.parquet", "2019-01-01", WHEN)).code == 0
    (data / "city.json").write_text(json.dumps({"code": "140300", "sites": list(SITES)}))
    return data


def test_issues_freezes_and_does_not_look_ahead(capsys: Capture, folder: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.parquet", tmp_path / "2.parquet"
    ran = run(capsys, "--data", folder, "--json", "forecast", "--as-of", WHEN, "--out", first)
    assert ran.code == 0
    assert set(ran.json["sites"]) >= {"city:140300"}
    rows = pl.read_parquet(first)
    assert rows.columns == COLUMNS
    assert set(rows["item"]) == {"PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "AQI"}
    assert rows.group_by("site", "item").len()["len"].unique().to_list() == [72]
    run(capsys, "--data", folder, "import", _table(tmp_path / "b.parquet", WHEN, "2019-01-16T08:00"))
    again = run(capsys, "--data", folder, "--json", "forecast", "--as-of", WHEN, "--out", second)
    assert pl.read_parquet(second).equals(rows)
    assert again.json["run"] == ran.json["run"]
    store = ForecastStore(folder)
    assert store.runs() == [ran.json["run"]]
    assert store.verify(ran.json["run"])


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch, db: None) -> Region:
    """A register in a database that lies on disk, as an installation's does."""
    monkeypatch.setitem(connection.settings_dict, "NAME", __file__)
    return Region.objects.create(code="140300", name="阳泉市")


def test_what_rests_on_a_simulated_station_is_marked_in_a_last_column(
    capsys: Capture, folder: Path, tmp_path: Path, register: Region
) -> None:
    Site.objects.create(code=SITES[0], name="站", region=register, lon=113.6, lat=37.9, simulated=True)
    out = tmp_path / "1.parquet"
    assert run(capsys, "--data", folder, "forecast", "--as-of", WHEN, "--out", out).code == 0
    table = pl.read_parquet(out)
    assert table.columns == [*COLUMNS, "simulated"]
    marked = {SITES[0]: True, SITES[1]: False, "city:140300": True}
    assert dict(table.select("site", "simulated").unique().rows()) == {
        **dict.fromkeys(SITES, False),
        **marked,
    }


def test_sites_are_chosen_and_missing_ones_explained(capsys: Capture, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "1.csv"
    words = (
        "--data",
        folder,
        "--json",
        "forecast",
        "--as-of",
        WHEN,
        "--sites",
        f"{SITES[0]},9999A",
        "--out",
        out,
    )
    ran = run(capsys, *words)
    assert "9999A" in ran.json["reasons"]
    assert set(ran.json["sites"]) == {SITES[0], "city:140300"}


@pytest.mark.parametrize(
    ("when", "says"), [("2018-12-01T00:00", "no site reported"), ("tomorrow", "not a time")]
)
def test_refusals(capsys: Capture, folder: Path, tmp_path: Path, when: str, says: str) -> None:
    out = tmp_path / "1.parquet"
    ran = run(capsys, "--data", folder, "forecast", "--as-of", when, "--out", out)
    assert (ran.code, out.exists()) == (2, False)
    assert says in ran.err


def test_where_no_model_can_be_fitted_the_simplest_member_speaks_and_says_why(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    """Two days of history: an hour is as the same hour yesterday, and every row is labelled so."""
    out, when = tmp_path / "1.parquet", "2019-01-03T00:00"
    ran = run(capsys, "--data", folder, "--json", "forecast", "--as-of", when, "--out", out)
    assert ran.code == 0
    rows = pl.read_parquet(out)
    assert rows["model"].unique().to_list() == ["persistence"]
    assert "现有 2.0 天，至少需要 5 天" in ran.json["fallback"]
    assert ran.json["fallback"].startswith("历史资料不足以训练模型，暂以最简成员“持续性”起报")
    assert "too little history for a model, so persistence" in ran.json["reasons"][SITES[0]]
    assert not (folder / "models").exists()

    said = rows.filter(pl.col("site") == SITES[0], pl.col("item") == "PM2.5").sort("lead")
    rows = until(when, days=2).filter(pl.col("site") == SITES[0]).sort("start")
    seen = rows["pm25"].to_list()
    # The last hour of yesterday has not been received at midnight: the day before speaks.
    yesterday = [*seen[24:47], seen[23]]
    known = [k for k, v in enumerate(yesterday) if v is not None]
    assert (len(seen), len(known) >= 20) == (48, True)
    assert [said["mean"][k] for k in known] == [yesterday[k] for k in known]
    assert [said["mean"][48 + k] for k in known] == [yesterday[k] for k in known]
    # ln(q95 / mean) = 1.645 sd with a floor of 1.9; sd 0.62 on the first day, 0.78 on the third.
    k = known[0]
    for lead, sd in ((k, 0.62), (48 + k, 0.78)):
        expected = (yesterday[k] + 1.9) * 2.718281828 ** (1.644854 * sd) - 1.9
        assert said["q95"][lead] == pytest.approx(expected, rel=1e-4)


def test_a_folder_that_is_no_installation(capsys: Capture, tmp_path: Path) -> None:
    ran = run(
        capsys, "--data", tmp_path / "none", "forecast", "--as-of", WHEN, "--out", tmp_path / "x.parquet"
    )
    assert ran.code == 2
    assert "is not an installation" in ran.err


def test_an_altered_model_is_named_and_the_forecast_is_made(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    words = ("forecast", "--out", tmp_path / "1.parquet", "--as-of")
    first = run(capsys, "--data", folder, "--json", *words, WHEN)
    assert first.json["fallback"] == ""
    (model,) = (folder / "models").glob("*/*.model")
    assert model.stem == first.json["model"]
    model.write_bytes(b"altered")
    ran = run(capsys, "--data", folder, *words, "2019-01-13T14:00")
    assert ran.code == 0
    assert f"正式模型 {model.stem} 不可用，已重新训练" in ran.out
