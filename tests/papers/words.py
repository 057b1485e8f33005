"""What a paper says, and whether two of them say the same numbers."""

import io
import re
from collections import Counter

from docx import Document
from openpyxl import load_workbook

CHINESE = re.compile("[\u3400-\u9fff]")


def word_lines(content: bytes) -> list[str]:
    """The lines of a Word paper: paragraphs, then cells."""
    page = Document(io.BytesIO(content))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    return [line for text in (*(p.text for p in page.paragraphs), *cells) for line in text.split("\n")]


def book_cells(content: bytes) -> list[str]:
    """The texts of a workbook, the names of its sheets first."""
    book = load_workbook(io.BytesIO(content))
    cells = [v for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v is not None]
    return [*book.sheetnames, *map(str, cells)]


def lost_numbers(chinese: list[str], english: list[str]) -> Counter[str]:
    """The numbers of the Chinese paper that its English rendering does not have."""
    before, after = (
        Counter(number.lstrip("0") for number in re.findall(r"\d+", "\n".join(lines)))
        for lines in (chinese, english)
    )
    return before - after


def left_chinese(lines: list[str], kept: list[str]) -> list[str]:
    """The lines that hold Chinese besides what is kept in it: names, words of persons."""
    found = []
    for line in lines:
        rest = line
        for text in sorted(kept, key=len, reverse=True):
            rest = rest.replace(text, "")
        if CHINESE.search(rest):
            found.append(line)
    return found
