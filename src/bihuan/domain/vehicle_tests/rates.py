"""How many cars pass at the first try: a station against the others of the city, of the same methods, with an exact margin of chance."""

from math import sqrt

import polars as pl

Z = 3.29
"""Normal deviate of one chance in two thousand on one side (p = 0.0005)."""

RATES = pl.Schema(
    {
        "site": pl.String(),
        "tests": pl.Int64(),
        "passed": pl.Int64(),
        "rate": pl.Float64(),
        "low": pl.Float64(),  # Wilson's interval
        "high": pl.Float64(),
        "expected": pl.Float64(),  # rate of the other stations, with this one's share of methods
    }
)


def wilson(passed: int, tests: int, z: float = Z) -> tuple[float, float]:
    """Wilson's interval of a share. Raises ZeroDivisionError without tests."""
    share, square = passed / tests, z * z
    middle = (share + square / (2 * tests)) / (1 + square / tests)
    half = z * sqrt(share * (1 - share) / tests + square / (4 * tests * tests)) / (1 + square / tests)
    return max(0.0, middle - half), min(1.0, middle + half)


def first_pass(tests: pl.DataFrame, *, z: float = Z) -> pl.DataFrame:
    """RATES of the stations: first tests of each method. `expected` is null where no other station used one of its methods."""
    first = tests.filter(pl.col("nth") == 1, pl.col("result") != "")
    of = first.group_by("site", "method").agg(
        tests=pl.len().cast(pl.Int64), passed=(pl.col("result") == "pass").sum().cast(pl.Int64)
    )
    whole = of.group_by("method").agg(all_tests=pl.col("tests").sum(), all_passed=pl.col("passed").sum())
    others = of.join(whole, on="method").with_columns(
        other_tests=pl.col("all_tests") - pl.col("tests"),
        other_passed=pl.col("all_passed") - pl.col("passed"),
    )
    rate = pl.when(pl.col("other_tests") > 0).then(pl.col("other_passed") / pl.col("other_tests"))
    by = (
        others.with_columns(part=rate * pl.col("tests"))
        .group_by("site")
        .agg(
            pl.col("tests", "passed").sum(),
            part=pl.col("part").sum(),
            known=pl.col("part").is_not_null().all(),
        )
    )
    by = by.with_columns(
        rate=pl.col("passed") / pl.col("tests"),
        expected=pl.when("known").then(pl.col("part") / pl.col("tests")),
    )
    square, n, share = z * z, pl.col("tests"), pl.col("rate")
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * (share * (1 - share) / n + square / (4 * n * n)).sqrt() / (1 + square / n)
    by = by.with_columns(low=(middle - half).clip(0, 1), high=(middle + half).clip(0, 1))
    return by.select(list(RATES)).cast(RATES).sort("site")


def far_above(rates: pl.DataFrame, *, least_tests: int = 100, least_more: float = 0.03) -> pl.DataFrame:
    """Stations whose rate lies above what is expected even at the low end of the interval, and by `least_more` or more."""
    return rates.filter(
        pl.col("tests") >= least_tests,
        pl.col("low") > pl.col("expected"),
        pl.col("rate") - pl.col("expected") >= least_more,
    )
