"""Parts of a Word paper, told in the language of the reader: an A4 page in 仿宋, a line, a table with a head, the file."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from bihuan.english import head_note, told
from bihuan.printable import printable


def a4(size: int = 10) -> Any:
    """An empty paper whose text has this size [pt], and what stands above one that is not the Chinese one."""
    page = Document()
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin = section.bottom_margin = Cm(1.5)
    section.left_margin = section.right_margin = Cm(2)
    style = page.styles["Normal"]
    style.font.name, style.font.size = "FangSong", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(1)
    head_note(page)
    return page


def line(page: Any, text: str, *, size: int = 0, bold: bool = False, centre: bool = False) -> Any:
    """A paragraph, in the size of the paper unless another is given; returned for what else it needs."""
    paragraph = page.add_paragraph()
    run = paragraph.add_run(printable(told(text)))
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def table(page: Any, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table with lines, its head in bold."""
    made = page.add_table(rows=1 + len(rows), cols=len(head), style="Table Grid")
    for i, (row, written) in enumerate(zip(made.rows, (head, *rows), strict=True)):
        for cell, text in zip(row.cells, written, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(printable(told(text)))
            run.font.size, run.bold = Pt(8.5), i == 0


def as_docx(page: Any) -> bytes:
    """The paper as a file."""
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()
