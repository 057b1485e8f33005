"""水质展望: what a section's items will be on the days that follow, as many equally likely courses, and which class that makes.

A course is what the section did before: from a day of its past on, the changes of all items together (ratios; differences for pH, which is a
logarithm already) are put behind its last days' values. So items move together, seasons and floods come as often as they did, and nothing is assumed about a
distribution. With less than `ENOUGH` days of its own past the past of the other sections is drawn from too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from bihuan.domain.standards.surface_water import WORSE, items, with_classes
from bihuan.domain.standards.surface_water.means import rounded

COURSES = 400
ENOUGH = 60
"""Days of a section's own past; ours, unsure."""
LAST = 3
"""Days whose median is where a course begins: one odd reading is no new level. Ours."""
BOUNDS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Past:
    """Daily means of one section: `values` is days x items, NaN where there is none; days follow each other without a gap."""

    names: tuple[str, ...]
    values: np.ndarray

    @property
    def known(self) -> int:
        """Days with any value."""
        return int((~np.isnan(self.values)).any(axis=1).sum())


def past_of(days: pl.DataFrame, names: Sequence[str]) -> Past:
    """The past of one section. days: `day` and the items, in any order."""
    if days.is_empty():
        return Past(tuple(names), np.empty((0, len(names))))
    ordered = days.sort("day")
    whole = ordered.select(pl.date_range(pl.col("day").min(), pl.col("day").max(), "1d").alias("day"))
    there = whole.join(ordered, on="day", how="left", maintain_order="left")
    values = there.select(
        pl.col(n).cast(pl.Float64) if n in there.columns else pl.lit(None, pl.Float64).alias(n) for n in names
    )
    return Past(tuple(names), values.to_numpy().astype(float))


def courses(
    past: Past, others: Sequence[Past], days: int, *, seed: int = 0, count: int = COURSES
) -> np.ndarray | None:
    """Likely courses: `count` x days x items (NaN: an item without a recent value). None where nothing is known of how things change.

    others: pasts with the same items, used where the section's own is short.
    """
    last = _level(past)
    if last is None or days < 1:
        return None
    pool = [_scaled(p) for p in ([past] if past.known >= ENOUGH else [past, *others])]
    pool = [p for p in pool if len(p) > days]
    if not pool:
        return None
    rng = np.random.default_rng(seed)
    starts = np.array([len(p) - days for p in pool])
    which = rng.choice(len(pool), count, p=starts / starts.sum())
    moved = np.empty((count, days, len(past.names)))
    for n, p in enumerate(pool):
        mine = np.flatnonzero(which == n)
        begin = rng.integers(0, starts[n], len(mine))
        window = begin[:, None] + np.arange(1, days + 1)
        moved[mine] = _filled(p)[window] - _filled(p)[begin][:, None, :]
    return _unscaled(_scaled_row(last, past.names) + moved, past.names)


def _is_logarithm(names: Sequence[str]) -> np.ndarray:
    return np.array([n == "ph" for n in names])


def _scaled_row(values: np.ndarray, names: Sequence[str]) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.maximum(values, 1e-6))
    return np.where(_is_logarithm(names), values, logs)


def _scaled(past: Past) -> np.ndarray:
    return _scaled_row(past.values, past.names)


def _unscaled(values: np.ndarray, names: Sequence[str]) -> np.ndarray:
    return np.where(_is_logarithm(names), values, np.exp(values))


def _filled(scaled: np.ndarray) -> np.ndarray:
    """Gaps hold the last value before them: nothing is known to have changed; before the first there is no change either."""
    known = ~np.isnan(scaled)
    at = np.maximum.accumulate(np.where(known, np.arange(len(scaled))[:, None], 0), axis=0)
    filled = np.take_along_axis(scaled, at, axis=0)
    counts = known.sum(axis=0)
    means = np.where(known, scaled, 0.0).sum(axis=0) / np.maximum(counts, 1)
    return np.where(np.isnan(filled), means, filled)


def _level(past: Past) -> np.ndarray | None:
    """The median of the last days of each item; None where nothing was measured then."""
    tail = past.values[-LAST:]
    if not len(tail) or np.isnan(tail).all():
        return None
    with np.errstate(all="ignore"):
        return np.array([np.nanmedian(c) if not np.isnan(c).all() else np.nan for c in tail.T])


def class_chances(means: np.ndarray, names: Sequence[str], kind: str) -> dict[int, float]:
    """How likely each class is (1 to 6). means: courses x items, unrounded means of the span that is judged."""
    frame = (
        pl.DataFrame({n: means[:, k] for k, n in enumerate(names)})
        .fill_nan(None)
        .with_columns(kind=pl.lit(kind))
    )
    judged = [n for n in names if items()[n].judged]
    found = with_classes(rounded(frame), judged)["class"].drop_nulls()
    if found.is_empty():
        return {}
    counts = dict(found.value_counts().iter_rows())
    return {n: counts.get(n, 0) / found.len() for n in range(1, WORSE + 1)}


def month_means(known: np.ndarray, coming: np.ndarray | None, count: int = COURSES) -> np.ndarray:
    """Means of a month of each course. known: days x items so far; coming: of `courses` for the days that are left, None for none."""
    days = (
        np.repeat(known[None], count, axis=0)
        if coming is None
        else np.concatenate([np.repeat(known[None], len(coming), axis=0), coming], axis=1)
    )
    there = ~np.isnan(days)
    counts = there.sum(axis=1)
    total = np.where(there, days, 0.0).sum(axis=1)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


@dataclass(frozen=True)
class Day:
    """One day ahead: how likely each class is, and quantiles (`BOUNDS`) of each item."""

    lead: int
    chances: Mapping[int, float]
    quantiles: Mapping[str, tuple[float, ...]]


def days_ahead(coming: np.ndarray, names: Sequence[str], kind: str) -> tuple[Day, ...]:
    """The days of `courses`, one by one; an item without courses is left out."""
    found = []
    for lead in range(coming.shape[1]):
        values = coming[:, lead]
        shown = {
            n: tuple(float(q) for q in np.quantile(values[:, k], BOUNDS))
            for k, n in enumerate(names)
            if not np.isnan(values[:, k]).any()
        }
        found.append(Day(lead + 1, class_chances(values, names, kind), shown))
    return tuple(found)
