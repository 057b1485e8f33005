"""What was done, by whom it does not matter, in words: the codes of the audit log, and the names and values beside them.

`deeds.csv` here says those of the house, one in the folder of a line of business its own. A code is `object.verb` for a deed,
`name` for what is told of it, `name=value` for a value of that which is a code itself.
"""

import csv
from functools import cache
from pathlib import Path

from bihuan.reasons import LANGUAGES

FILE = "deeds.csv"
HERE = Path(__file__).parent


@cache
def deeds() -> dict[str, dict[str, str]]:
    """The words of every code by language."""
    files = [*sorted((HERE.parent / "scenarios").glob(f"*/{FILE}")), HERE / FILE]
    return {row["code"]: {lang: row[lang] for lang in LANGUAGES} for file in files for row in _rows(file)}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def in_words(code: str, language: str) -> str:
    """The words of a code; one that nobody worded (of a line of business that is gone) stays as it is."""
    return deeds().get(code, {}).get(language) or code


def value_in_words(name: str, value: str, language: str) -> str:
    """The words of a value of that name; most are no codes and stay as they are."""
    return deeds().get(f"{name}={value}", {}).get(language) or value


def meant_by(words: str) -> list[str]:
    """The codes of deeds whose words, in any language, have these in them."""
    wanted = words.casefold()
    return [
        c for c, said in deeds().items() if "." in c and any(wanted in s.casefold() for s in said.values())
    ]
