"""`bihuan import` and `bihuan export observations`: water sections and plain long tables, in and out again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from bihuan import clock
from bihuan.archive import Archive
from bihuan.archive.observations import Asked
from bihuan.domain.timeaxis import parse_moment
from bihuan.registry.models import Region, Site
from tests.commands.cli import Ran, run

DATA = Path(__file__).parents[1] / "data"
CSV, ANSWER, COLLECTED = (
    DATA / f"water_{name}"
    for name in ("baiyangshu_2021-04.csv", "answer_2020-12-15.json", "sections_4h.parquet")
)
Capture = pytest.CaptureFixture[str]
SPAN = ("--from", "2021-04-01T00:00", "--to", "2021-04-05T20:00")
SITE = "山西省·白羊墅"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path / "city"))
    return tmp_path / "city"


def taken(capsys: Capture, city: Path, *files: Path) -> Ran:
    return run(capsys, "--data", city, "--json", "import", *files)


def exported(capsys: Capture, city: Path, out: Path, *more: str) -> pl.DataFrame:
    ran = run(capsys, "--data", city, "--json", "export", "observations", *SPAN, *more, "--out", out)
    assert ran.code == 0, ran.err
    table = pl.read_csv(out, infer_schema_length=None) if out.suffix == ".csv" else pl.read_parquet(out)
    assert ran.json["rows"] == table.height
    return table


def test_real_sections_go_in_with_their_report(capsys: Capture, city: Path) -> None:
    ran = taken(capsys, city, COLLECTED, CSV, ANSWER)
    collected, published, answer = ran.json["files"]
    assert {f["format"] for f in ran.json["files"]} == {"water_sections"}
    assert ran.code == 1  # values without a time are refused
    assert {r["column"] for r in collected["refused"]} == {"time"}
    assert (published["rows"], published["new"], published["corrected"]) == (
        28,
        0,
        0,
    )  # the same, to the last digit
    assert published["same"] > 200
    assert (answer["rows"], answer["new"], answer["quarantined"]) == (4, 18, 0)
    assert collected["ignored_columns"] == ["basin", "class", "seq"]


def test_the_event_at_the_section_can_be_read_out(capsys: Capture, city: Path, tmp_path: Path) -> None:
    taken(capsys, city, CSV)
    table = exported(capsys, city, tmp_path / "out.csv", "--sites", SITE, "--quantities", "氨氮,w21011")
    assert table.columns == ["site", "time", "code", "value", "unit", "period", "flag"]
    assert set(table["code"]) == {"w21003", "w21011"}
    night = table.filter(pl.col("time") == "2021-04-04T00:00", pl.col("code") == "w21003")
    assert night.rows() == [(SITE, "2021-04-04T00:00", "w21003", 2.784, "mg/L", "4h", "N")]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_what_goes_out_comes_in_as_the_same(capsys: Capture, city: Path, tmp_path: Path, ending: str) -> None:
    moments = tmp_path / "moments.csv"
    moments.write_text(
        "site,time,code,value\nN1,2021-04-01T08:00:07,Leq,52.3\nN1,2021-04-01T08:00:08,Leq,52.4\n"
    )
    taken(capsys, city, CSV, moments)
    out = tmp_path / f"out{ending}"
    ran = run(capsys, "--data", city, "--json", "export", "observations", *SPAN, "--out", out)
    again = taken(capsys, city, out)
    assert again.json["files"][0]["format"] == "long"
    assert (again.code, again.json["same"], again.json["new"], again.json["corrected"]) == (
        0, ran.json["rows"], 0, 0,
    )  # fmt: skip


def test_good_rows_go_in_and_bad_cells_are_refused_with_their_place(
    capsys: Capture, city: Path, tmp_path: Path
) -> None:
    path = tmp_path / "lab.csv"
    path.write_text(
        "site,time,quantity,value,period,unit\n"
        "W1,2021-04-01T08:00,氨氮,350,hour,ug/L\n"
        "W1,2021-04-01T09:00,氨氮,abc,hour,mg/L\n"
        "W1,2021-04-01T10:00,氨氮,1,hour,ppm\n",
        "utf-8",
    )
    ran = taken(capsys, city, path)
    assert ran.code == 1
    assert {k: ran.json[k] for k in ("rows", "new", "same", "corrected", "quarantined")} == {
        "rows": 3, "new": 1, "same": 0, "corrected": 0, "quarantined": 2,
    }  # fmt: skip
    refused = {(r["file"], r["row"], r["column"], r["value"]) for r in ran.json["files"][0]["refused"]}
    assert refused == {("lab.csv", 3, "value", "abc"), ("lab.csv", 4, "unit", "ppm")}
    assert exported(capsys, city, tmp_path / "out.csv")["value"].to_list() == [0.35]


def test_as_it_was_known(capsys: Capture, city: Path, tmp_path: Path) -> None:
    taken(capsys, city, CSV)
    clock.set_replay(parse_moment("2021-12-01"), 0)
    later = tmp_path / "later.csv"
    later.write_text(f"site,time,code,value,period\n{SITE},2021-04-04T00:00,w21003,2.5,4h\n", "utf-8")
    taken(capsys, city, later)
    one = ("--sites", SITE, "--quantities", "w21003")
    values = [
        exported(capsys, city, tmp_path / "out.parquet", *one, "--as-of", moment)
        .filter(pl.col("time") == datetime(2021, 4, 4))  # noqa: DTZ001 # China time, as the file has it
        ["value"].to_list()
        for moment in ("2021-04-04T04:00", "2021-11-30T00:00", "2021-12-02T00:00")
    ]  # fmt: skip
    assert values == [[], [2.784], [2.5]]  # published 35 minutes after the four hours at the earliest


def test_simulated_sites_are_marked(
    capsys: Capture, city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", __file__)  # as if it lay on disk
    region = Region.objects.create(code="1403", name="阳泉")
    Site.objects.create(code=SITE, name="白羊墅", region=region, simulated=True, lon=113.6, lat=37.9)
    taken(capsys, city, CSV)
    table = exported(capsys, city, tmp_path / "out.csv")
    assert table.columns[-1] == "simulated"
    assert set(table["simulated"]) == {True}


def test_an_unknown_quantity_is_named(capsys: Capture, city: Path, tmp_path: Path) -> None:
    taken(capsys, city, CSV)
    with pytest.raises(SystemExit) as ended:
        exported(capsys, city, tmp_path / "o.csv", "--quantities", "砷")
    assert ended.value.code == 2
    assert "砷 is no known quantity, or the name is that of several" in capsys.readouterr().err


def test_ambient_hours_and_observations_do_not_mix(capsys: Capture, city: Path, tmp_path: Path) -> None:
    hours = tmp_path / "hours.csv"
    hours.write_text("site,time,PM2.5\nA,2021-04-01T06:00,12\n")
    taken(capsys, city, hours, CSV)
    archive = Archive(city / "archive")
    assert archive.ambient.current().collect()["site"].to_list() == ["A"]
    assert set(archive.observations.read(Asked()).collect()["site"]) == {SITE}
    newest = archive.observations.latest(Asked(as_of=datetime.now(UTC) + timedelta(days=1)))
    assert newest.height == 9
