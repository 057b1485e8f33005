"""No command ends in a traceback, whatever it is given: one sentence on stderr, nothing on stdout, exit code 2 (or 1)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from bihuan import cli
from bihuan.installation import crashes
from bihuan.installation.marker import open_installation

pytestmark = pytest.mark.slow

FILES = Path(__file__).parents[1] / "data"
DAY = FILES / "feeds_china_sites_20190315.csv"
HOURS = "site,time,PM2.5\nA,2019-10-05T06:00,12\nA,2019-10-05T07:00,13\n"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Entry:
    """The command's real entry point (entry.py), asked line by line."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.commands.entry"]
        self.folder = folder
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, line: str) -> Ran:
        """Run a command line in which D is an installation and F the folder of odd files."""
        arguments = [a.replace("F/", f"{self.folder}/") for a in line.split()]
        arguments = [str(self.folder / "city") if a == "D" else a for a in arguments]
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()
        return Ran(**json.loads(self.process.stdout.readline()))


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entry]:
    folder = tmp_path_factory.mktemp("odd")
    odd_files(folder)
    entry = Entry(folder)
    assert entry.run(f"--data D import {DAY}").code in (0, 1)
    yield entry
    entry.process.communicate()


def odd_files(folder: Path) -> None:
    """What people hand to commands by mistake."""
    good = pl.DataFrame(
        {"site": ["A"] * 30, "time": [f"2019-10-05T{h % 24:02}:00" for h in range(30)], "PM2.5": [1.0] * 30}
    )
    good.write_parquet(folder / "good.parquet")
    good.write_excel(folder / "good.xlsx")
    (folder / "good.csv").write_text(HOURS)
    texts = {
        "empty.csv": b"", "header.csv": b"site,time,PM2.5\n", "other.csv": b"a,b\n1,2\n", "binary.csv": bytes(range(256)) * 9,
        "cut.parquet": (folder / "good.parquet").read_bytes()[:-20], "cut.xlsx": (folder / "good.xlsx").read_bytes()[:900],
        "latin.csv": "site,time,PM2.5\nÄ,2019,1\n".encode("latin-1") * 3, "number.json": b"7", "deep.json": b"[" * 99_999,
        "bad.tar.gz": b"\x1f\x8b\x08\x00 nonsense", "plain.tar": b"x" * 1000, "doubled.csv": b"site,time,PM2.5,PM2.5\nA,2019-10-05T06:00,1,2\n",
        "typed.csv": b"site,time,PM2.5\n,,\n,,\n", "huge.csv": b"site,time,PM2.5\nA,2019-10-05T06:00,1e400\n",
        "raw.bin": b"##0101QN=1;ST=32;CN=2011\r\n" * 3,
    }  # fmt: skip
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    pl.DataFrame({"site": [["A"]], "time": [True], "PM2.5": [b"x"]}).write_parquet(folder / "types.parquet")
    (folder / "folder").mkdir()
    damaged = open_installation(folder / "damaged", create=True)
    (damaged / "archive").write_text("no folder")
    broken = open_installation(folder / "broken", create=True)
    (broken / "bihuan.json").write_text("{")
    bare = open_installation(folder / "bare", create=True)
    (bare / "db.sqlite3").write_bytes(b"this is no database" * 100)


