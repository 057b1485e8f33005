"""What makes two hours alike (相似): the columns that `similar` compares, kept by a fit for later and joined with the hours since."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from bihuan.domain.forecast import season
from bihuan.domain.forecast.analogues import BACK, GAP, SEASON_DAYS, WEIGHTS
from bihuan.domain.forecast.features import PAST_WEATHER, Bank
from bihuan.domain.forecast.grid import DAY, Array
from bihuan.domain.timeaxis import HOUR

LEAST_HOURS = 60 * DAY  # of history; with fewer days none is much like another
WARM = 4 * DAY  # rows before it have no past to be compared
WINDOWS = ((0, 3), (3, 12), (12, 24), (24, BACK))  # hours before an origin that make one mean each
STEPS = (DAY, 2 * DAY, GAP)  # ends of what is compared of the weather to come
AHEAD = ("s_speed", "s_u", "s_v", "w_speed24", "w_u24", "w_v24", "w_temp24", "w_dry24")
SHARES = WEIGHTS | {"items": 0.5, "ahead": 2.0}  # what each kind of columns counts
RADIUS = 365.25 / (2 * np.pi)  # days: of a circle whose arc is the course of the year

Half = NDArray[np.float16]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Past:
    """The hours of a fit: deviations of each site `own` [hour, site], and what all sites share, `common[name]` [hour].

    `first`: start of the first hour. `windows`, `spread`: standard deviation of each of WINDOWS of `own`, and of each
    name. `slopes` [knot, column]: see `similar`; None while it is being learned.
    """

    first: datetime
    own: Half
    common: dict[str, Half]
    windows: Array
    spread: dict[str, float]
    slopes: Array | None = None

    def at(self, columns: Rows) -> "Past":
        """For other columns of sites; a new site (-1) goes by the mean of all."""
        mean = self.own.mean(axis=1, keepdims=True, dtype=np.float32).astype(np.float16)
        return replace(self, own=np.where(columns >= 0, self.own[:, np.maximum(columns, 0)], mean))


@dataclass(frozen=True)
class Hours:
    """Hours that can be compared; row 0 is the first of a fit, NaN where nothing is known.

    own: deviations [hour, site], `sums` their running sums; common: [hour] each, so that squared differences can be added up.
    """

    own: Array
    sums: Array
    windows: Array
    common: dict[str, Array]

    def names(self, step: int) -> list[str]:
        """Names of `common` that are compared; step: which of STEPS the weather to come reaches to."""
        return [k for k in self.common if not k.startswith("ahead") or k.startswith(f"ahead{step} ")]

    def usable(self, step: int, gap: int) -> Rows:
        """Rows with all that is compared, and all that followed in the next `gap` hours."""
        lacking = np.concatenate([[0], np.cumsum(~np.isfinite(self.own[:, 0]))])
        rows = np.arange(WARM, max(len(self.own) - gap, WARM))
        good = lacking[rows + gap + 1] == lacking[rows + 1 - BACK]
        for name in self.names(step):
            good &= np.isfinite(self.common[name][rows])
        return np.asarray(rows[good])

    def own_means(self, rows: Rows) -> Array:
        """Means of the WINDOWS up to each row [site, row, window], in standard deviations."""
        return windows(self.sums, rows).transpose(1, 0, 2) / self.windows


def summed(values: Array) -> Array:
    """Running sums [hour + 1, site]; nothing for NaN."""
    return np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(np.nan_to_num(values), axis=0)])


def windows(sums: Array, rows: Rows) -> Array:
    """Means [row, site, window] of WINDOWS up to each row, from running sums."""
    ends = [(np.maximum(rows + 1 - a, 0), np.maximum(rows + 1 - b, 0)) for a, b in WINDOWS]
    return np.stack([(sums[a] - sums[b]) / (a - b).clip(1)[:, None] for a, b in ends], axis=-1)


def kept(bank: Bank, first: datetime) -> Past | None:
    """What a root-space bank, whose first hour starts at `first`, keeps for later; None with too short a history."""
    if len(bank.filled) < LEAST_HOURS:
        return None
    common = dict(_common(bank, first))
    for name in common:
        if name.startswith("ahead"):
            common[name][-GAP:] = np.nan  # it reaches beyond the last row
    own = windows(summed(bank.filled), np.arange(WARM, len(bank.filled))).std(axis=(0, 1))
    spread = {k: 1.0 if k.startswith("season") else max(float(np.nanstd(v)), 1e-6) for k, v in common.items()}
    half = {k: v.astype(np.float16) for k, v in common.items()}
    return Past(first, bank.filled.astype(np.float16), half, np.maximum(own, 1e-6), spread)


def _common(bank: Bank, first: datetime) -> Iterator[tuple[str, Array]]:
    """What all sites share, [hour] each; the name begins with its kind."""
    rows = np.arange(len(bank.filled))
    for k, means in enumerate(windows(summed(bank.filled.mean(axis=1, keepdims=True)), rows)[:, 0].T):
        yield f"near {k}", means
    for name, block in bank.known.items():
        head, _, tail = name.partition("_")
        if tail in ("a0", "a24"):
            yield f"{'weather' if head in PAST_WEATHER else 'items'} {name}", block.mean(axis=1)
    turn = season.day_of_year(first, rows) / RADIUS
    yield "season cos", RADIUS / SEASON_DAYS * np.cos(turn)
    yield "season sin", RADIUS / SEASON_DAYS * np.sin(turn)
    for step in STEPS if bank.outlook else ():
        found = bank.outlook.columns(rows, step) if bank.outlook else {}
        yield from ((f"ahead{step} {name}", found[name].mean(axis=1)) for name in AHEAD if name in found)


def joined(past: Past, bank: Bank, first: datetime) -> tuple[Hours, int]:
    """The hours of a fit and those of a root-space bank since, and the row that the bank's first one has among them.

    first: start of the bank's first hour. A column that the bank lacks counts as nothing unusual.
    """
    shift, known, rows = (first - past.first) // HOUR, len(past.own), len(bank.filled)
    start = max(known - GAP if shift + rows > known else known, shift, 0)
    now, nothing = dict(_common(bank, first)), np.zeros(rows)

    def together(old: Half, new: Array) -> Array:
        out = np.full((max(known, shift + rows), *old.shape[1:]), np.nan)
        out[:known] = old
        if shift + rows > known:
            out[start:] = new[start - shift :]
        return out

    own = together(past.own, bank.filled)
    common = {k: f * together(past.common[k], now.get(k, nothing)) for k, f in _factors(past).items()}
    return Hours(own, summed(own), past.windows, common), shift


def _factors(past: Past) -> dict[str, float]:
    """What each column of `common` is multiplied by: its kind's share over its spread; the two of the season are one."""
    groups = [name.split()[0] for name in past.common]
    out = {}
    for name, group in zip(past.common, groups, strict=True):
        count = 1 if group == "season" else groups.count(group)
        out[name] = float(np.sqrt(SHARES[group.rstrip("0123456789")] / count)) / past.spread[name]
    return out
