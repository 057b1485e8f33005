"""`bihuan cases verify` as other programs call it: exit codes and the JSON it prints."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.installed import migrated

TOOL = Path(__file__).parents[2] / "tools" / "verify_log.py"
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


def _env(folder: Path) -> dict[str, str]:
    root = Path(__file__).parents[2]
    env = {**os.environ, "BIHUAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bihuan.settings"}
    return {**env, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"}


def child(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, *args]
    return subprocess.run(words, env=_env(folder), capture_output=True, text=True, check=False)


def cases(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return child(folder, "-m", "bihuan.cli", "--data", str(folder), "cases", *map(str, words))


def verify(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return cases(folder, "verify", *options)


def broken(folder: Path, *options: object) -> list[str]:
    """What `cases verify` says is broken, with the exit code that must go with it."""
    done = cases(folder, "verify", "--json", *options)
    found = json.loads(done.stdout)["broken"]
    assert done.returncode == (1 if found else 0), done.stderr
    return [b["why"] for b in found]


def script(*files: Path) -> subprocess.CompletedProcess[str]:
    """The checker that needs nothing of Bihuan, run without anything from outside."""
    words = [sys.executable, "-I", str(TOOL), *map(str, files)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def sql(folder: Path, *statements: str) -> None:
    """Change the database as somebody with access to its file does: triggers away first."""
    with contextlib.closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        database.commit()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """An installation with a handed-over case, made once."""
    folder = migrated(tmp_path_factory.mktemp("sound") / "city", empty_database)
    done = child(folder, "-c", SETUP)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def installation(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it that the tests of this file spoil one after the other."""
    return shutil.copytree(sound, tmp_path_factory.mktemp("installation") / "city")


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


MANY = """
import django; django.setup()
from bihuan.cases import chain_parts
from bihuan.cases.chain import verify_chains
chain_parts.ALONE, chain_parts.SPANS = 0, 2
if __name__ == "__main__":
    report = verify_chains()
    print(report.cases, report.steps, [(b.case[-4:], b.step) for b in report.broken])
"""
MORE = """
import django; django.setup()
from bihuan.cases.actions import open_case
from bihuan.registry.models import Person, Region
by, region = Person.objects.get(username="dispatcher_140300"), Region.objects.get(code="140321")
for n in range(9):
    open_case([], by, title=f"料场未苫盖 {n}", region=region)
"""


def test_many_cases_are_walked_by_several_processes_with_the_same_result(made: Path) -> None:
    assert child(made, "-c", MORE).returncode == 0
    (made.parent / "walk.py").write_text(MANY)
    assert child(made, str(made.parent / "walk.py")).stdout == "10 12 []\n"
    sql(made, "UPDATE cases_step SET note = 'x' WHERE seq = 2 OR case_id = 7")
    assert child(made, str(made.parent / "walk.py")).stdout == "10 12 [('0001', 2), ('0007', 1)]\n"


CUT = (
    "DELETE FROM cases_step WHERE seq = 3",
    "DELETE FROM cases_issuedpaper",
    "UPDATE cases_case SET state = 'pending', version = 2, organisation_id = NULL, liable = '', due = NULL, "
    "original_due = NULL, dispatched_at = NULL, term_days = 0",
)
CUT_LOG = "DELETE FROM registry_logentry WHERE seq >= 3"


