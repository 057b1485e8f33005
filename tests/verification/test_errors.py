"""Errors and exceedances by hand, on groups."""

import pytest

from bihuan.domain.verification import errors, pairs
from tests.verification.rows import pairs as rows


def test_exceedances_count_each_threshold_of_the_item() -> None:
    # said above 75: hours 1 2 3; was: 2 3 4. Above 150 said 3, was none.
    frame = rows([60, 90, 100, 80], mean=[80, 80, 160, 50])
    found = {r["threshold"]: r for r in errors.exceedances(frame, ["model", "item"]).to_dicts()}
    assert sorted(found) == [75, 115, 150]
    assert [found[75][k] for k in ("hits", "misses", "false_alarms")] == [2, 1, 1]
    assert found[75]["csi"] == pytest.approx(0.5)
    assert found[150]["far"] == 1.0
    assert found[150]["pod"] is None
    assert found[150]["n"] == 4


def test_the_threshold_itself_does_not_exceed() -> None:
    found = errors.exceedances(rows([75], mean=[75]), []).filter(threshold=75).row(0, named=True)
    assert (found["hits"], found["misses"], found["false_alarms"]) == (0, 0, 0)


def test_correlation_of_a_constant_is_nothing() -> None:
    assert errors.error_scores(rows([1, 2, 3], mean=[5, 5, 5]), ["model"])["correlation"].to_list() == [None]


def test_correlation_ignores_bias() -> None:
    found = errors.error_scores(rows([1, 2, 3], mean=[12, 14, 16]), []).row(0, named=True)
    assert found["correlation"] == pytest.approx(1.0)
    assert found["bias"] == pytest.approx(12.0)


def test_seasons_and_months_are_local() -> None:
    # 2019-02-28 16:00 UTC is 1 March in China: spring.
    frame = rows([1] * (28 * 24 + 1))
    last = frame.select(pairs.month().alias("m"), pairs.season().alias("s")).row(-1)
    assert last == ("2019-03", "spring")
    assert frame.select(pairs.season()).to_series()[-2] == "winter"
