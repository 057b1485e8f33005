"""Similar days (相似日) as a member: what followed the past hours most like the last two days, at every site at once.

Alike is a matter of the last 48 hours: deviations from usual here and of all sites together, other items, weather, the
weather to come where it is forecast, and the season. Only hours of the same hour of the day are compared, and only those so
far back that all that followed was known at the origin. What followed counts as deviation from what was usual then, in
roots, and is added to what is usual now. No hour is quite like another: the difference that is left counts by the slopes
of a ridge regression on the same columns. `analogues` shows a person the few best days of one site; here many are averaged.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from bihuan.domain.forecast.analogues import GAP
from bihuan.domain.forecast.features import Bank
from bihuan.domain.forecast.grid import DAY, Array
from bihuan.domain.forecast.linear import KNOTS, knot_of
from bihuan.domain.forecast.similar_hours import SHARES, STEPS, WINDOWS, Hours, Past, Rows, joined

COUNT = 60  # hours that may speak; the less alike, the less they count
AMONG = 8  # but one of so many at most
RESERVE = 3.0  # what is usual counts as so many hours that are exactly alike
FARTHEST = 7 * DAY
EVERY = 29  # hours between the rows of the regression; coprime with 24: every hour of the day is among them
PENALTY = 1e-2  # of each column's sum of squares

Reach = tuple[int, int]  # end of the weather to come that is compared; hours that must have followed


@dataclass(frozen=True)
class Lesson:
    """Rows whose outcome is known, and the matrix [column, site x row] that makes slopes of it."""

    rows: Rows
    matrix: Array


@dataclass(frozen=True)
class Found:
    """Similar rows [site, origin, k] of some origins, the share of each, and the difference left over [site, origin, column].

    lesson: to learn slopes from, when they are not given.
    """

    origins: bytes
    rows: Rows
    share: Array
    left: Array
    lesson: Lesson | None


@dataclass(frozen=True)
class Similar:
    """Finds similar hours for the origins of one bank, whose first row is row `shift` of `hours`.

    Without `slopes` they are learned anew from what was known at the first of the origins, as validation needs it.
    """

    hours: Hours
    shift: int
    slopes: Array | None
    _last: dict[Reach, Found] = field(default_factory=dict)

    def after(self, origins: Rows, lead: int) -> Array:
        """Mean deviation [origin, site] that followed the similar hours by `lead`; towards 0 where nothing is alike."""
        reach, mine = self._reach(lead), origins.tobytes()
        if reach not in self._last or self._last[reach].origins != mine:
            self._last[reach] = self._find(origins + self.shift, reach, mine)
        found = self._last[reach]
        came = self.hours.own[found.rows + lead, np.arange(self.hours.own.shape[1])[:, None, None]]
        return np.asarray(((found.share * came).sum(axis=2) + found.left @ self._slopes(found, lead)).T)

    def _reach(self, lead: int) -> Reach:
        ahead = any(name.startswith("ahead") for name in self.hours.common)
        return next((s for s in STEPS if lead <= s), GAP) if ahead else GAP, GAP if lead <= GAP else FARTHEST

    def _slopes(self, found: Found, lead: int) -> Array:
        if self.slopes is not None:
            return np.asarray(self.slopes[knot_of(lead)])
        assert found.lesson is not None
        return self._learned(found.lesson, lead)

    def _learned(self, lesson: Lesson, lead: int) -> Array:
        return np.asarray(lesson.matrix @ self.hours.own[lesson.rows + lead].T.ravel())

    def all_slopes(self) -> Array:
        """Slopes [knot, column] from all hours there are."""
        lessons = {r: self._lesson(len(self.hours.own), r) for r in {self._reach(lead) for lead in KNOTS}}
        return np.stack([self._learned(lessons[self._reach(lead)], lead) for lead in KNOTS])

    def _lesson(self, row: int, reach: Reach) -> Lesson:
        """From hours whose outcome was known at `row`."""
        rows = self.hours.usable(*reach)
        rows = rows[rows + reach[1] <= row][::EVERY]
        x = self._columns(rows, reach[0]).reshape(len(rows) * self.hours.own.shape[1], -1)
        gram = x.T @ x
        gram[np.diag_indices(len(gram))] *= 1 + PENALTY
        gram[np.diag_indices(len(gram))] += 1e-6
        return Lesson(rows, np.asarray(np.linalg.solve(gram, x.T), dtype=np.float64))

    def _find(self, origins: Rows, reach: Reach, mine: bytes) -> Found:
        rows, share = self._nearest(origins, reach)
        now, then = self._columns(origins, reach[0]), self._mean_columns(rows, share, reach[0])
        lesson = self._lesson(int(origins.min()), reach) if self.slopes is None else None
        return Found(mine, rows, share, now - then, lesson)

    def _moving(self, step: int) -> list[Array]:
        """What all sites share, but for the season."""
        return [self.hours.common[n] for n in self.hours.names(step) if not n.startswith("season")]

    def _columns(self, rows: Rows, step: int) -> Array:
        """What the slopes belong to [site, row, column]."""
        own = self.hours.own_means(rows)
        common = np.nan_to_num(np.stack([values[rows] for values in self._moving(step)], axis=-1))
        return np.concatenate([own, np.broadcast_to(common, (*own.shape[:2], common.shape[1]))], axis=2)

    def _mean_columns(self, rows: Rows, share: Array, step: int) -> Array:
        """The same of the similar hours, as their shares have them [site, origin, column]."""
        sums, site = self.hours.sums, np.arange(len(rows))[:, None, None]
        columns = []
        for (a, b), spread in zip(WINDOWS, self.hours.windows, strict=True):
            whole = sums[np.maximum(rows + 1 - a, 0), site] - sums[np.maximum(rows + 1 - b, 0), site]
            columns.append((share * whole).sum(axis=2) / (b - a) / spread)
        columns += [(share * np.nan_to_num(values)[rows]).sum(axis=2) for values in self._moving(step)]
        return np.stack(columns, axis=-1)

    def _nearest(self, origins: Rows, reach: Reach) -> tuple[Rows, Array]:
        """The COUNT most similar rows [site, origin, k] of each origin, and the share of each."""
        shape = (self.hours.own.shape[1], len(origins), COUNT)
        rows, share = np.zeros(shape, dtype=np.int64), np.zeros(shape)
        step, gap = reach
        usable = self.hours.usable(step, gap)
        for hour in np.unique(origins % DAY):
            mine, past = np.flatnonzero(origins % DAY == hour), usable[usable % DAY == hour]
            past = past[past + gap <= origins[mine].max()]
            if len(past):
                square = self._square(origins[mine], past, step)
                square[:, past[None] + gap > origins[mine, None]] = np.inf
                count = min(COUNT, max(len(past) // AMONG, 1))
                best = np.argpartition(square, count - 1, axis=2)[:, :, :count]
                rows[:, mine, : best.shape[2]] = past[best]
                share[:, mine, : best.shape[2]] = shares(np.take_along_axis(square, best, axis=2))
        return rows, share

    def _square(self, origins: Rows, past: Rows, step: int) -> Array:
        """Squared distances [site, origin, past]."""
        x, y = self.hours.own_means(origins), self.hours.own_means(past)
        own = (x**2).sum(axis=2)[:, :, None] + (y**2).sum(axis=2)[:, None] - 2 * x @ y.transpose(0, 2, 1)
        common = np.stack([self.hours.common[name] for name in self.hours.names(step)], axis=1)
        apart = ((common[origins][:, None] - common[past][None]) ** 2).sum(axis=2)
        return np.asarray(SHARES["own"] / len(WINDOWS) * own + apart)


def shares(square: Array) -> Array:
    """What each hour counts by its squared distance, along the last axis: nothing at the farthest; the sum is below 1."""
    known = np.isfinite(square)
    near = np.where(known, square, 0.0)
    far = near.max(axis=-1, keepdims=True) * 1.001 + 1e-9
    weight = np.where(known, 1 - near / far, 0.0)
    return np.asarray(weight / (weight.sum(axis=-1, keepdims=True) + RESERVE))


def within(past: Past, bank: Bank, first: datetime) -> Similar:
    """For the origins of a root-space bank whose first hour starts at `first`. Hours since the fit are compared too."""
    hours, shift = joined(past, bank, first)
    return Similar(hours, shift, past.slopes)


def finished(past: Past, found: Similar) -> Past:
    """With the slopes that a later issue uses."""
    return replace(past, slopes=found.all_slopes())
