"""大宗物料和产品: which goods count. Raw material, fuel, product and by-product do; small consumables (goods.csv) do not. Goods that nobody named do."""

import csv
from pathlib import Path

import polars as pl

_TABLE = Path(__file__).with_name("goods.csv")


def _words() -> tuple[str, ...]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(row["word"] for row in csv.DictReader(file))


SMALL = _words()


def bulk(loads: pl.DataFrame) -> pl.DataFrame:
    """The LOADS of goods that count."""
    return loads.filter(~_small())


def _small() -> pl.Expr:
    return pl.any_horizontal(pl.col("cargo").str.contains(word, literal=True) for word in SMALL).fill_null(
        value=False
    )
