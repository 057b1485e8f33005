"""Onset and peak of episodes by hand."""

from datetime import timedelta

import polars as pl
import pytest

from bihuan.domain.verification.episodes import episode_errors, episode_scores, episodes
from tests.verification.rows import T0, pairs

KEYS = ("site", "item")
LOW, HIGH = 20.0, 100.0


def _at(frame: pl.DataFrame, column: str) -> list[float]:
    return [(t - T0) / timedelta(hours=1) for t in frame[column]]


def test_short_runs_are_no_episode_and_short_gaps_are_bridged() -> None:
    # Hours 2-6 (five hours: too short); 12-14 and 17-19 with two hours between: one episode of eight hours.
    values = [HIGH if k in (2, 3, 4, 5, 6, 12, 13, 14, 17, 18, 19) else LOW for k in range(30)]
    values[18] = 130
    found = episodes(pairs(values), 75, KEYS)
    assert (_at(found, "onset"), _at(found, "end"), _at(found, "peak")) == ([12], [19], [18])
    assert found["highest"].to_list() == [130]


def test_a_gap_of_three_hours_parts_them() -> None:
    values = [HIGH if k < 6 or 9 <= k < 15 else LOW for k in range(20)]
    assert _at(episodes(pairs(values), 75, KEYS), "onset") == [0, 9]


def _case(said_from: int, peak: int, hours: int = 48) -> pl.DataFrame:
    was = [HIGH if 20 <= k < 30 else LOW for k in range(hours)]
    was[25] = 150
    said = [HIGH if said_from <= k < said_from + 10 else LOW for k in range(hours)]
    said[peak] = 120
    frame = pairs(was, mean=said)
    return episode_errors(frame.drop("observed"), frame.select("site", "item", "start", "observed"), 75)


def test_late_onset_and_early_peak_have_their_signs() -> None:
    found = _case(said_from=23, peak=24).row(0, named=True)
    assert (found["lead"], found["found"]) == (20, True)
    assert (found["onset_error"], found["peak_error"]) == (3.0, -1.0)
    assert found["highest_error"] == -30.0


def test_an_onset_a_day_off_is_not_found() -> None:
    frame = _case(said_from=45, peak=46, hours=72)
    assert frame.select("found", "onset_error").rows() == [(False, None)]
    score = episode_scores(frame).row(0, named=True)
    assert (score["n"], score["found"], score["onset_size"]) == (1, 0.0, None)


def test_a_run_issued_after_the_onset_is_not_asked() -> None:
    was = [HIGH] * 10 + [LOW] * 20
    frame = pairs(was, mean=was).with_columns(issued=pl.col("issued") + pl.duration(hours=1))
    said = frame.filter(pl.col("start") >= pl.col("issued"))
    assert episode_errors(said, frame.select("site", "item", "start", "observed"), 75).is_empty()


def test_scores_are_means_over_episode_and_run() -> None:
    both = pl.concat([_case(23, 24), _case(19, 26)])
    score = episode_scores(both).row(0, named=True)
    assert (score["n"], score["episodes"], score["found"]) == (2, 1, 1.0)
    assert score["onset_error"] == pytest.approx(1.0)  # 3 late, 1 early
    assert score["onset_size"] == pytest.approx(2.0)
