"""Workbooks, forms and answers made for a test: rows of a survey as dictionaries, answers as XML."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from bihuan.kit.inspection.answered import Answered, parse
from bihuan.kit.inspection.workbook import NAMESPACES, read
from bihuan.kit.inspection.xform import XForm
from bihuan.reasons import Reason

NOW = datetime(2019, 2, 25, 4, tzinfo=UTC)
CHOICES = (
    {"list_name": "yn", "name": "yes", "label": "是", "score": "10"},
    {"list_name": "yn", "name": "no", "label": "否", "score": "0"},
    {"list_name": "county", "name": "a", "label": "甲县"},
    {"list_name": "town", "name": "a1", "label": "甲一镇", "county": "a"},
    {"list_name": "town", "name": "b1", "label": "乙一镇", "county": "b"},
)
SETTINGS = {"form_id": "f", "form_title": "检查", "version": "1", "namespaces": NAMESPACES}
Row = Mapping[str, str]


def workbook(path: Path, survey: Sequence[Row], choices: Sequence[Row] = CHOICES, **settings: str) -> Path:
    """A workbook of these rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in (("survey", survey), ("choices", choices), ("settings", [SETTINGS | settings])):
        sheet, heads = book.create_sheet(title), list(dict.fromkeys(k for row in rows for k in row))
        sheet.append(heads)
        for row in rows:
            sheet.append([row.get(head) for head in heads])
    book.save(path)
    return path


def asked(kind: str, name: str, **more: str) -> dict[str, str]:
    """A row of a survey; `problem=` and others of our own are written without their prefix."""
    own = {"problem", "severity", "basis", "requirement"}
    return {
        "type": kind,
        "name": name,
        "label": name,
        **{f"bind::bihuan:{k}" if k in own else k: v for k, v in more.items()},
    }


def faults(path: Path, outside: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """(sheet, cell, code) of what is wrong with a workbook."""
    return [
        (s, cell, Reason.of(why).code) for s, cell, why in read(path, "f", list(outside)).get("faults", [])
    ]


@cache
def _form(path: Path, outside: tuple[str, ...]) -> XForm:
    made = read(path, "f", list(outside))
    assert "faults" not in made, made
    return XForm(made["xform"])


def form_of(
    folder: Path, *survey: Row, choices: Sequence[Row] = CHOICES, outside: tuple[str, ...] = ()
) -> XForm:
    """The form of these rows."""
    return _form(workbook(folder / "f.xlsx", survey, choices), outside)


def answered(form: XForm, inside: str, **more: Any) -> Answered:
    """The answer with this inside, worked through."""
    xml = f'<data id="f" version="1">{inside}<meta><instanceID>uuid:1</instanceID></meta></data>'
    return Answered(form, parse(xml.encode()), NOW, **more)


def codes(done: Answered) -> list[tuple[str, str]]:
    """(name of the question, code) of what is wrong with an answer."""
    return [(fault.path.rpartition("/")[2], fault.why.code) for fault in done.faults]