@pytest.fixture
def made(sound: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    shutil.copytree(sound, tmp_path / "city")
    return tmp_path / "city"


def test_a_case_cut_at_its_end_and_set_back_is_noticed_with_and_without_a_kept_root(made: Path) -> None:
    root = made.parent / "root.json"
    assert cases(made, "anchor", "--out", root).returncode == 0
    assert broken(made) == broken(made, "--anchor", root) == []
    sql(made, *CUT)
    paper, gone = broken(made)
    assert "the step is gone, but was entered (log entry 3)" in gone
    assert "cases.issuedpaper" in paper
    sql(made, CUT_LOG)  # the log is cut at its end too: nothing inside shows it any more
    assert broken(made) == []
    [why] = broken(made, "--anchor", root)
    assert "counts 4 log entries, only 2 are there" in why
    (made / "anchors").mkdir()
    shutil.copy(root, made / "anchors" / "2019-10-05.json")
    assert broken(made) == [why]  # the worker's own daily roots are looked at without being asked


def test_the_exported_log_is_checked_without_the_installation(made: Path) -> None:
    log, root = made.parent / "log.jsonl", made.parent / "root.json"
    cases(made, "anchor", "--out", root)
    assert "4 entries" in cases(made, "export-log", "--out", log).stdout
    assert [json.loads(line)["key"].split("/")[-1] for line in log.read_text().splitlines()] == [
        "1",
        "2",
        "3",
        "1",
    ]
    done = script(log, root)
    assert (done.returncode, "4 entries, 1 roots, 0 faults" in done.stdout) == (0, True), done.stderr
    lines = log.read_text().splitlines()
    for name, other, why in (
        ("cut", lines[:2], "its end is missing"),
        ("hole", [lines[0], lines[2]], "entries are missing or out of order"),
        (
            "changed",
            [lines[0], lines[1].replace('"digest": "', '"digest": "0'), lines[2]],
            "entry 2 (cases.step",
        ),
    ):
        path = made.parent / f"{name}.jsonl"
        path.write_text("\n".join(other))
        done = script(path, root)
        assert (done.returncode, why in done.stdout) == (1, True), done.stdout
    assert script(root, log).returncode == script(made / "none").returncode == script().returncode == 2


def test_a_log_made_anew_fits_itself_but_no_root_from_before(made: Path) -> None:
    log, root = made.parent / "log.jsonl", made.parent / "root.json"
    cases(made, "anchor", "--out", root)
    cases(made, "export-log", "--out", log)
    sys.path.insert(0, str(TOOL.parent))
    from verify_log import hash_of

    entries, before = [json.loads(line) for line in log.read_text().splitlines()], ""
    for entry in entries:
        entry["at"], entry["previous"] = "2019-01-01T00:00:00.000000+00:00", before
        before = entry["hash"] = hash_of(entry)
    log.write_text("\n".join(json.dumps(e) for e in entries))
    assert script(log).returncode == 0
    assert "the log was written anew" in script(log, root).stdout


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"entries": "x", "head": ""}', '{"entries": 3, "head": "ab"}']
)
def test_what_is_no_root_is_refused_in_a_sentence(made: Path, content: str) -> None:
    (made.parent / "root.json").write_text(content)
    done = cases(made, "verify", "--anchor", made.parent / "root.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "root.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_known_from_paper_is_enough_for_a_root(made: Path) -> None:
    root = json.loads(cases(made, "anchor", "--json").stdout)
    path = made.parent / "paper.json"
    path.write_text(json.dumps({"entries": root["entries"], "head": root["head"].upper()}))
    assert broken(made, "--anchor", path) == []


UPGRADE = (
    """
import django; django.setup()
from django.core.management import call_command
from bihuan.cases import expected
changed, expected.changed = expected.changed, lambda case, changes: {}  # as steps were before
"""
    + SETUP.split("django.setup()")[1]
    + """
from bihuan.registry.audit import record
record(None, "person.add", "x")
call_command("migrate", "registry", "0002", verbosity=0, skip_checks=True)
call_command("migrate", verbosity=0, skip_checks=True)
expected.changed = changed
take(case, "sign", city.person("handler"))
"""
)


@pytest.mark.slow  # two registers migrate back and forth
def test_what_was_there_before_the_log_is_entered_at_the_upgrade(tmp_path: Path) -> None:
    (tmp_path / "bihuan.json").write_text('{"format": 1}')
    done = child(tmp_path, "-c", UPGRADE)
    assert done.returncode == 0, done.stderr
    assert broken(tmp_path) == []
    cases(tmp_path, "export-log", "--out", tmp_path / "log.jsonl")
    entries = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(e["kind"], e["note"]) for e in entries] == [
        ("registry.auditentry", "entered at upgrade"),
        *[("cases.step", "entered at upgrade")] * 3,
        ("cases.case", "entered at upgrade"),
        ("cases.step", ""),
    ]
    sql(tmp_path, "UPDATE cases_case SET title = 'x', signed_at = NULL")
    assert sorted(w.split(" of ")[0] for w in broken(tmp_path)) == ["signed_at", "title"]


def test_a_database_of_before_says_how_it_is_upgraded(made: Path) -> None:
    sql(made, "DROP TABLE registry_logentry")
    done = verify(made)
    assert done.returncode == 2
    assert "an older Bihuan" in done.stderr


def test_tables_that_are_gone_are_named_and_a_log_that_is_gone_by_the_daily_roots(made: Path) -> None:
    (made / "anchors").mkdir()
    (made / "anchors" / "2019-01-12.json").write_text(json.dumps({"entries": 4, "head": "0" * 64}))
    sql(made, "DROP TABLE cases_step")
    assert "the table cases_step is missing" in broken(made)
    sql(made, "DROP TABLE registry_logentry")
    assert broken(made) == ["the kept root counts 4 log entries, there is no log"]
    (made / "db.sqlite3").unlink()
    assert broken(made) == ["the kept root counts 4 log entries, there is no log"]


def test_a_database_before_a_later_upgrade_is_not_called_tampered_with_and_can_be_backed_up(
    made: Path, tmp_path: Path
) -> None:
    sql(made, "DELETE FROM django_migrations WHERE app = 'cases' AND name > '0009'")
    done = verify(made)
    assert (done.returncode, "an older Bihuan" in done.stderr) == (2, True)
    words = ("-m", "bihuan.cli", "--data", str(made), "backup", str(tmp_path / "before.tar.gz"))
    assert child(made, *words).returncode == 0


def test_every_table_that_is_written_once_has_its_triggers_after_the_migrations(made: Path) -> None:
    """A later migration that makes such a table anew would lose them."""
    from django.apps import apps

    from bihuan.registry.log import LogEntry, WrittenOnce

    tables = {m._meta.db_table for m in apps.get_models() if issubclass(m, WrittenOnce | LogEntry)}
    with contextlib.closing(sqlite3.connect(made / "db.sqlite3")) as database:
        found = {n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert {f"{t}_no_{verb}" for t in tables for verb in ("update", "delete")} <= found


CROWD = """
import django; django.setup()
from threading import Thread
from django.db import connection
from bihuan.registry.audit import record
def write():
    for k in range(25):
        record(None, "person.add", str(k))
    connection.close()
crowd = [Thread(target=write) for _ in range(4)]
for one in crowd:
    one.start()
for one in crowd:
    one.join()
"""


def test_writers_at_once_make_one_chain(made: Path) -> None:
    crowds = [subprocess.Popen([sys.executable, "-c", CROWD], env=_env(made)) for _ in range(2)]
    assert [c.wait() for c in crowds] == [0, 0]
    assert json.loads(cases(made, "anchor", "--json").stdout)["entries"] == 4 + 2 * 4 * 25
    assert broken(made) == []
