"""`bihuan cases verify` as other programs call it: exit codes and the JSON it prints."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0, skip_checks=True)
from bihuan.cases import guards
from bihuan.cases.actions import open_case, take
from tests.people import build_city
city = build_city()
case = open_case([], city.person("dispatcher"), title="料场未苫盖", region=city.regions["140321"])
take(case, "submit", city.person("dispatcher"))
take(case, "dispatch", city.person("dispatcher"), organisation=city.governments["140321"])
"""
TAMPER = """
import django; django.setup()
from django.db import connection
from bihuan.cases import guards
guards.drop(connection)
connection.cursor().execute("UPDATE cases_step SET note = 'x' WHERE seq = 2")
"""


def child(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    env = {**os.environ, "BIHUAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bihuan.settings"}
    env["PYTHONPATH"] = f"{root}{os.pathsep}{root / 'src'}"
    return subprocess.run([sys.executable, *args], env=env, capture_output=True, text=True, check=False)


def verify(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return child(folder, "-m", "bihuan.cli", "--data", str(folder), *options, "cases", "verify")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation")
    (folder / "bihuan.json").write_text('{"format": 1}')
    made = child(folder, "-c", SETUP)
    assert made.returncode == 0, made.stderr
    return folder


def test_sound_then_tampered(installation: Path) -> None:
    done = verify(installation, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"cases": 1, "steps": 3, "broken": []}), (
        done.stderr
    )
    assert child(installation, "-c", TAMPER).returncode == 0
    done = verify(installation, "--json")
    assert done.returncode == 1
    [broken] = json.loads(done.stdout)["broken"]
    assert broken == {
        "case": broken["case"],
        "step": 2,
        "why": "its content was changed after it was written",
    }
    assert broken["case"].endswith("0001")
    assert "1 cases, 3 steps, 1 broken" in verify(installation).stdout


def test_not_an_installation(tmp_path: Path) -> None:
    done = verify(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not an installation" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_bare_installation_has_no_cases(tmp_path: Path) -> None:
    (tmp_path / "bihuan.json").write_text('{"format": 1}')
    done = verify(tmp_path, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"cases": 0, "steps": 0, "broken": []}), (
        done.stderr
    )
    assert not (tmp_path / "db.sqlite3").exists()
