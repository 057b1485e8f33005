"""Collect what is shown to people, keep the English of it, and compile it: `python tools/translations.py`.

A text that only one line of business uses is kept in its folder, every other one in the common catalogue. Chinese is the language of the source. Texts come from templates, from `_("...")` in Python, and from the tables of
labels in LABELS, which templates translate by variable. GNU gettext is not needed.
"""

import ast
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import EnumMeta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "bihuan"
CORE = SOURCE / "locale"
INSIDE = Path("en") / "LC_MESSAGES"
CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
WORDS = ("_", "gettext", "gettext_lazy", "gettext_noop")

NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
Found = tuple[str | None, str, str]  # context, text, where
Texts = dict[tuple[str, str | None], list[str]]
English = dict[tuple[str, str | None], str]

# Labels that a template translates by variable: module -> names in it, or "*" for every enumeration of its models.
LABELS = {
    "bihuan.cases.judging": "REASONS",
    "bihuan.cases.finding_models": "*",
    "bihuan.cases.message_models": "*",
    "bihuan.cases.models": "*",
    "bihuan.cases.transitions": "State Need Paper Rung TABLE",
    "bihuan.kit.registers.declared": "SUBJECT",
    "bihuan.kit.registers.people": "PEOPLE",
    "bihuan.registry.forecasting": "ROLE_NAMES",
    "bihuan.registry.models": "*",
    "bihuan.registry.rivers": "*",
    "bihuan.registry.roles": "Role",
    "bihuan.domain.emissions.tables": "LABELS",
    "bihuan.domain.sewage.tables": "LABELS SOURCES",
    "bihuan.schedule": "CORE",
    "bihuan.practice.episodes": "EPISODES",
    "bihuan.web.search": "OWN",
    "bihuan.cases.statistics": "RATES",
    "bihuan.web.pages.deliveries": "COLUMNS",
    "bihuan.web.figures.question": "BY PERIODS",
    "bihuan.web.figures.ranking": "RULE",
    "bihuan.web.pages.case_figures": "NUMBERS OF_BOARD",
    "bihuan.web.case_list": "COLUMNS",
    "bihuan.web.incident_list": "COLUMNS",
    "bihuan.web.pages.inbox": "TABS",
    "bihuan.web.registers.shown": "SHAPES",
}


def texts_in(value: Any) -> Iterator[str]:
    """Every Chinese text inside a value: tables, rows and the labels of enumerations are walked."""
    if isinstance(value, str):
        if CHINESE.search(value):
            yield value.replace("%", "%%")
    elif isinstance(value, EnumMeta):
        members: list[Any] = list(value)
        for member in members:
            yield from texts_in(getattr(member, "label", None))
    elif isinstance(value, dict):
        yield from texts_in([*value.keys(), *value.values()])
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts_in(part)
    elif is_dataclass(value):
        yield from texts_in([getattr(value, f.name) for f in fields(value)])


def enumerations(holder: Any) -> Iterator[EnumMeta]:
    """The enumerations of a module or a model class, nested ones included."""
    for value in vars(holder).values():
        if isinstance(value, EnumMeta):
            yield value
        elif isinstance(value, type) and value.__module__ == getattr(holder, "__name__", None):
            yield from enumerations(value)


def named(module: Any, path: str) -> Any:
    """What a module holds under a dotted name."""
    for part in path.split("."):
        module = getattr(module, part)
    return module


def from_labels() -> Iterator[Found]:
    """Every label; short names of levels are told from severities by their context."""
    from bihuan.cases.statistics import RATES
    from bihuan.kit.shown import NAMES
    from bihuan.web.menu import CORE as MENU

    for name, paths in LABELS.items():
        module = import_module(name)
        for path in paths.split():
            value = list(enumerations(module)) if path == "*" else named(module, path)
            yield from ((None, text, name) for text in texts_in(value))
    yield from (("AQI", text, "bihuan.kit.shown") for text in texts_in(NAMES))
    yield from ((None, text, "bihuan.cases.statistics") for text in texts_in([rate.name for rate in RATES]))
    yield from ((None, text, "bihuan.web.menu") for text in texts_in(MENU))
    yield from from_scenarios()


def from_scenarios() -> Iterator[Found]:
    """What each line of business declares: titles, entries of the menu, tables of labels, choices of its models."""
    from bihuan.scenarios.resolved import every_scenario

    for name, scenario in every_scenario().items():
        titled = (*scenario.finders, *scenario.jobs, *scenario.layers)
        texts: list[Any] = [
            scenario.title,
            *scenario.menu,
            *scenario.labels,
            *scenario.registers,
            *(each.title for each in titled),
        ]
        if (SOURCE / "scenarios" / name / "models.py").exists():
            texts += enumerations(import_module(f"bihuan.scenarios.{name}.models"))
        found = [*texts_in(texts), *(check.title for check in scenario.checks)]
        yield from ((None, text, f"scenarios/{name}/scenario.py") for text in found)


