"""Classes of GB 3838-2002 table 1: limits belong to the better class, the worst item counts, what is missing is not judged."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.standards.surface_water import RELEASE, ROMAN, items, roman, with_classes
from bihuan.domain.standards.surface_water.oxygen import saturation


def class_of(
    kind: str = "river", dtype: type[pl.DataType] = pl.Float64, **values: float | None
) -> int | None:
    """The class of one row."""
    frame = pl.DataFrame({**values, "kind": kind}, schema_overrides=dict.fromkeys(values, dtype))
    return with_classes(frame)["class"][0]


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Float32])
@pytest.mark.parametrize(
    ("item", "limits"),
    [
        ("codmn", (2, 4, 6, 10, 15)), ("nh3n", (0.15, 0.5, 1.0, 1.5, 2.0)), ("tp", (0.02, 0.1, 0.2, 0.3, 0.4)),
        ("bod5", (None, 3, 4, 6, 10)), ("cod", (None, 15, 20, 30, 40)), ("hg", (None, 5e-5, 1e-4, None, 1e-3)),
        ("cu", (0.01, None, None, None, 1.0)), ("f", (None, None, 1.0, None, 1.5)), ("oil", (None, None, 0.05, 0.5, 1.0)),
    ],
)  # fmt: skip
def test_a_value_at_a_limit_is_of_the_better_class_and_one_above_it_of_a_worse(
    item: str, limits: tuple[float | None, ...], dtype: type[pl.DataType]
) -> None:
    best = 1
    for limit, worse in zip(limits, range(2, 7), strict=True):
        if limit is not None:
            assert class_of(**{item: limit}, dtype=dtype) == best
            assert class_of(**{item: limit * 1.001}, dtype=dtype) == worse
            best = worse


@pytest.mark.parametrize(
    ("value", "expected"),
    [(9.0, 1), (7.5, 1), (7.49, 2), (6.0, 2), (5.99, 3), (5, 3), (3, 4), (2, 5), (1.99, 6), (0, 6)],
)
def test_oxygen_is_better_the_more_there_is(value: float, expected: int) -> None:
    assert class_of(do=value) == expected


@pytest.mark.parametrize(("value", "expected"), [(6.0, 1), (9.0, 1), (7.8, 1), (5.99, 6), (9.01, 6)])
def test_ph_is_of_class_one_or_beyond_all(value: float, expected: int) -> None:
    assert class_of(ph=value) == expected


def test_phosphorus_of_lakes_has_limits_of_its_own_and_an_unknown_kind_is_a_river() -> None:
    assert [class_of(kind, tp=0.06) for kind in ("lake", "river", "")] == [4, 2, 2]
    assert [class_of("lake", tp=v) for v in (0.01, 0.025, 0.05, 0.1, 0.2, 0.21)] == [1, 2, 3, 4, 5, 6]
    assert with_classes(pl.DataFrame({"tp": [0.06]}))["class"].to_list() == [2]


def test_nitrogen_and_coliform_are_named_and_do_not_count() -> None:
    found = with_classes(pl.DataFrame({"ph": [7.0], "tn": [9.0], "coliform": [99000.0], "kind": ["lake"]}))
    assert found.select("class_tn", "class_coliform", "class").row(0) == (6, 6, 1)
    river = with_classes(pl.DataFrame({"ph": [7.0], "tn": [9.0]}))
    assert river["class_tn"].to_list() == [None]


def test_the_standard_counts_twenty_one_items() -> None:
    assert len([i for i in items().values() if i.judged]) == 21


def test_a_missing_item_is_not_judged_and_nothing_at_all_has_no_class() -> None:
    assert class_of(do=8.0, nh3n=None) == 1
    assert class_of(do=None, nh3n=None) is None
    assert with_classes(pl.DataFrame({"temp": [3.0]}))["class"].to_list() == [None]


def test_oxygen_by_saturation_where_it_is_allowed() -> None:
    """At 25 °C water holds 8.27 mg/L: 7.45 is 90 % of it, and below 7.5."""
    frame = pl.DataFrame({"do": [7.45, 7.43], "temp": [25.0, 25.0]})
    assert frame.select(saturation(pl.col("temp")).round(2)).to_series().to_list() == [8.27, 8.27]
    assert with_classes(frame, temperature="temp")["class"].to_list() == [1, 2]
    assert with_classes(frame)["class"].to_list() == [2, 2]


VALUES = st.one_of(st.none(), st.floats(0, 30, width=32))


@given(st.lists(st.tuples(*[VALUES] * 5), min_size=1, max_size=20), st.sampled_from(["river", "lake"]))
def test_the_worst_item_gives_the_class_whatever_comes(
    rows: list[tuple[float | None, ...]], kind: str
) -> None:
    """By hand, from the limits alone."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(RELEASE, pl.Float32), orient="row").with_columns(
        kind=pl.lit(kind)
    )
    for row, found in zip(
        frame.iter_rows(named=True), with_classes(frame).iter_rows(named=True), strict=True
    ):
        classes = [by_hand(name, row[name], kind) for name in RELEASE if row[name] is not None]
        assert found["class"] == max(classes, default=None)


def by_hand(name: str, value: float, kind: str) -> int:
    """A single value against its limits."""
    limits = pl.Series(items()[name].limits(kind), dtype=pl.Float32).to_list()
    if name == "ph":
        return 1 if 6 <= value <= 9 else 6
    good = (lambda limit: value >= limit) if name == "do" else (lambda limit: value <= limit)
    return next((n for n, limit in enumerate(limits, 1) if good(limit)), 6)


def test_classes_are_written_as_the_platform_writes_them() -> None:
    frame = pl.DataFrame({"class": [1, 2, 3, 4, 5, 6, None]})
    assert frame.select(roman("class")).to_series().to_list() == [*ROMAN, None]
