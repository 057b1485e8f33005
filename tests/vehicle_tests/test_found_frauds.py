"""The simulator's frauds, on a seed that no parameter was chosen on: what is found, and that clean tests are left alone."""

from datetime import UTC, datetime

import polars as pl

from bihuan.domain.vehicle_tests.forensics import found_in, looked_at
from bihuan.domain.vehicle_tests.rates import far_above
from bihuan.simulate.vehicle_tests.records import make
from bihuan.simulate.vehicle_tests.wanted import Wanted

LEAST = 0.9


def test_frauds_are_found_and_clean_tests_are_not_suspected() -> None:
    made = make(Wanted(24_000, 24, datetime(2019, 6, 3, tzinfo=UTC), seed=104))
    seen = found_in(made.tests, looked_at(made.traces()), made.checked)
    touched = {test for tests in made.truth.values() for test in tests}
    sites = set(made.truth["first_pass"]) | set(made.truth["no_daily"])
    for deed, tests in made.truth.items():
        kind = "copied" if deed.startswith("copied") else deed
        found = seen.suspects.filter(pl.col("kind") == kind)
        if deed == "first_pass":
            assert set(tests) <= set(far_above(seen.rates)["site"])
        elif deed == "no_daily":
            assert set(found["site"]) == set(tests)
        else:
            share = len(set(tests) & set(found["test"])) / len(tests)
            assert share >= LEAST, deed
    innocent = seen.suspects.filter(~pl.col("test").is_in(list(touched)), ~pl.col("site").is_in(list(sites)))
    assert innocent.height <= 4, innocent
