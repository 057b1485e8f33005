"""`bihuan export ambient`: the ambient table comes back as it went in, now or as it was known."""

from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from bihuan import clock
from bihuan.domain.timeaxis import parse_moment
from bihuan.registry.models import Region, Site
from tests.commands.cli import run

Capture = pytest.CaptureFixture[str]
SPAN = ("--from", "2019-10-05T06:00", "--to", "2019-10-05T08:00")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path / "city"))
    table = tmp_path / "table.csv"
    lines = [f"{s},2019-10-05T{h:02}:00,{h},0.{h}\n" for s in "BA" for h in range(5, 10)]
    table.write_text("site,time,PM2.5,CO\n" + "".join(lines))
    assert run(capsys, "--data", tmp_path / "city", "import", table).code == 0
    return tmp_path / "city"


def test_the_span_is_labels_both_included_and_weather_only_if_there_is_any(
    capsys: Capture, folder: Path
) -> None:
    out = folder.parent / "out.csv"
    ran = run(capsys, "--data", folder, "--json", "export", "ambient", *SPAN, "--out", out)
    assert (ran.code, ran.json["rows"], ran.json["sites"]) == (0, 6, 2)
    lines = out.read_text().splitlines()
    assert lines[0] == "site,time,PM2.5,PM10,SO2,NO2,CO,O3"
    assert lines[1] == "A,2019-10-05T06:00,6.0,,,,0.6,"
    assert len(lines) == 7


def test_what_goes_out_comes_in_as_the_same(capsys: Capture, folder: Path) -> None:
    for ending in (".parquet", ".xlsx", ".csv"):
        out = folder.parent / f"out{ending}"
        run(capsys, "--data", folder, "export", "ambient", *SPAN, "--sites", "A", "--out", out)
        ran = run(capsys, "--data", folder, "--json", "import", out)
        assert (ran.code, ran.json["same"], ran.json["corrected"]) == (0, 3, 0)


def test_as_it_was_known(capsys: Capture, folder: Path) -> None:
    clock.set_replay(parse_moment("2019-12-01"), 0)
    later = folder.parent / "later.csv"
    later.write_text("site,time,PM2.5\nA,2019-10-05T06:00,77\n")
    run(capsys, "--data", folder, "import", later)
    out = folder.parent / "out.parquet"
    found = {}
    for moment in ("2019-10-05T06:40", "2019-11-30T00:00", "2019-12-02T00:00"):
        run(
            capsys,
            "--data",
            folder,
            "export",
            "ambient",
            *SPAN,
            "--as-of",
            moment,
            "--sites",
            "A",
            "--out",
            out,
        )
        found[moment] = pl.read_parquet(out)["PM2.5"].to_list()
    assert list(found.values()) == [[6.0], [6.0, 7.0, 8.0], [77.0, 7.0, 8.0]]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch, db: None) -> Region:
    """A register in a database that lies on disk, as an installation's does."""
    monkeypatch.setitem(connection.settings_dict, "NAME", __file__)
    return Region.objects.create(code="140300", name="阳泉市")


def test_simulated_stations_are_marked_in_a_last_column(
    capsys: Capture, folder: Path, register: Region
) -> None:
    for code in "AB":
        Site.objects.create(code=code, name=code, region=register, lon=113.6, lat=37.9, simulated=code == "A")
    out = folder.parent / "out.parquet"
    run(capsys, "--data", folder, "export", "ambient", *SPAN, "--out", out)
    table = pl.read_parquet(out)
    assert table.columns[-1] == "simulated"
    assert set(table.select("site", "simulated").rows()) == {("A", True), ("B", False)}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", "2019-10-06", "--to", "2019-10-05", "--out", "o.csv"), "exchange"),
        ((*SPAN, "--out", "o.doc"), ".parquet, .csv or .xlsx"),
        ((*SPAN, "--out", "none/o.csv"), "does not exist"),
    ],
)
def test_refusals(capsys: Capture, folder: Path, words: tuple[str, ...], says: str) -> None:
    ran = run(capsys, "--data", folder, "export", "ambient", *words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_no_installation(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    ran = run(capsys, "--data", tmp_path / "none", "export", "ambient", *SPAN, "--out", tmp_path / "o.csv")
    assert ran.code == 2
    assert "not an installation" in ran.err
    assert not (tmp_path / "none").exists()
