"""`bihuan aqi`: the columns are a promise (docs of the command), on any table of hours."""

import json
from pathlib import Path

import polars as pl
import pytest

from bihuan.cli import main

HEAD = "site,time,PM2.5,PM10,SO2,NO2,CO,O3,AQI,TEMP"


def table(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "hours.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def run(capsys, *args: object) -> tuple[int, dict]:
    code = main(["--json", "aqi", *map(str, args)])
    text = capsys.readouterr().out
    return code, json.loads(text) if text else {}


def test_adds_the_promised_columns(tmp_path, capsys):
    path = table(
        tmp_path, "a,2019-10-05 01:00,75,150,5,20,0.5,30,99,1.5", "a,2019-10-05 02:00,10,20,5,20,0.5,30,,"
    )
    code, report = run(capsys, path, "--out", tmp_path / "out.parquet")
    assert (code, report["rows"], report["refused"], report["ignored_columns"]) == (0, 2, [], ["AQI"])
    out = pl.read_parquet(tmp_path / "out.parquet")
    items = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3")
    assert set(out.columns) >= {
        "site",
        "time",
        *items,
        "TEMP",
        *(f"IAQI_{i}" for i in items),
        "AQI",
        "level",
        "primary",
    }
    assert out["AQI"].to_list() == [100, 20]
    assert out["level"].to_list() == [2, 1]
    assert out["primary"].to_list() == ["PM2.5,PM10", ""]
    assert str(out["time"][0]) == "2019-10-05 01:00:00"


def test_items_that_the_file_lacks_have_no_index(tmp_path, capsys):
    path = table(tmp_path, "a,2019-10-05T01:00,40", head="station,time,PM2.5")
    run(capsys, path, "--out", tmp_path / "out.csv")
    out = pl.read_csv(tmp_path / "out.csv")
    assert (out["IAQI_PM2.5"].item(), out["IAQI_CO"].item(), out["AQI"].item()) == (57, None, 57)


def test_the_date_or_the_named_standard_chooses(tmp_path, capsys):
    lines = ("a,2026-03-01 00:00,75,150,5,20,0.5,30,,", "a,2026-03-01 01:00,75,150,5,20,0.5,30,,")
    path = table(tmp_path, *lines)
    results = {}
    for standard in ("auto", "HJ633-2012", "HJ633-2026"):
        run(capsys, path, "--out", tmp_path / "out.parquet", "--standard", standard)
        results[standard] = pl.read_parquet(tmp_path / "out.parquet")["AQI"].to_list()
    # Label 00:00 of 1 March closes 28 February, which is still judged by 2012.
    assert results == {"auto": [100, 114], "HJ633-2012": [100, 100], "HJ633-2026": [114, 114]}


def test_an_index_that_may_not_be_published_is_empty_and_noted(tmp_path, capsys):
    path = table(tmp_path, "a,2026-04-01 01:00,30,40,5,20,,30,,", "a,2026-04-01 02:00,75,40,5,20,,30,,")
    _, report = run(capsys, path, "--out", tmp_path / "out.parquet")
    out = pl.read_parquet(tmp_path / "out.parquet")
    assert out.select("AQI", "note").rows() == [(None, "NA"), (114, "")]
    assert report["not_published"] == 1


def test_refused_rows_are_reported_and_the_rest_is_done(tmp_path, capsys):
    path = table(tmp_path, "a,2019-10-05 01:00,75,150,5,20,0.5,30,,", "a,yesterday,10,20,5,20,0.5,30,,")
    code, report = run(capsys, path, "--out", tmp_path / "out.csv")
    assert (code, report["rows"], len(report["refused"])) == (1, 1, 1)
    assert set(report["refused"][0]) == {"file", "row", "column", "value", "reason", "remedy"}


@pytest.mark.parametrize("name", ["missing.csv", "empty.csv", "other.csv"])
def test_nothing_is_done_with_an_unreadable_file(tmp_path, capsys, name):
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "other.csv").write_text("x,y\n1,2\n")
    assert main(["aqi", str(tmp_path / name), "--out", str(tmp_path / "out.csv")]) == 2
    said = capsys.readouterr()
    assert said.err.strip().splitlines()[-1].startswith("bihuan: ")
    assert "Traceback" not in said.err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("out", ["out.txt", "no-folder/out.csv"])
def test_a_bad_output_is_said_before_work(tmp_path, capsys, out):
    path = table(tmp_path, "a,2019-10-05 01:00,75,150,5,20,0.5,30,,")
    assert main(["aqi", str(path), "--out", str(tmp_path / out)]) == 2
    assert "bihuan: " in capsys.readouterr().err


def test_plain_text_report(tmp_path, capsys):
    path = table(tmp_path, "a,2019-10-05 01:00,75,150,5,20,0.5,30,,")
    assert main(["aqi", str(path), "--out", str(tmp_path / "out.xlsx")]) == 0
    assert "1 rows written" in capsys.readouterr().out