def from_files() -> Iterator[Found]:
    """Every text marked in a template or in Python."""
    for path in sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("*.py")]):
        where = path.relative_to(SOURCE).as_posix()
        said = marked(path.read_text("utf-8")) if path.suffix == ".py" else in_calls(calls(path))
        yield from ((None, text, where) for text in said if CHINESE.search(text))


def marked(python: str) -> Iterator[str]:
    """The texts that Python marks, also inside f-strings, into which extractors do not look."""
    for node in ast.walk(ast.parse(python)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in WORDS
            and node.args
        ):
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def in_calls(template: str) -> Iterator[str]:
    """The texts of a template that was written as calls of gettext."""
    for _, message, _, _ in extract("javascript", BytesIO(template.encode()), dict.fromkeys(WORDS)):
        if isinstance(message, str):
            yield message


def calls(template: Path) -> str:
    """A template as calls of gettext."""
    from django.utils.translation.template import templatize

    return templatize(template.read_text("utf-8"))


def collected() -> Texts:
    """Every text with the places that use it."""
    found: Texts = {}
    for context, text, where in [*from_files(), *from_labels()]:
        places = found.setdefault((text, context), [])
        if where not in places:
            places.append(where)
    return found


def home_of(places: list[str]) -> Path:
    """The folder in which a text is kept that is used at these places."""
    parts = {tuple(place.split("/")[:2]) for place in places}
    first, *others = parts
    alone = not others and first[0] == "scenarios" and (SOURCE.joinpath(*first)).is_dir()
    return SOURCE.joinpath(*first, "locale") if alone else CORE


def by_home(found: Texts) -> dict[Path, Texts]:
    """The texts of each catalogue."""
    homes: dict[Path, Texts] = {CORE: {}}
    for key, places in found.items():
        homes.setdefault(home_of(places), {})[key] = places
    return homes


def merged(known: English, found: Texts) -> Catalog:
    """The texts in use with the English they had; what is new is empty."""
    catalog = Catalog(
        locale="en", header_comment="# English texts of Bihuan.", project="bihuan", version="1", fuzzy=False,
        msgid_bugs_address="-", last_translator="Bihuan", language_team="Bihuan",
        creation_date=NO_DAY, revision_date=NO_DAY,
    )  # fmt: skip
    for text, context in sorted(found, key=str):
        flags = ["python-format"] if re.search(r"%\(\w+\)", text) else []
        places: list[Any] = [(p, None) for p in sorted(found[text, context])]  # no line numbers: they move
        catalog.add(text, known.get((text, context), ""), places, flags, context=context)
    return catalog


def catalogues() -> list[Path]:
    """The folders of all catalogues, the common one first."""
    return [CORE, *sorted(SOURCE.glob("scenarios/*/locale"))]


def read(folder: Path) -> Catalog:
    """A catalogue of the repository; an empty one where there is none yet."""
    path = folder / INSIDE / "django.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def english() -> English:
    """The English of every text and context that any catalogue knows."""
    every = [m for folder in catalogues() for m in read(folder) if m.id and m.string]
    return {(str(m.id), m.context): str(m.string) for m in every}


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as Django loads it."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def write(folder: Path, catalog: Catalog) -> None:
    """Write a catalogue, and compile it beside."""
    (folder / INSIDE).mkdir(parents=True, exist_ok=True)
    with (folder / INSIDE / "django.po").open("wb") as file:
        write_po(file, catalog, width=0, omit_header=False)
    (folder / INSIDE / "django.mo").write_bytes(compiled(catalog))


def start_django() -> None:
    """Labels are read from models; no data folder is touched."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")
    os.environ.setdefault("BIHUAN_DATA", gettempdir())
    django.setup()


def main() -> int:
    """Merge, write and compile; name what still has no English."""
    start_django()
    known, found = english(), by_home(collected())
    for folder in catalogues():
        if folder not in found:
            shutil.rmtree(folder)
    missing = []
    for folder, texts in found.items():
        catalog = merged(known, texts)
        write(folder, catalog)
        missing += [str(m.id) for m in catalog if m.id and not m.string]
    sys.stdout.write(f"{sum(map(len, found.values()))} texts, {len(missing)} without English\n")
    sys.stdout.writelines(f"  {text!r}\n" for text in missing)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
