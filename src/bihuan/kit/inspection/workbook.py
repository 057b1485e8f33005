"""A workbook of a form (XLSForm), read: checked cell by cell where our own rules go further than pyxform's, then turned into
an XForm by pyxform. Only data come back, for this runs apart (`taken_apart`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from bihuan.apart import Talk
from bihuan.kit.inspection.expressions import BadExpression, compiled, matches, patterns_of, unknown_functions
from bihuan.kit.inspection.rendering import rendered
from bihuan.kit.inspection.xform import XForm
from bihuan.reasons import Reason

Fault = tuple[str, str, Reason]
"""(sheet, cell, why) of what is wrong."""
SEVERITIES = ("minor", "moderate", "serious", "major")
LONGEST_PROBLEM = 16
"""Letters of the name of a question that can be a problem: it names the finding, with the number of the repeat."""
MOST_ROWS = 2000
_PLAIN = {
    "text", "integer", "decimal", "note", "date", "time", "datetime", "geopoint", "geotrace", "geoshape", "image", "calculate",
    "hidden", "acknowledge", "start", "end", "today",
}  # fmt: skip
_TYPES = "、".join([*sorted(_PLAIN), "select_one", "select_multiple", "begin group", "begin repeat"])
_SELECT = re.compile(r"(select_one|select_multiple)(_from_file)?\s+([\w.-]+)(\s+or_other)?$")
_OPEN = re.compile(r"(begin|end)[ _](group|repeat)$")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*$")
_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_EXPRESSIONS = (
    "relevant",
    "constraint",
    "required",
    "calculation",
    "choice_filter",
    "bind::bihuan:problem",
    "repeat_count",
)
_ROW = re.compile(r"\[row : (\d+)\]\s*")
NAMESPACES = 'bihuan="https://bihuan.org/xforms"'


@dataclass
class Sheet:
    """A sheet as rows of texts by head, each with its number."""

    name: str
    heads: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def cell(self, row: int, head: str) -> str:
        """Where a value stands, as `C7`; the row alone for a column that there is not."""
        return f"{self.heads[head]}{row}" if head in self.heads else str(row)


def read_sheets(path: Path) -> dict[str, Sheet]:
    """The sheets of a workbook by name. Raises whatever openpyxl raises for a broken file."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return {s.title: _sheet(s) for s in book.worksheets}
    finally:
        book.close()


def _sheet(source: Any) -> Sheet:
    made, heads = Sheet(source.title), list[tuple[int, str]]()
    for number, cells in enumerate(source.iter_rows(values_only=True, max_row=MOST_ROWS + 1, max_col=100), 1):
        texts = ["" if c is None else str(c).strip() for c in cells]
        if number == 1:
            heads = [(n, text) for n, text in enumerate(texts) if text]
            made.heads = {text: get_column_letter(n + 1) for n, text in heads}
        elif any(texts):
            made.rows.append((number, {text: texts[n] for n, text in heads if n < len(texts)}))
    return made


def faults_of(sheets: Mapping[str, Sheet], form_id: str, outside: list[str]) -> list[Fault]:
    """All that our own rules find wrong, in the order of the workbook."""
    survey, choices, settings = (sheets.get(name) for name in ("survey", "choices", "settings"))
    if survey is None or settings is None:
        return [
            (n, "", Reason("form_no_sheet"))
            for n, s in (("survey", survey), ("settings", settings))
            if s is None
        ]
    if lacking := [name for name in ("type", "name") if name not in survey.heads]:
        return [("survey", "1", Reason("form_no_column", name=name)) for name in lacking]
    lists = {row.get("list_name", "") for _, row in choices.rows} if choices else set()
    found = [*_rows(survey, lists, outside), *_structure(survey), *_references(survey)]
    return [*found, *_scores(choices), *_settings(settings, form_id, survey)]


