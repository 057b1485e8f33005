"""Chances, Brier score, climatology and reliability by hand."""

from datetime import timedelta

import polars as pl
import pytest

from bihuan.domain.verification import chances as c
from tests.verification.rows import T0, fan, pairs

FAN = [10, 20, 40, 60, 80, 100, 110]


@pytest.mark.parametrize(
    ("threshold", "chance"),
    [
        (60, 0.50),  # at the median
        (70, 0.375),  # half-way from q50 to q75
        (100, 0.10),
        (110, 0.05),
        (120, 0.025),  # the tail halves every 10, as from q90 to q95
        (130, 0.0125),
        (10, 0.95),
        (0, 0.975),
    ],
)
def test_chance_from_quantiles(threshold: float, chance: float) -> None:
    assert fan([0], FAN).select(c.chance_above(threshold)).item() == pytest.approx(chance)


def test_chance_of_equal_quantiles_is_certain() -> None:
    rows = fan([0], [50] * 7)
    assert [rows.select(c.chance_above(t)).item() for t in (49, 51)] == [1.0, 0.0]


def test_a_quantile_that_is_missing_gives_no_chance() -> None:
    rows = fan([0], FAN).with_columns(q05=pl.lit(None, pl.Float64))
    assert rows.select(c.chance_above(70)).item() == pytest.approx(0.375)
    assert rows.select(c.chance_above(5)).item() is None


def test_brier_skill_by_hand_against_the_sample() -> None:
    # events 1 0 0 1, chances .8 .2 .4 .6: squares .04 .04 .16 .16 -> 0.10; sample rate .5 -> 0.25; skill 0.6.
    rows = pairs([80, 70, 70, 80], chance=[0.8, 0.2, 0.4, 0.6])
    found = c.brier(rows, 75, ["model"]).row(0, named=True)
    assert (found["n"], found["events"]) == (4, 2)
    assert found["brier"] == pytest.approx(0.10)
    assert found["skill"] == pytest.approx(0.6)


def test_brier_skill_against_a_climatology_column() -> None:
    # climatology .1 everywhere: squares .81 .01 .01 .81 -> 0.41; skill 1 - .10 / .41.
    rows = pairs([80, 70, 70, 80], chance=[0.8, 0.2, 0.4, 0.6], usual=[0.1] * 4)
    found = c.brier(rows, 75, [], reference="usual").row(0, named=True)
    assert found["brier_reference"] == pytest.approx(0.41)
    assert found["skill"] == pytest.approx(1 - 0.10 / 0.41)


def test_no_event_and_no_chance_of_one_has_no_skill() -> None:
    assert c.brier(pairs([1, 1], chance=[0.0, 0.0]), 75, []).row(0, named=True)["skill"] is None


def test_climatology_counts_by_local_month_and_hour() -> None:
    # Four February midnights (CST): 80 80 10 10 -> 0.5. March has one midnight only: the hour's share, 3 of 5.
    days = [0, 1, 2, 3, 28]
    past = pl.DataFrame(
        {
            "site": ["a"] * 5,
            "item": ["pm25"] * 5,
            "start": [T0 + timedelta(days=d) for d in days],
            "observed": [80.0, 80.0, 10.0, 10.0, 90.0],
        }
    )
    usual = c.climatology(past, 75)
    of = {(r["month"], r["hour"]): r["chance"] for r in usual.to_dicts()}
    assert of[2, 0] == 0.5
    assert of[3, 0] == pytest.approx(0.6)
    joined = c.with_climatology(pairs([1, 1], first=T0), usual)
    assert joined["usual"].to_list() == [0.5, None]  # nothing is known of one o'clock


def test_reliability_keeps_counts() -> None:
    rows = pairs([80, 70, 80, 80], chance=[0.05, 0.05, 0.95, 1.0])
    found = c.reliability(rows, 75, []).to_dicts()
    assert [(r["low"], r["n"]) for r in found] == [(0.0, 2), (pytest.approx(0.9), 2)]
    assert [r["happened"] for r in found] == [0.5, 1.0]
    assert [r["said"] for r in found] == pytest.approx([0.05, 0.975])
    # distances .45 and .025, two pairs each
    assert c.reliability(rows, 75, []).select(c.unreliability()).item() == pytest.approx(0.2375)


def test_reliability_of_nothing_is_none() -> None:
    assert c.reliability(pairs([], chance=[]), 75, []).select(c.unreliability()).item() is None
