"""What is measured at outlets, of every medium: the name that people read and the unit of the tables (items.csv)."""

import csv
from collections.abc import Iterable
from pathlib import Path

with (Path(__file__).parent / "items.csv").open(encoding="utf-8", newline="") as _file:
    _ITEMS = list(csv.DictReader(_file))
LABELS = {row["item"]: row["label"] for row in _ITEMS}
UNITS = {row["item"]: row["unit"] for row in _ITEMS}


def labels_of(items: Iterable[str]) -> dict[str, str]:
    """Item -> its name. Raises KeyError for one that items.csv does not have."""
    return {item: LABELS[item] for item in items}


def units_of(items: Iterable[str]) -> dict[str, str]:
    """Item -> its unit; pH has none (""). Raises KeyError for one that items.csv does not have."""
    return {item: UNITS[item] for item in items}
