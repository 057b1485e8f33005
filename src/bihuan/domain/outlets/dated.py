"""Figures of the law as rows with dates, source and mark, in CSV files beside the package that they belong to.

Marks: K = known to practitioners, K? = known but unsure; no text was at hand.
"""

from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from bihuan.errors import BihuanError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Rules = TypeVar("Rules", bound=DataclassInstance)

NUMBERS = ("value", "error", "from", "limit", "ref_o2")


class NoRule(BihuanError):
    """The table has no such figure on that date."""


@cache
def table(path: Path) -> pl.DataFrame:
    """All rows of a table, `valid_from` and `valid_until` as dates."""
    head = pl.read_csv(path, n_rows=0).columns
    types = {"valid_from": pl.Date(), "valid_until": pl.Date(), **dict.fromkeys(NUMBERS, pl.Float64())}
    return pl.read_csv(path, schema_overrides={c: t for c, t in types.items() if c in head})


def in_force(path: Path, on: date) -> pl.DataFrame:
    """The rows in force on a date; `valid_until` is exclusive, null: still in force."""
    begun = pl.col("valid_from") <= on
    return table(path).filter(begun, pl.col("valid_until").is_null() | (pl.col("valid_until") > on))


def rules_in_force(path: Path, kind: "type[Rules]", on: date) -> "Rules":
    """The figures (key, value) in force on a date as the fields of `kind`. Raises NoRule where one is missing."""
    found = dict(in_force(path, on).select("key", "value").iter_rows())
    names = [field.name for field in fields(kind)]
    if lacking := sorted(set(names) - found.keys()):
        raise NoRule(f"{path.name} of {path.parent.name} has no {', '.join(lacking)} in force on {on}")
    return kind(**{name: found[name] for name in names})
