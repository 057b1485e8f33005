"""The classes of outfalls (HJ 1312-2023) as `classes.csv` has them, with where each comes from and how sure that is."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_noop

GROUPS = {
    "industry": gettext_noop("工业排污口"),
    "town": gettext_noop("城镇污水处理厂排污口"),
    "farm": gettext_noop("农业排口"),
    "other": gettext_noop("其他排口"),
}
USUAL_CODE = re.compile(r"[A-Z]{2}-(\d{6})-\d{4}-[A-Z]{2}-\d{2}$")
"""How codes of HJ 1235-2021 are commonly seen, e.g. HB-140321-0001-GY-00; the text of the standard was not seen (unsure)."""


@dataclass(frozen=True)
class Class:
    """小类. permit: whether one that discharges needs an approval or a record (MEE order 35, from memory)."""

    code: str
    group: str
    name: str
    permit: bool


@cache
def classes() -> Mapping[str, Class]:
    """All of them by their code, in the order of the standard."""
    with (Path(__file__).parent / "classes.csv").open(encoding="utf-8", newline="") as file:
        rows = [Class(r["code"], r["group"], r["name"], r["permit"] == "yes") for r in csv.DictReader(file)]
    return {row.code: row for row in rows}


def choices() -> list[tuple[str, str]]:
    """(code, name) for the model."""
    return [(row.code, row.name) for row in classes().values()]


def of_group(group: str) -> list[str]:
    """The codes of a group."""
    return [row.code for row in classes().values() if row.group == group]


def looks_usual(code: str, region: str) -> bool:
    """Is a code of HJ 1235 written as usual, with the county of the outfall in it? No code is refused for that."""
    found = USUAL_CODE.match(code)
    return found is not None and region.startswith(found[1][:6].rstrip("0"))
