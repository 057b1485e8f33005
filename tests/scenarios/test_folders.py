"""Every scenario folder has all its rooms; an incomplete one is refused by name."""

import ast
import tomllib
from datetime import datetime
from functools import cache
from inspect import signature
from pathlib import Path

import polars as pl
import pytest
from django.urls import reverse

from bihuan.domain.checks import FINDINGS, Check
from bihuan.domain.outages import no_outages
from bihuan.practice.build import demos
from bihuan.scenarios import FOLDER, scenario_names
from bihuan.scenarios.catalogue import every_check
from bihuan.scenarios.resolved import every_scenario

TESTS = Path(__file__).parents[1]
ROOMS = (
    "__init__.py",
    "scenario.py",
    "demo.py",
    "README.md",
    "tests/__init__.py",
    "tests/world.py",
)
README = ("who", "legal basis", "does not do")


def manifest(folder: Path) -> dict:
    path = folder / "manifest.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def lacks(folder: Path) -> list[str]:
    """What a scenario folder lacks, in words."""
    missing = [room for room in ROOMS if not (folder / room).exists()]
    said = manifest(folder)
    for name, threshold in said.get("thresholds", {}).items():
        missing += [f"manifest.toml: {name}.{k}" for k in ("value", "unit", "source") if k not in threshold]
    fixtures = folder / "tests" / "fixtures"
    judges = (folder / "checks.py").exists()
    if judges and (not fixtures.is_dir() or len(list(fixtures.iterdir())) < 2):
        missing.append("tests/fixtures: an episode and a near miss")
    if not list(folder.glob("tests/test_*.py")):
        missing.append("tests/test_*.py")
    if (folder / "README.md").exists():
        text = (folder / "README.md").read_text("utf-8").lower()
        missing += [f"README.md: {part}" for part in README if part not in text]
    return missing


@pytest.mark.parametrize("name", scenario_names())
def test_the_folder_is_complete(name):
    assert lacks(FOLDER / name) == []


def test_a_folder_that_gives_nothing_is_no_hidden_scenario():
    folders = [p.name for p in FOLDER.iterdir() if (p / "__init__.py").exists()]
    assert sorted(folders) == scenario_names()


def test_an_incomplete_folder_is_refused_by_name(tmp_path):
    (tmp_path / "manifest.toml").write_text("[thresholds.a]\nvalue = 1\n")
    found = lacks(tmp_path)
    for part in (
        "scenario.py",
        "README.md",
        "manifest.toml: a.source",
        "tests/test_*.py",
    ):
        assert part in found


@pytest.mark.parametrize("entry", every_check(), ids=lambda e: e.check.key)
def test_a_check_has_basis_meaning_and_parameters_with_defaults(entry):
    check = entry.check
    assert isinstance(check, Check)
    assert check.basis
    assert check.meaning
    assert all(v is not None for v in check.parameters.values())
    assert set(entry.overrides) <= set(check.parameters), (
        "the manifest overrides a parameter that the check has not"
    )


def test_keys_of_checks_are_unique():
    keys = [e.check.key for e in every_check()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    "entry", [e for e in every_check() if e.check.looks_at == "hours"], ids=lambda e: e.check.key
)
def test_a_check_of_hours_takes_the_three_tables_and_gives_findings(entry):
    instant = pl.Datetime("us", "UTC")
    hours = pl.DataFrame(
        schema={"site": pl.String, "start": instant}
        | dict.fromkeys(("pm25", "pm10", "so2", "no2", "co", "o3"), pl.Float64)
    )
    sites = pl.DataFrame(
        schema={
            "site": pl.String,
            "name": pl.String,
            "city": pl.String,
            "lon": pl.Float64,
            "lat": pl.Float64,
            "evaluated": pl.Boolean,
        }
    )
    table = entry.check.run(hours, sites, no_outages())
    assert dict(table.schema) == FINDINGS


@pytest.mark.parametrize("build", demos())
def test_the_practice_city_is_built_as_of_a_moment(build):
    assert next(iter(signature(build).parameters.values())).annotation in (datetime, "datetime")


@pytest.mark.parametrize(
    "entry", [e for s in every_scenario().values() for e in s.menu], ids=lambda e: e.page
)
def test_every_entry_of_the_menu_opens_a_page_of_its_own(entry):
    assert reverse(entry.page)


@cache
def imported(path: Path) -> list[str]:
    """The modules that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    modules = [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    return modules + [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]


@pytest.mark.parametrize("name", scenario_names())
def test_nothing_outside_names_the_folder(name):
    """Deleting a folder must leave the rest whole: no import from outside, and no folder imports another."""
    for path in [*FOLDER.parent.rglob("*.py"), *TESTS.rglob("*.py")]:
        if (FOLDER / name) not in path.parents:
            assert not [m for m in imported(path) if f"{m}.".startswith(f"bihuan.scenarios.{name}.")], path
