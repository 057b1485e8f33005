"""Big files: memory is bounded by a piece of text and a month of rows, whatever the file's size.

The test writes about 150 MB (2.9 million rows of nine months); a 2 GB file is the same loop fourteen times. The peak is
VmHWM: ru_maxrss of a child begins with what its parent, a process full of tests, held when it started it.
"""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive import Archive
from bihuan.archive.storing import Delivery
from bihuan.feeds import lines
from bihuan.feeds.ambient_table import batches, read
from bihuan.feeds.reading import Refusal
from bihuan.pipeline.files import USUAL_DELAY, import_files
from bihuan.pipeline.readers import read_ambient
from tests.archive.deliveries import shown, work_of

RECEIVED = datetime(2021, 1, 1, tzinfo=UTC)
SITES = 440
HOURS = 6_600
CHILD = """
import re, sys
from datetime import UTC, datetime
from pathlib import Path
from bihuan.archive import Archive
from bihuan.pipeline.files import import_files
reports = import_files(Archive(Path(sys.argv[1])), [Path(sys.argv[2])], received=datetime(2021, 1, 1, tzinfo=UTC))
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
sys.stdout.write(f"{reports[0].new} {reports[0].quarantined} {peak // 1024}")
"""


def write_table(path: Path, sites: int, hours: int) -> None:
    start = datetime(2019, 1, 1, 1)  # noqa: DTZ001 - labels of the table have no zone
    with path.open("w") as file:
        file.write("site,time,PM2.5,PM10,SO2,NO2,CO,O3\n")
        for number in range(hours):
            label = (start + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M")
            end = f",{label},{number % 90},{number % 150},8,31,0.7,{number % 120}"
            file.writelines(f"{1000 + s}A{end}{' ' * 12}\n" for s in range(sites))


@pytest.mark.slow
def test_memory_is_bounded(tmp_path: Path) -> None:
    table = tmp_path / "big.csv"
    write_table(table, SITES, HOURS)
    command = [sys.executable, "-c", CHILD, str(tmp_path / "archive"), str(table)]
    new, quarantined, peak_mb = map(
        int, subprocess.run(command, capture_output=True, check=True).stdout.split()
    )
    assert (new, quarantined) == (SITES * HOURS, 0)
    assert table.stat().st_size > 130_000_000
    assert peak_mb < 1200, f"{peak_mb} MB for a file of {table.stat().st_size // 1_000_000} MB"


def test_pieces_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file read in small pieces and set down on disk gives what it gives read at once, clashes included."""
    table = tmp_path / "table.csv"
    write_table(table, 3, 1000)
    with table.open("a") as file:
        file.write("1000A,2019-01-01T01:00,77,1,1,1,1,1\n1001A,2019-01-05T01:00,-1,1,1,1,1,1\n1002A,2019")
    whole = read(table)
    import_files(Archive(tmp_path / "whole"), [table], received=RECEIVED)
    monkeypatch.setattr("bihuan.feeds.spool.IN_MEMORY", 500)
    monkeypatch.setattr(lines.pieces, "__kwdefaults__", {"header_row": 1, "encoding": None, "size": 10_000})
    assert len(list(batches(table))) > 10
    out, refused = tmp_path / "read", list[Refusal]()
    out.mkdir()
    read_ambient(work_of(table, "ambient", out, refused.extend))
    pieces = Archive(tmp_path / "pieces")
    months = ((p.stem, pl.read_parquet(p)) for p in sorted((out / "months").iterdir()))
    with pieces.writing():
        pieces.storing.store(months, Delivery(1, "ambient", RECEIVED, USUAL_DELAY))
    one, two = Archive(tmp_path / "whole"), Archive(tmp_path / "pieces")
    assert shown(one.ambient.current()) == shown(two.ambient.current())
    assert two.ambient.current().collect().height == whole.rows.height
    found = {(r.row, r.column) for r in refused}
    assert found == {(r.row, r.column) for r in whole.refused}
    assert {(3002, ""), (2, ""), (3003, "PM2.5"), (3004, "")} <= found
    assert not list((tmp_path / "whole").glob("spool-*"))
