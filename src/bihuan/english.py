"""What is kept, computed or printed in Chinese, told to a reader of English: sentences, papers, tables that are taken away.

The Chinese text is made first and counts; the English is told from it, so that numbers, names and hashes are the same in both.
Each line of business brings its `english.csv`, and the English of its parameters beside their Chinese in `parameters.csv`;
sentences that belong to none stand in `locale/en/sentences.csv`.
"""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext, override

from bihuan.domain.standards import advice_of, levels
from bihuan.phrasebook import Phrasebook, read_phrases

HERE = Path(__file__).resolve().parent
FILE, PARAMETERS = "english.csv", "parameters.csv"
COMMON = HERE / "locale" / "en" / "sentences.csv"
UNOFFICIAL = "Unofficial English rendering; the Chinese paper counts"


class Written(str):
    """What a person wrote, or what is told already: it stays as it is."""

    __slots__ = ()


def _word(text: str) -> str:
    with override("en"):
        return gettext(text.replace("%", "%%")).replace("%%", "%")


@cache
def phrasebook() -> Phrasebook:
    """The phrases of every line of business, and the common ones."""
    files = [*sorted((HERE / "scenarios").glob(f"*/{FILE}")), COMMON]
    phrases = [row for file in files for row in read_phrases(file)]
    return Phrasebook([*_standard(), *_parameters(), *phrases], _word)


def _parameters() -> Iterator[tuple[str, str]]:
    """Names and meanings of the parameters of checks."""
    for path in sorted((HERE / "scenarios").glob(f"*/{PARAMETERS}")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["title"], row["title_en"]
                yield row["meaning"], row["meaning_en"]


def _standard() -> Iterator[tuple[str, str]]:
    """The words of HJ 633 for levels of the AQI, and what people should do at each."""
    for level in levels():
        english = level.english.lower()
        yield level.category, english
        yield f"{level.numeral}{level.category}", f"level {level.level}, {english}"
        yield advice_of(level.level).advice, advice_of(level.level).english


def told(text: str) -> str:
    """The sentence in the language of the reader; a line break parts sentences."""
    if isinstance(text, Written) or _chinese():
        return text
    return "\n".join(map(phrasebook().english, text.split("\n")))


def told_cell(value: Any) -> Any:
    """The value of a table; texts are told."""
    return told(value) if isinstance(value, str) else value


def joined(*parts: str) -> Written:
    """Parts of a text one after the other, each told unless a person wrote it; with blanks between them in English."""
    return Written(("" if _chinese() else " ").join(told(part) for part in parts if part))


def unofficial() -> str:
    """What stands above a paper that is not the Chinese one; empty above that."""
    return "" if _chinese() else UNOFFICIAL


def head_note(page: Any) -> None:
    """The first paragraph of a Word paper that is not the Chinese one."""
    if unofficial():
        page.add_paragraph(unofficial())


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
