"""What lately came true, and how it corrects the forecast (近期检验订正): first its mean, then its quantiles.

What validation learned months ago drifts away: another season, other emissions, a model that reads too much out of the
weather. The mean is moved by what it lately missed on average. Then the quantiles: where an observed value lies in its own
forecast (0..1, the probability integral transform) is evenly spread when they are right, so the levels are read anew off
the shares of the last weeks. Both are shrunk towards no correction by pseudo-days, more of them for far leads, whose errors
last for days and so teach less.
Gneiting, Balabdaoui and Raftery (2007), J. R. Stat. Soc. B 69, 243-268; the fading memory is ours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast.grid import DAY, Array
from bihuan.domain.forecast.linear import BLOCKS, KNOTS, block_of
from bihuan.domain.forecast.spread import LEVELS, Spread, rank
from bihuan.domain.forecast.training import Validation

BINS = 20
HALF_LIFE = 15.0  # days
REMEMBERED = 60  # days
RIGHT_DAYS, EVEN_DAYS = (
    15.0,
    5.0,
)  # for each day of the lead: days on which the mean was right, the shares even
_AHEAD = np.array([float(min(-(-last // DAY), 3)) for _, last in BLOCKS])
_BLOCK = np.array([block_of(lead) for lead in range(BLOCKS[-1][1] + 1)])


@dataclass(frozen=True)
class Experience:
    """Sums over what came true on each local day; the first day begins at row `first` of the grid (may be negative).

    missed, seen: [lead block, day], sum of observed - mean and how many; places: [lead block, day, bin], how many observed
    values lay in each twentieth of their forecast.
    """

    first: int
    missed: Array
    seen: Array
    places: Array

    def shift(self, rows: NDArray[np.int64]) -> Array:
        """What to add to means [lead block, origin], known at the end of each row: days that had ended by then."""
        weight = self._weight(rows) * (self.seen[:, None] > 0)
        each = self.missed / np.maximum(self.seen, 1.0)
        drawn = weight.sum(axis=2) + RIGHT_DAYS * _AHEAD[:, None]
        return np.asarray((weight * each[:, None]).sum(axis=2) / drawn)

    def shares(self, row: int) -> Array:
        """Shares [lead block, bin] of observed values, known at the end of a row."""
        total = self.places.sum(axis=2)
        weight = self._weight(np.array([row]))[0] * (total > 0)
        each = self.places / np.maximum(total, 1.0)[..., None]
        even = EVEN_DAYS * _AHEAD[:, None]
        drawn = np.einsum("bd,bdn->bn", weight, each) + even / BINS
        return np.asarray(drawn / (weight.sum(axis=1, keepdims=True) + even))

    def _weight(self, rows: NDArray[np.int64]) -> Array:
        """How much each day counts [row, day]."""
        age = ((rows[:, None] + 1 - self.first) // DAY - 1) - np.arange(self.seen.shape[1])
        return np.where((age >= 0) & (age < REMEMBERED), 0.5 ** (np.maximum(age, 0) / HALF_LIFE), 0.0)

    def add_means(self, rows: NDArray[np.int64], lead: int, mean: Array, observed: Array) -> None:
        """Count what means [origin, site] of one lead missed."""
        missed = observed - mean
        day = (rows + lead - self.first) // DAY
        good = np.isfinite(missed) & ((day >= 0) & (day < self.seen.shape[1]))[:, None]
        place = (_BLOCK[lead], np.broadcast_to(day[:, None], good.shape)[good])
        np.add.at(self.missed, place, missed[good])
        np.add.at(self.seen, place, 1.0)

    def add_places(self, row: int, leads: NDArray[np.int64], levels: Array, observed: Array) -> None:
        """Count where observed values [lead, site] lay between the quantiles [lead, site, level] of one origin."""
        day = (row + leads - self.first) // DAY
        good = np.isfinite(observed) & np.isfinite(levels[..., 0])
        lead, site = np.nonzero(good & ((day >= 0) & (day < self.seen.shape[1]))[:, None])
        at = np.minimum((rank(levels[lead, site], observed[lead, site]) * BINS).astype(int), BINS - 1)
        np.add.at(self.places, (_BLOCK[leads[lead]], day[lead], at), 1.0)


def empty(first: int, rows: int) -> Experience:
    """Nothing met yet on the days from row `first` to row `rows` (exclusive)."""
    days = max(-(-(rows - first) // DAY), 1)
    blocks = len(BLOCKS)
    return Experience(
        first, np.zeros((blocks, days)), np.zeros((blocks, days)), np.zeros((blocks, days, BINS))
    )


def of_validation(validation: Validation, spread: Spread, days: Array, rows: int) -> Experience:
    """What the last weeks of a validation on `rows` hours met; days: of the year, for each of its origins."""
    out = empty((rows // DAY - REMEMBERED) * DAY, rows)
    leads, columns = np.array(KNOTS), np.arange(validation.observed.shape[2])
    for knot, lead in enumerate(KNOTS):
        out.add_means(validation.origins, lead, validation.predicted[knot], validation.observed[knot])
    shift = out.shift(validation.origins)
    for k in np.flatnonzero(validation.origins >= out.first - KNOTS[-1]):
        mean = shifted(validation.predicted[:, k], leads, shift[:, k])
        levels = spread.quantiles(mean, leads, columns, float(days[k]))
        out.add_places(int(validation.origins[k]), leads, levels, validation.observed[:, k])
    return out


def moved(experience: Experience, shift: int, rows: int) -> Experience:
    """A copy on a grid whose row 0 lies `shift` rows later, with room up to `rows` of it."""
    out = empty(experience.first - shift, rows)
    count = min(experience.seen.shape[1], out.seen.shape[1])
    for name in ("missed", "seen", "places"):
        getattr(out, name)[:, :count] = getattr(experience, name)[:, :count]
    return out


def shifted(mean: Array, leads: NDArray[np.int64], shift: Array) -> Array:
    """Means [lead, ...] moved by `shift` [lead block]; never negative."""
    by = shift[_BLOCK[leads]].reshape(-1, *(1,) * (mean.ndim - 1))
    return np.asarray(np.maximum(mean + by, 0.0))


def corrected(levels: Array, leads: NDArray[np.int64], shares: Array) -> Array:
    """Quantiles [lead, site, level] read where the shares [lead block, bin] say that LEVELS lie.

    They stay in order, as the reading does.
    """
    edges = np.linspace(0.0, 1.0, BINS + 1)
    out = np.empty_like(levels)
    for block in np.unique(_BLOCK[leads]):
        mine = _BLOCK[leads] == block
        read = np.interp(LEVELS, np.concatenate([[0.0], np.cumsum(shares[block])]), edges)
        at = np.interp(read, LEVELS, np.arange(len(LEVELS)))
        low = np.minimum(at.astype(int), len(LEVELS) - 2)
        below = levels[mine][..., low]
        out[mine] = below + (at - low) * (levels[mine][..., low + 1] - below)
    return out
