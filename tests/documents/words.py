"""Small Word files to be looked through."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from docx import Document


def word(path: Path, *paragraphs: str, cells: tuple[tuple[str, ...], ...] = (), header: str = "") -> Path:
    """A document with these paragraphs, one table, and a header."""
    page = Document()
    for text in paragraphs:
        page.add_paragraph(text)
    if cells:
        table = page.add_table(rows=len(cells), cols=len(cells[0]))
        for row, texts in zip(table.rows, cells, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    if header:
        page.sections[0].header.paragraphs[0].text = header
    page.save(str(path))
    return path


def with_parts(path: Path, parts: Mapping[str, bytes]) -> Path:
    """The same file with parts added or replaced."""
    held = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(held) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name, content)
    return path
