"""Templates can be read without scrolling sideways."""

import re
from pathlib import Path

import bihuan

LONGEST = 160
TEXT = re.compile(r"\{% *blocktranslate.*?endblocktranslate *%\}|\{% *translate .*?%\}")
"""A text stands on one line, however long: it is the key of its translation."""


def too_long(template: str) -> list[int]:
    """Numbers of the lines that are longer than they may be, texts aside."""
    return [n for n, line in enumerate(template.splitlines(), 1) if len(TEXT.sub("", line)) > LONGEST]


def test_no_line_of_a_template_is_longer_than_a_screen_is_wide() -> None:
    folder = Path(bihuan.__file__).parent
    templates = sorted(folder.rglob("*.html"))
    assert len(templates) > 100
    found = {str(p.relative_to(folder)): lines for p in templates if (lines := too_long(p.read_text()))}
    assert found == {}


def test_markup_counts_and_a_text_does_not() -> None:
    text = "字" * 200
    assert too_long(f'<p>{{% translate "{text}" %}}</p>\n<p>{text}</p>') == [2]
