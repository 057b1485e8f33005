"""The paragraphs of a document as lines of text, each with its place as a person finds it in Word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from bihuan.reasons import Reason

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
WHOLE = re.compile(r"(\{[{%#])(tr|tc|p|r)(?=\s)")
"""How docxtpl marks a tag that stands for its whole row, cell, paragraph or run."""
QUOTES = str.maketrans("“”‘’", "\"\"''")
"""Word makes curly quotes of straight ones; docxtpl takes both."""
PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
SIDES = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)


@dataclass(frozen=True)
class Line:
    """The text of a paragraph and where it stands. table, row, cell: what encloses it there; none outside of tables."""

    text: str
    place: Reason
    table: Any = None
    row: Any = None
    cell: Any = None

    @property
    def plain(self) -> str:
        """As the template language reads it: without the marks of docxtpl."""
        return TAG.sub(lambda tag: WHOLE.sub(r"\1", tag[0]).translate(QUOTES), self.text)


def lines_of(document: Document) -> list[Line]:
    """All paragraphs: of the body, then of headers and footers."""
    return [line for kind, root in parts_of(document) for line in _lines(kind, root)]


def _lines(kind: str, root: Any) -> Iterator[Line]:
    tables = [t for t in root.iter(TABLE) if next(t.iterancestors(TABLE), None) is None]
    outside = 0
    for paragraph in root.iter(PARAGRAPH):
        text = text_of(paragraph)
        table = _outermost(paragraph, TABLE)
        if table is None:
            outside += 1
            yield Line(text, _place(kind, outside))
            continue
        row, cell = _outermost(paragraph, ROW), _outermost(paragraph, CELL)
        rows, cells = list(table.iter(ROW)), list(row.iter(CELL))
        where = Reason(
            "template_cell",
            table=tables.index(table) + 1,
            row=rows.index(row) + 1,
            cell=cells.index(cell) + 1,
        )
        yield Line(text, where, table, row, cell)


def _place(kind: str, number: int) -> Reason:
    if kind == RELATIONSHIP_TYPE.HEADER:
        return Reason("template_header")
    return (
        Reason("template_footer")
        if kind == RELATIONSHIP_TYPE.FOOTER
        else Reason("template_paragraph", n=number)
    )


def _outermost(element: Any, kind: str) -> Any:
    return next(reversed(list(element.iterancestors(kind))), None)


def pieces(paragraph: Any) -> list[Any]:
    """The pieces of text of a paragraph; of a text box in it, its own paragraphs have them."""
    return [t for t in paragraph.iter(qn("w:t")) if next(t.iterancestors(PARAGRAPH)) is paragraph]


def text_of(paragraph: Any) -> str:
    """What stands in a paragraph, in one line."""
    return "".join((t.text or "") for t in pieces(paragraph)).replace("\n", " ")


def parts_of(document: Document) -> Iterator[tuple[str, Any]]:
    """What holds text, each as kind of relation (empty: the body) and root: the body, headers and footers."""
    yield "", document.element.body
    for relation in document.part.rels.values():
        if relation.reltype in SIDES and not relation.is_external:
            yield relation.reltype, relation.target_part.element
