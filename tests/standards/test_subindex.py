"""IAQI. Expected numbers: worked examples and nodes of HJ 633 (2012 and 2026), else Fraction arithmetic by hand."""

import itertools
import math
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.standards import Rules, iaqi
from bihuan.domain.standards.subindex import breakpoints

OLD, NEW = "HJ633-2012", "HJ633-2026"
KEYS = [("pm25", "24h"), ("pm10", "24h"), ("so2", "24h"), ("so2", "1h"), ("no2", "24h"), ("no2", "1h"),
        ("co", "24h"), ("co", "1h"), ("o3", "1h"), ("o3", "8h")]  # fmt: skip


def one(value, item, average, standard, rules=None):
    frame = pl.DataFrame({"x": [value]}, {"x": pl.Float64})
    return frame.select(iaqi(pl.col("x"), item, average, standard, rules or Rules())).item()


@pytest.mark.parametrize(
    ("value", "item", "average", "standard", "expected"),
    [
        (75, "pm25", "24h", NEW, 114),
        (150, "pm10", "24h", NEW, 112),
        (60, "pm25", "24h", NEW, 100),
        (75, "pm25", "24h", OLD, 100),
        (150, "pm10", "24h", OLD, 100),
        (95, "pm25", "24h", OLD, 125),
        (35, "pm25", "24h", NEW, 50),
        (36, "pm25", "24h", NEW, 52),
        (500, "so2", "1h", OLD, 100),
        (475, "so2", "24h", OLD, 150),
        (4, "co", "24h", OLD, 100),
        (160, "o3", "1h", OLD, 50),
        (160, "o3", "8h", OLD, 100),
        (501, "pm25", "24h", OLD, 500),
        (4985, "pm10", "24h", OLD, 500),
        (0, "no2", "24h", OLD, 0),
    ],
)
def test_worked_examples_and_nodes(value, item, average, standard, expected):
    assert one(value, item, average, standard) == expected


@pytest.mark.parametrize(("rounding", "expected"), [("half-even", 100), ("truncate", 100), ("none", 101)])
def test_how_the_concentration_is_rounded_is_a_choice(rounding, expected):
    # The published example PM2.5 60.11 -> 101 holds only without rounding the concentration first.
    assert one(60.11, "pm25", "24h", NEW, Rules(concentration_rounding=rounding)) == expected


@pytest.mark.parametrize(
    ("value", "item", "average", "old", "new"),
    [(800, "so2", "1h", 200, 200), (801, "so2", "1h", None, 200), (800, "o3", "8h", 300, 300), (801, "o3", "8h", None, 300)],
)  # fmt: skip
@pytest.mark.parametrize("rounding", ["half-even", "none"])
def test_above_800_the_editions_differ(value, item, average, old, new, rounding):
    rules = Rules(concentration_rounding=rounding)
    assert one(value, item, average, OLD, rules) == old
    assert one(value, item, average, NEW, rules) == new


@pytest.mark.parametrize("value", [None, -1.0, -0.4, math.nan, math.inf])
@pytest.mark.parametrize("rounding", ["half-even", "none"])
def test_what_is_no_concentration_has_no_index(value, rounding):
    assert one(value, "pm25", "24h", OLD, Rules(concentration_rounding=rounding)) is None


def by_hand(value: Decimal, item: str, average: str, standard: str) -> int | None:
    unit = Decimal("0.1") if item == "co" else Decimal(1)
    ticks = int((value / unit).quantize(Decimal(1), ROUND_HALF_EVEN))
    points = breakpoints(standard, item, average)
    for (i0, c0), (i1, c1) in itertools.pairwise(points):
        if ticks <= c1:
            return math.ceil(Fraction(i1 - i0, c1 - c0) * (ticks - c0) + i0)
    return None


@pytest.mark.parametrize("standard", [OLD, NEW])
@given(st.sampled_from(KEYS), st.integers(0, 400_000))
def test_formula_in_fractions(standard, key, hundredths):
    expected = by_hand(Decimal(hundredths) / 100, *key, standard)
    if expected is not None:
        assert one(hundredths / 100, *key, standard) == expected


@pytest.mark.parametrize("standard", [OLD, NEW])
@pytest.mark.parametrize("rounding", ["half-even", "truncate", "none"])
@pytest.mark.parametrize(("item", "average"), KEYS)
def test_never_falls_as_concentration_rises(standard, rounding, item, average):
    frame = pl.DataFrame({"x": [i / 4 for i in range(4000)]})
    got = frame.select(x=iaqi(pl.col("x"), item, average, standard, Rules(concentration_rounding=rounding)))
    assert (got["x"].drop_nulls().diff().drop_nulls() >= 0).all()
