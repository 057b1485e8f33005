"""What the docs promise is there, and what is there stands in the docs: jobs, settings, commands, states, folders, links."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bihuan import cli
from bihuan.cases.transitions import State
from bihuan.scenarios.resolved import every_scenario
from bihuan.schedule import every_job

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "bihuan"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *SOURCE.rglob("README.md")])
NOMENCLATURE = (ROOT / "docs" / "nomenclature.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`([\w.]+(?:/[\w.]+)*)`")


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    part = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _period(every: timedelta) -> str:
    hours = every / timedelta(hours=1)
    return f"{hours:.0f} h" if hours >= 1 else f"{every / timedelta(minutes=1):.0f} min"


def test_every_job_is_described_with_its_period() -> None:
    told = {(r[0].strip("`"), r[1], r[2]) for r in rows(OPERATIONS, "Jobs")}
    assert told == {(j.name, j.title, _period(j.every)) for j in every_job()}


def test_every_line_of_business_is_named_as_its_folder_names_it() -> None:
    told = {(r[0].strip("`"), r[1]) for r in rows(NOMENCLATURE, "Lines of business")}
    assert told == {(name, s.title) for name, s in every_scenario().items()}


def test_every_state_of_a_case_has_its_word() -> None:
    told = [(r[0].strip("`"), r[1]) for r in rows(NOMENCLATURE, "States of a case")]
    assert told == [(s.value, s.label) for s in State]


def test_every_word_is_found_where_the_nomenclature_says() -> None:
    for cells in rows(NOMENCLATURE, "Things"):
        for name in NAMED.findall(cells[3]):
            assert _is_there(name), f"{cells[0]}: {name}"


def _is_there(name: str) -> bool:
    path = SOURCE / name
    if path.exists() or path.with_suffix(".py").exists():
        return True
    module, _, thing = name.rpartition(".")
    folder = SOURCE / module
    if (folder / thing).is_dir():
        return True
    return any(re.search(rf"^class {thing}\b", p.read_text("utf-8"), re.M) for p in folder.glob("*.py"))


def test_no_word_has_two_meanings() -> None:
    words = [w for cells in rows(NOMENCLATURE, "Things") for w in cells[0].split(", ")]
    assert len(words) == len(set(words))


def test_every_setting_is_described() -> None:
    sources = [*SOURCE.rglob("*.py"), ROOT / "Makefile"]
    read = {n for p in sources for n in re.findall(r"\bBIHUAN_[A-Z][A-Z_0-9]*[A-Z]\b", p.read_text("utf-8"))}
    assert sorted(name for name in read if f"`{name}" not in OPERATIONS) == []


def test_every_command_stands_in_the_docs() -> None:
    text = "\n".join(p.read_text("utf-8") for p in PAGES)
    names = [name for of_task in cli.TASKS.values() for name in of_task]
    assert [n for n in names if not re.search(rf"`(?:bihuan )?(?:--data DIR )?{n}\b", text)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [to for to in LINK.findall(page.read_text("utf-8")) if not re.match(r"\w+:", to)]
    assert [to for to in links if not (page.parent / to).exists()] == []
