"""A city is filled in from an empty folder by script: template, import, export, each with its exit code and report."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bihuan.installation.marker import make_installation
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.people import PEOPLE
from bihuan.kit.registers.planning import references_of
from bihuan.kit.registers.template import excel_template
from bihuan.scenarios.city.registers import CITY
from bihuan.scenarios.resolved import every_register
from tests.commands.cli import run
from tests.servers.installed import migrated

FIXTURES = Path(__file__).parent / "fixtures"
COUNTS = ("rows", "new", "same", "corrected", "quarantined")


def bihuan(data: Path, *words: object) -> tuple[int, Any, str]:
    """Exit code, what --json says, and standard error, of the command as a script runs it."""
    command = [
        sys.executable,
        "-m",
        "bihuan.cli",
        "--data",
        str(data),
        "--json",
        "register",
        *map(str, words),
    ]
    env = {k: v for k, v in os.environ.items() if not k.startswith("BIHUAN_")}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    return ran.returncode, json.loads(ran.stdout) if ran.stdout else None, ran.stderr


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that two files made: three regions, two stations."""
    data = tmp_path_factory.mktemp("city") / "data"
    for kind, rows in (("regions", 4), ("stations", 2)):
        code, told, err = bihuan(data, "import", kind, FIXTURES / f"{kind}.csv")
        assert (code, [told[c] for c in COUNTS]) == (0, [rows, rows, 0, 0, 0]), err
    return data


def test_a_file_again_is_the_same_and_a_dry_run_writes_nothing(filled: Path, tmp_path: Path) -> None:
    code, told, _err = bihuan(filled, "import", "stations", FIXTURES / "stations.csv")
    assert (code, told["same"], told["batch"]) == (0, 2, None)
    changed = tmp_path / "x.csv"
    changed.write_text((FIXTURES / "stations.csv").read_text("utf-8").replace("桃园", "新名"), "utf-8")
    for words, same in ((("--dry-run",), 1), (("--dry-run",), 1)):
        code, told, _err = bihuan(filled, "import", "stations", changed, *words)
        assert (code, told["corrected"], told["same"], told["dry_run"]) == (0, 1, same, True)


def test_refused_cells_are_named_and_the_other_rows_are_in(tmp_path: Path, filled: Path) -> None:
    code, told, _err = bihuan(filled, "import", "stations", FIXTURES / "stations_refused.csv", "--dry-run")
    assert (code, told["rows"], told["new"], told["quarantined"]) == (1, 4, 1, 3)
    cells = [(r["row"], r["column"], r["value"]) for r in told["files"][0]["refused"]]
    assert cells == [
        (2, "经度（°）", "37.818, 112.57"), (3, "名称", ""), (4, "区划", "晋源区"), (4, "级别", "市控"),
    ]  # fmt: skip
    assert all(r["reason"].isascii() or "晋" in r["reason"] for r in told["files"][0]["refused"])
    assert all(r["remedy"] for r in told["files"][0]["refused"])


def test_every_kind_is_named_and_its_template_written(filled: Path, tmp_path: Path) -> None:
    code, told, _err = bihuan(filled, "kinds")
    assert code == 0
    assert {r.kind for r in CITY} <= {row["kind"] for row in told["kinds"]}
    assert bihuan(filled, "template", "stations", "--out", tmp_path / "stations.xlsx")[0] == 0
    explained(openpyxl.load_workbook(tmp_path / "stations.xlsx"))


@pytest.mark.django_db
@pytest.mark.parametrize("register", [*every_register().values(), PEOPLE], ids=lambda r: r.kind)
def test_the_template_of_each_kind_says_what_its_columns_mean(register: Register) -> None:
    explained(openpyxl.load_workbook(io.BytesIO(excel_template(register, references_of(register)))))


def explained(book: openpyxl.Workbook) -> None:
    """Each column of the first sheet has a line on the second."""
    sheet, notes, _lists = book.worksheets
    heads = [str(c.value).rstrip("*").partition("（")[0] for c in sheet[1]]
    assert heads == [notes.cell(n, 1).value for n in range(2, len(heads) + 2)]


@pytest.mark.slow
def test_what_is_exported_comes_in_unchanged_also_elsewhere(
    filled: Path, tmp_path: Path, empty_database: Path
) -> None:
    elsewhere = migrated(tmp_path / "elsewhere", empty_database)
    for kind, rows, ending in (("regions", 4, "xlsx"), ("stations", 2, "csv")):
        out = tmp_path / f"{kind}.{ending}"
        assert bihuan(filled, "export", kind, "--out", out)[1]["rows"] == rows
        assert bihuan(filled, "import", kind, out)[1]["same"] == rows
        assert bihuan(elsewhere, "import", kind, out)[1]["new"] == rows
    with (tmp_path / "stations.csv").open(encoding="utf-8-sig") as file:
        assert [(r["编码"], r["级别"], r["模拟"]) for r in csv.DictReader(file)] == [
            ("1081A", "国控", "否"), ("1083A", "国控", "否"),
        ]  # fmt: skip
    out = tmp_path / "stations.geojson"
    bihuan(filled, "export", "stations", "--out", out)
    assert {f["geometry"]["type"] for f in json.loads(out.read_text())["features"]} == {"Point"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("import", "lakes", FIXTURES / "regions.csv"), "there is no register lakes; choose one of"),
        (("import", "stations", FIXTURES / "no.csv"), "cannot open"),
        (("import", "stations", FIXTURES / "regions.csv"), "has no column “Code”"),
        (("template", "stations", "--out", "x.docx"), "must end in .xlsx or .csv"),
        (("export", "stations", "--out", "no/x.csv"), "does not exist"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_done_says_so_in_one_sentence_and_does_nothing(
    capsys: pytest.CaptureFixture[str], data_dir: Path, words: tuple[object, ...], why: str
) -> None:
    make_installation(data_dir)
    ran = run(capsys, "--data", data_dir, "--json", "register", *words)
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err


def test_a_missing_file_makes_no_installation(tmp_path: Path) -> None:
    assert bihuan(tmp_path / "data", "import", "regions", tmp_path / "no.csv")[0] == 2
    assert not (tmp_path / "data").exists()
