"""Every quantity (因子) that Bihuan knows, read once from `quantities.csv` beside this module; nobody else lists them.

Two shapes use it. Wide tables of ambient hours know a quantity by its inside name and, in files, by its label. Long
observations know it by its HJ code. A gas whose unit in flue gas is another than in ambient air has two rows with one code:
the one without a label is that of the long store, in the unit of HJ 212.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Quantity:
    """What is measured. decimals: as values are published. low, high: beyond them no instrument reports, in `unit`.

    label: its column in tables of ambient hours, empty for all others. medium: ambient, weather, dust, gas (of stacks),
    water or noise. source: where code and unit stand, and what is unsure.
    """

    code: str
    name: str
    label: str
    chinese: str
    unit: str
    decimals: int
    low: float
    high: float
    medium: str
    source: str


def _quantity(row: dict[str, str]) -> Quantity:
    words = (row["code"], row["name"], row["label"], row["chinese"], row["unit"])
    limits = (float(row["low"]), float(row["high"]))
    return Quantity(*words, int(row["decimals"]), *limits, row["medium"], row["source"])


def _read() -> tuple[Quantity, ...]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return tuple(_quantity(row) for row in csv.DictReader(file))


ALL = _read()
BY_ANY_NAME = {q.name: q for q in ALL}

ITEMS = tuple(q for q in ALL if q.medium == "ambient")
WEATHER = tuple(q for q in ALL if q.medium == "weather" and q.label)
ITEM_NAMES = tuple(q.name for q in ITEMS)
WEATHER_NAMES = tuple(q.name for q in WEATHER)
BY_NAME = {q.name: q for q in (*ITEMS, *WEATHER)}
"""The columns of wide tables."""
BY_LABEL = {q.label: q for q in (*ITEMS, *WEATHER)}

LONG = {q.code: q for q in sorted(ALL, key=lambda q: not q.label) if q.code}
"""The quantities of long observations, by code."""
TWO_UNITS = frozenset(q.code for q in ALL if q.code and q.unit != LONG[q.code].unit)
"""Codes of which flue gas and ambient air have different units: a name alone does not say which is meant."""


def _words(medium: str = "") -> dict[str, str]:
    """Names, labels and Chinese names that mean one code (of a medium), in small letters."""
    meant = {
        (word.casefold(), q.code)
        for q in ALL
        if q.code and medium in ("", q.medium)
        for word in (q.name, q.label, q.chinese)
        if word
    }
    several = Counter(word for word, _ in meant)
    return {word: code for word, code in meant if several[word] == 1}


WORDS = _words()
WATER_WORDS = _words("water")


def code_of(text: str) -> str | None:
    """The code that a text names: a code, an inside name, a label or a Chinese name; None for none or several."""
    plain = text.strip()
    if plain in LONG:
        return plain
    lower = plain.casefold()
    return lower if lower in LONG else WORDS.get(lower)


def water_code_of(text: str) -> str | None:
    """The same of what is measured in water: 氟化物 is there in flue gas too."""
    found = WATER_WORDS.get(text.strip().casefold()) or code_of(text)
    return found if found and LONG[found].medium == "water" else None