ODD = [
    *(["empty.csv", "header.csv", "other.csv", "binary.csv", "cut.parquet", "cut.xlsx", "latin.csv", "deep.json", "doubled.csv", "typed.csv", "types.parquet", "folder", "missing.csv"]),
]  # fmt: skip
ONE_FILE = {
    "import": "--data D import F/{}",
    "import into a new folder": "--data F/new import F/{}",
    "aqi": "aqi F/{} --out F/out.csv",
    "statistics": "statistics F/{} --level city --period day --out F/out.csv",
    "sites": "statistics F/good.csv --level city --period month --sites F/{} --out F/out.csv",
    "backtest": "backtest F/{} --from 2019-10-05T00:00 --to 2019-10-06T00:00 --out F/out.csv",
    "restore": "--data F/restored restore F/{}",
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("command", ONE_FILE)
def test_an_odd_file(entry: Entry, command: str, name: str) -> None:
    told(entry.run(ONE_FILE[command].format(name)))


LINES = """
aqi F/good.csv --out F/missing/out.csv
aqi F/good.csv --out F/out.odt
aqi F/good.csv --out F/folder
aqi F/huge.csv --out F/out.csv
statistics F/good.csv --level city --period day --sites F/good.csv --out F/out.csv
statistics F/good.csv --level site --period day --out /proc/none/out.csv
backtest F/good.csv --from 2019-10-06T00:00 --to 2019-10-05T00:00 --out F/out.csv
backtest F/good.csv --from 0001-01-01T00:00 --to 9999-12-31T23:00 --out F/out.csv
backtest F/good.csv --from 2019-10-05T00:00 --to 2019-10-06T00:00 --every -6h --out F/out.csv
backtest F/good.csv --from 2019-10-05T00:00 --to 2019-10-06T00:00 --every 0h --out F/out.csv
backtest F/good.csv --from 2019-10-05T00:00 --to 2019-10-06T00:00 --leads -1 --out F/out.csv
backtest F/good.csv --from 2019-10-05T00:00 --to 2019-10-06T00:00 --processes -3 --out F/out.csv
backtest F/good.csv --from 2019-10-05T00:00 --to 2019-10-06T00:00 --refit 99999999999d --out F/out.csv
backtest F/good.csv --from 2019-10-05T00:00 --to 2019-10-06T00:00 --items XX --out F/out.csv
backtest F/good.csv --from 2019-10-05T00:00 --to 2019-10-06T00:00 --city x --out F/out.csv
--data D export ambient --from 2019-10-06T00:00 --to 2019-10-05T00:00 --out F/out.csv
--data D export ambient --from abc --to 2019-10-05T00:00 --out F/out.csv
--data D export ambient --from 2019-10-05T00:00 --to 2019-10-06T00:00 --out F/out.doc
--data F/none export ambient --from 2019-10-05T00:00 --to 2019-10-06T00:00 --out F/out.csv
--data F/damaged export ambient --from 2019-10-05T00:00 --to 2019-10-06T00:00 --out F/out.csv
--data F/broken export ambient --from 2019-10-05T00:00 --to 2019-10-06T00:00 --out F/out.csv
--data F/good.csv import F/good.csv
--data F/damaged import F/good.csv
--data F/broken import F/good.csv
--data D import F/good.csv --mapping ../../etc/passwd
--data D import F/good.csv --format ambient --mapping x
--data D import /dev/null
--data D forecast --as-of 0001-01-01T00:00 --out F/out.csv
--data D forecast --as-of 9999-12-31T23:00 --out F/out.csv
--data D forecast --as-of 2019-03-15T08:00 --sites nowhere --out F/out.csv
--data D forecast --as-of 2019-03-15T08:00 --city x --out F/out.csv
--data F/bare forecast --as-of 2019-03-15T08:00 --out F/out.csv
--data F/none forecast --as-of 2019-03-15T08:00 --out F/out.csv
hj212 decode F/missing.bin --out F/out.jsonl
hj212 decode F/folder --out F/out.jsonl
hj212 decode F/raw.bin --out F/missing/out.jsonl
hj212 decode F/raw.bin --out F/out.jsonl --sm4-key xyz
--data F/none hj212 export --from 2019-10-05T00:00 --to 2019-10-06T00:00 --out F/out.csv
--data D hj212 export --from 2019-10-06T00:00 --to 2019-10-05T00:00 --out F/out.csv
--data D hj212 export --from 2019-10-05T00:00 --to 2019-10-06T00:00 --out F/out.doc
--data D hj212 serve --port 99999
--data D hj212 serve --port -1
--data D hj212 serve --host nowhere.invalid --port 0
--data D hj212 forward --report 2019-13-40
--data F/folder/.. serve
--data F/broken serve
--data D serve --port 99999
--data D serve --port -1
--data D serve --host nowhere.invalid
--data D serve --hj212-port 70000
--data F/none cases verify
--data F/bare cases verify
--data F/bare person add x --name X --role dispatcher --region 140300
--data F/none person add x --name X --role dispatcher --region 140300
--data F/none backup F/out.tar.gz
--data D backup F/missing/out.tar.gz
--data D backup F/folder
--data F/damaged backup F/out.tar.gz
--data D restore F/bad.tar.gz
--data F/again restore F/bad.tar.gz
--data F/again restore F/plain.tar
--data F/good.csv/x restore F/bad.tar.gz
--data F/full demo --at 0001-01-01T00:00
--data F/full demo --at 9999-12-31T23:00
--data F/full demo --at 2019-02-25T09:00 --speed -1
--data F/full demo --at 2019-02-25T09:00 --speed nan
--data F/folder/../good.csv demo
nonsense
--data
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_odd_arguments(entry: Entry, line: str) -> None:
    told(entry.run(line))


def told(ran: Ran) -> None:
    """Refused in a sentence, or done with refused records; nobody is shown how the program looks inside."""
    assert "Traceback" not in ran.err
    assert "unforeseen" not in ran.err
    assert ran.code in (1, 2), ran
    if ran.code == 2:
        assert ran.out == ""
        assert [x for x in ran.err.splitlines() if "bihuan" in x and ": " in x], ran.err


@pytest.mark.parametrize("line", ["export ambient --from 0001-01-01T01:00 --to 9999-12-31T23:00 --sites nowhere --out F/o.csv", "hj212 export --from 0001-01-01T01:00 --to 9999-12-31T23:00 --out F/o.csv"])  # fmt: skip
def test_a_span_beyond_all_time_is_an_empty_table_or_a_sentence(entry: Entry, line: str) -> None:
    ran = entry.run(f"--data D {line}")
    assert ran.code in (0, 2)
    assert "Traceback" not in ran.err
    assert "unforeseen" not in ran.err


class Panic(BaseException):
    """As a library in another language panics: no Exception."""


@pytest.mark.parametrize("error", [KeyError("hourly"), RecursionError("deep"), Panic("out-of-range date")])
@pytest.mark.parametrize("json_asked", [False, True])
def test_an_unforeseen_error_leaves_a_record_and_says_where(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    json_asked: bool,
) -> None:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    city = open_installation(tmp_path / "city", create=True)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("bihuan.commands.export.run", fail)
    line = [
        "--data",
        str(city),
        *(["--json"] if json_asked else []),
        "export",
        "ambient",
        "--from",
        "2019-10-05T01:00",
    ]
    assert cli.main([*line, "--to", "2019-10-05T02:00", "--out", "x.csv"]) == 2
    shown = capsys.readouterr()
    (record,) = (city / crashes.FOLDER).iterdir()
    assert shown.out == ""
    assert shown.err.startswith("bihuan: an unforeseen error ended the command (")
    assert str(record) in shown.err
    assert shown.err.count("\n") == 1
    assert "Traceback" in record.read_text()
    assert record.stat().st_mode & 0o777 == 0o600


def test_without_an_installation_the_record_lies_with_temporary_files_and_old_ones_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    records = [crashes.keep(ValueError(str(n)), "test", tmp_path / "none") for n in range(crashes.KEPT + 3)]
    left = list((tmp_path / "bihuan-crashes").iterdir())
    assert len(left) == crashes.KEPT
    assert records[-1] in left
    assert records[0] not in left
    assert "no record could be written" in crashes.sentence(ValueError("x"), None)
