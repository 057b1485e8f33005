"""`bihuan statistics`: the columns are a promise, for stations and cities, days to years."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.cli import main

VALUES = ["PM2.5", "PM10", "SO2", "NO2", "CO", "O3_8h"]


def hours(folder: Path, days: int = 2, sites: str = "ab", first: str = "2019-10-01T01:00") -> Path:
    frames = [
        pl.DataFrame(
            {
                "site": site,
                "time": [datetime.fromisoformat(first) + timedelta(hours=h) for h in range(24 * days)],
            }
        ).with_columns(
            (pl.lit(75.0) + 10 * n).alias("PM2.5"),
            pl.lit(100.0).alias("PM10"),
            pl.lit(5.0).alias("SO2"),
            pl.lit(20.0).alias("NO2"),
            pl.lit(0.5).alias("CO"),
            pl.lit(80.0).alias("O3"),
        )
        for n, site in enumerate(sites)
    ]
    path = folder / "hours.parquet"
    pl.concat(frames).write_parquet(path)
    return path


def run(capsys, folder: Path, *args: object) -> tuple[int, dict, pl.DataFrame]:
    out = folder / "out.parquet"
    code = main(["--json", "statistics", *map(str, args), "--out", str(out)])
    return code, json.loads(capsys.readouterr().out), pl.read_parquet(out)


def test_days_of_stations(tmp_path, capsys):
    code, report, out = run(capsys, tmp_path, hours(tmp_path), "--level", "site", "--period", "day")
    assert code == 0
    assert report["rows"] == 4
    promised = [
        "key",
        "date",
        *VALUES,
        *(f"valid_{v}" for v in VALUES),
        "AQI",
        "level",
        "primary",
        "exceeding",
    ]
    assert set(promised) <= set(out.columns)
    first = out.row(0, named=True)
    assert (first["key"], first["date"], first["PM2.5"], first["O3_8h"]) == (
        "a",
        date(2019, 10, 1),
        75.0,
        80.0,
    )
    assert (first["AQI"], first["level"], first["primary"], first["exceeding"]) == (100, 2, "PM2.5", "")
    assert out.filter(pl.col("key") == "b")["exceeding"].to_list() == ["PM2.5", "PM2.5"]


def test_all_sites_are_one_city_without_a_list(tmp_path, capsys):
    _, _, out = run(capsys, tmp_path, hours(tmp_path), "--level", "city", "--period", "day")
    assert out.select("key", "PM2.5").rows() == [("city", 80.0)] * 2


@pytest.mark.parametrize(("period", "start"), [("month", date(2019, 10, 1)), ("year", date(2019, 1, 1))])
def test_months_and_years_of_cities(tmp_path, capsys, period, start):
    sites = tmp_path / "sites.csv"
    sites.write_text("site,name,city\na,甲,阳泉\nz,乙,太原\n", encoding="gb18030")
    _, report, out = run(
        capsys, tmp_path, hours(tmp_path, 31), "--level", "city", "--period", period, "--sites", sites
    )
    assert report["unlisted_sites"] == ["b"]
    assert report["sites_without_data"] == ["z"]
    row = out.row(0, named=True)
    assert (row["key"], row["start"], row["PM2.5"], row["CO_95"], row["O3_8h_90"]) == (
        "阳泉",
        start,
        75.0,
        0.5,
        80.0,
    )
    promised = {"valid_days", "good_days", "good_ratio", "heavy_days", "composite", "composite_basis"}
    assert promised | {f"valid_{v}" for v in VALUES} <= set(out.columns)
    assert ({"PM2.5_95", "PM10_95", "SO2_98", "NO2_98"} <= set(out.columns)) is (period == "year")
    assert row["valid_PM2.5"] is (period == "month")
    assert (row["valid_days"], row["good_days"], row["good_ratio"]) == (31, 31, 100.0)
    # 75/35 + 100/70 + 5/60 + 20/40 + 0.5/4 + 80/160 = 4.78 (ranking rule 2018, sum of six)
    assert row["composite"] == 4.78


def test_new_standard_by_date_and_by_name(tmp_path, capsys):
    path = hours(tmp_path, 31, "a", "2026-03-01T01:00")
    _, _, auto = run(capsys, tmp_path, path, "--level", "site", "--period", "month")
    _, _, old = run(
        capsys, tmp_path, path, "--level", "site", "--period", "month", "--standard", "GB3095-2012"
    )
    # 3 x 75/30 + 100/60 + 5/60 + 2 x 20/40 + 0.5/4 + 2 x 80/160
    assert (auto["composite"].item(), auto["good_days"].item()) == (11.375, 0)
    assert auto["composite_basis"].item().startswith("HJ663-2026")
    assert (old["composite"].item(), old["good_days"].item()) == (4.78, 31)


@pytest.mark.parametrize(
    ("text", "said"),
    [("site,place\na,x\n", "needs the columns site and city"), ("site,city\na,x\na,y\n", "two cities"), ("site,city\nq,x\n", "no site of")],
)  # fmt: skip
def test_a_list_of_sites_that_does_not_fit(tmp_path, capsys, text, said):
    sites = tmp_path / "sites.csv"
    sites.write_text(text)
    args = ["statistics", str(hours(tmp_path)), "--level", "city", "--period", "day"]
    assert main([*args, "--sites", str(sites), "--out", str(tmp_path / "out.csv")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_refused_values_are_reported(tmp_path, capsys):
    path = tmp_path / "hours.csv"
    path.write_text("site,time,PM2.5\na,2019-10-01 01:00,10\na,2019-10-01 02:00,ten\n")
    code, report, out = run(capsys, tmp_path, path, "--level", "site", "--period", "day")
    assert (code, len(report["refused"])) == (1, 1)
    assert out["PM2.5"].to_list() == [None]
