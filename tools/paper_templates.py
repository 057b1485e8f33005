"""Make the templates of papers that come along: `python tools/paper_templates.py`. One Word file for each kind of paper.

They are made from `cases.paper_fields`, so that a new field is a new line. Each is an A4 page in 仿宋 with a title, the number,
a table of all fields, the places to sign, and the photos.
"""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MADE = datetime(2019, 1, 1)  # noqa: DTZ001 - the file has no time zone; always the same, so that the files are the same
COLOURS = {1: "2F6FDE", 2: "F08C00", 3: "D6336C"}
"""Of the bar on a 督办函: blue, orange, red."""


def main() -> None:
    """Write all of them into the package."""
    sys.path[:0] = [str(ROOT / "src")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")
    import django

    django.setup()
    from bihuan.cases.paper_templates import SHIPPED
    from bihuan.cases.transitions import Paper

    for kind in Paper:
        template(kind).save(str(SHIPPED / f"{kind.value}.docx"))


def template(kind: Any) -> Any:
    """The template of a kind of paper."""
    from bihuan.cases.paper_fields import FIELDS, Kind
    from bihuan.cases.transitions import Paper

    page = _page()
    title = "{{ 督办标题 }}" if kind is Paper.URGE else f"生态环境问题{kind.label}"
    _line(page, f"{title}{{{{ 模拟标记 }}}}", size=20, bold=True, centre=True)
    _line(page, "{{ 文号 }}", centre=True)
    if kind is Paper.URGE:
        _bars(page)
    rows = [(field.name, f"{{{{ {field.name} }}}}") for field in FIELDS[kind] if field.line]
    _table(page, [*rows[:-1], *SIGNED.get(kind.value, ()), rows[-1]])
    for field in FIELDS[kind]:
        if field.kind is Kind.PHOTOS:
            _photos(page, field.name)
    return page


SIGNED: dict[str, Sequence[tuple[str, str]]] = {
    "urge": [("印章", "")],
    "plan": [("单位负责人签字", ""), ("印章", "")],
    "closing": [("自查结论", "□ 已完成整改　□ 基本完成整改"), ("单位负责人签字", ""), ("印章", "")],
    "opinion": [("核查人签字", "")],
    "extension": [("单位负责人签字", ""), ("印章", "")],
    "transfer": [("印章", "")],
    "suggestion": [("印章", "")],
}
"""Lines to be signed by hand, by the kind of paper; they stand before the last."""


def _page() -> Any:
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    page = Document()
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin = section.right_margin = Cm(2.5)
    style = page.styles["Normal"]
    style.font.name, style.font.size = "FangSong", Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    style.paragraph_format.space_after = Pt(3)
    page.core_properties.author = page.core_properties.title = page.core_properties.comments = ""
    page.core_properties.created = page.core_properties.modified = MADE
    return page


def _line(page: Any, text: str, *, size: int = 12, bold: bool = False, centre: bool = False) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = page.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _bars(page: Any) -> None:
    """A bar in the colour of the rung."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for number, colour in COLOURS.items():
        _line(page, f"{{%p if 督办级数 == {number} %}}")
        bar = _line(page, "", size=4)._p.get_or_add_pPr()
        edges, edge = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "24"), ("space", "1"), ("color", colour)):
            edge.set(qn(f"w:{name}"), value)
        edges.append(edge)
        bar.append(edges)
        _line(page, "{%p endif %}")


def _table(page: Any, rows: Sequence[tuple[str, str]]) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.shared import Cm

    table = page.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for label, text in rows:
        row = table.add_row()
        for cell, width, said in zip(row.cells, (Cm(3.6), Cm(12.4)), (label, text), strict=True):
            cell.width, cell.text = width, said
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        row.cells[0].paragraphs[0].runs[0].bold = True
        if not text:
            row.height = Cm(1.4)
    for column, width in zip(table.columns, (Cm(3.6), Cm(12.4)), strict=True):
        column.width = width


def _photos(page: Any, name: str) -> None:
    if name != "照片":
        _line(page, f"{{%p if {name} %}}")
        _line(page, name, bold=True)
        _line(page, "{%p endif %}")
    _line(page, f"{{%p for 照片项 in {name} %}}")
    _line(page, "{{ 照片项.图 }}", centre=True)
    _line(page, "{{ 照片项.说明 }}", centre=True)
    _line(page, "{%p endfor %}")
    _line(page, f"{{%p if {name}余数 %}}")
    _line(page, f"{{{{ {name}余数 }}}}")
    _line(page, "{%p endif %}")


if __name__ == "__main__":
    main()