def _rows(survey: Sheet, lists: set[str], outside: list[str]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    if len(survey.rows) >= MOST_ROWS:
        yield "survey", "", Reason("form_too_long", most=str(MOST_ROWS))
    for number, row in survey.rows:
        kind, name = row.get("type", ""), row.get("name", "")
        for head, why in _row(row, kind, name, lists, outside):
            yield "survey", survey.cell(number, head), why
        if name and name in seen and not kind.startswith("end"):
            yield (
                "survey",
                survey.cell(number, "name"),
                Reason("form_double_name", value=name, row=str(seen[name])),
            )
        if not kind.startswith("end"):
            seen.setdefault(name, number)


def _row(
    row: Mapping[str, str], kind: str, name: str, lists: set[str], outside: list[str]
) -> Iterator[tuple[str, Reason]]:
    select, section = _SELECT.match(kind), _OPEN.match(kind)
    if not select and not section and kind.lower() not in _PLAIN:
        yield "type", Reason("form_unknown_type", value=kind, known=_TYPES)
        return
    if select:
        yield from _list(select, lists, outside)
    if section and section[1] == "end":
        return
    if not name:
        yield "name", Reason("form_no_name")
    elif not _NAME.match(name):
        yield "name", Reason("form_bad_name", value=name)
    asked = kind.lower() not in ("calculate", "hidden", "start", "end", "today") and not section
    if asked and not any(v for h, v in row.items() if h == "label" or h.startswith("label::")):
        yield "label", Reason("form_no_label")
    yield from _problem(row, name)


def _list(select: re.Match[str], lists: set[str], outside: list[str]) -> Iterator[tuple[str, Reason]]:
    if select[4]:
        yield "type", Reason("form_or_other")
    elif select[2] and select[3] not in outside:
        yield "type", Reason("form_no_outside_list", value=select[3], known="、".join(outside) or "—")
    elif not select[2] and select[3] not in lists:
        yield "type", Reason("form_no_list", value=select[3])


def _problem(row: Mapping[str, str], name: str) -> Iterator[tuple[str, Reason]]:
    if row.get("bind::bihuan:problem") and len(name) > LONGEST_PROBLEM:
        yield "name", Reason("form_problem_name", most=str(LONGEST_PROBLEM))
    severity = row.get("bind::bihuan:severity", "")
    if severity and severity not in SEVERITIES:
        yield (
            "bind::bihuan:severity",
            Reason("form_bad_severity", value=severity, known="、".join(SEVERITIES)),
        )


def _structure(survey: Sheet) -> Iterator[Fault]:
    open_: list[tuple[int, str]] = []
    for number, row in survey.rows:
        section = _OPEN.match(row.get("type", ""))
        if section and section[1] == "begin":
            open_.append((number, section[2]))
        elif section and (not open_ or open_.pop()[1] != section[2]):
            yield "survey", survey.cell(number, "type"), Reason("form_not_opened", value=row["type"])
    for number, kind in open_:
        yield "survey", survey.cell(number, "type"), Reason("form_not_closed", value=f"begin {kind}")


def _references(survey: Sheet) -> Iterator[Fault]:
    names = {row.get("name", "") for _, row in survey.rows}
    for number, row in survey.rows:
        for head, text in row.items():
            for name in _REFERENCE.findall(text):
                if name.strip() not in names:
                    yield "survey", survey.cell(number, head), Reason("form_no_reference", value=name)
        for head in _EXPRESSIONS:
            if text := row.get(head, ""):
                for why in _expression(text):
                    yield "survey", survey.cell(number, head), why


def _expression(text: str) -> Iterator[Reason]:
    if text.lower() in ("yes", "no", "true", "false"):
        return
    for name in unknown_functions(text):
        yield Reason("form_unknown_function", value=name)
    try:
        compiled(_REFERENCE.sub("node", text))
    except BadExpression as error:
        yield Reason("form_bad_expression", value=str(error))
    for pattern in patterns_of(text):
        try:
            matches("", pattern)
        except BadExpression as error:
            yield Reason("form_bad_pattern", value=pattern, said=str(error))


def _scores(choices: Sheet | None) -> Iterator[Fault]:
    for number, row in choices.rows if choices else ():
        score = row.get("score", "")
        if score and not re.fullmatch(r"-?\d+(\.\d+)?", score):
            yield (
                "choices",
                choices.cell(number, "score") if choices else "",
                Reason("form_bad_score", value=score),
            )


def _settings(settings: Sheet, form_id: str, survey: Sheet) -> Iterator[Fault]:
    number, row = settings.rows[0] if settings.rows else (2, {})
    for name in ("form_id", "form_title", "version"):
        if not row.get(name):
            yield "settings", settings.cell(number, name), Reason("form_no_setting", name=name)
    if row.get("form_id") and row["form_id"] != form_id:
        yield (
            "settings",
            settings.cell(number, "form_id"),
            Reason("form_other_form", value=row["form_id"], known=form_id),
        )
    ours = [head for head in survey.heads if "bihuan:" in head]
    if ours and "https://bihuan.org/xforms" not in row.get("namespaces", ""):
        yield "settings", settings.cell(number, "namespaces"), Reason("form_namespace", value=NAMESPACES)


def read(path: Path, form_id: str, outside: list[str]) -> dict[str, Any]:
    """`faults` (each with its reason as `plain`), or `xform`, `html`, `model`, `version`, `title` of a workbook."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        sheets = read_sheets(path)
    except Exception:  # noqa: BLE001 - openpyxl raises what its parts raise; a broken file is one answer
        return _refused(("", "", Reason("form_not_a_workbook")))
    if faults := faults_of(sheets, form_id, outside):
        return _refused(*faults)
    try:
        xform = convert(path, validate=False, file_type=".xlsx").xform
        form = XForm(xform)
    except (PyXFormError, ValueError) as error:
        row = _ROW.search(str(error))
        told = _ROW.sub("", str(error))[:400]
        return _refused(("survey", row[1] if row else "", Reason("form_pyxform", value=told)))
    html, model = rendered(xform)
    return {"xform": xform, "html": html, "model": model, "version": form.version, "title": form.title}


def _refused(*faults: Fault) -> dict[str, Any]:
    return {"faults": [(sheet, cell, why.plain) for sheet, cell, why in faults]}


def taken_apart(_talk: Talk, path: Path, form_id: str, outside: list[str]) -> dict[str, Any]:
    """`read` as `bihuan.apart` calls it."""
    return read(path, form_id, outside)
