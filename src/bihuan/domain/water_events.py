"""异常事件 of sections: water that suddenly is worse than the section's own last days and than noise of measuring allow, by at least a class.

A reading is judged by nothing but readings before it, so an event is found when its reading comes. The usual value is the median of the last days
and its spread that of the logarithms (of pH: of the values), both robust: an event does not hide itself until it fills half of these days.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.standards.surface_water import RELEASE, with_classes
from bihuan.domain.timeaxis import INSTANT

Floats = NDArray[np.float64]
MAD_TO_SIGMA = 1.4826
"""Scale of the median absolute deviation that equals the standard deviation of a normal distribution."""
SECONDS_A_DAY = 86_400
PART = 50_000
"""Rows that are looked at together: with thirty readings before each, some tens of megabytes."""
DECIMALS = 6
"""Of usual values: the median of values at a limit is at the limit again, though it went through logarithms."""
STEPS: Mapping[str, float] = {"ph": 1.0, "do": 1.5, "codmn": 1.5, "nh3n": 0.3, "tp": 0.06}
"""By item, a change that noise of measuring and the hour of day may make [unit of the item]: some twice the error that HJ 915-2017 allows stations
near class III (from memory, not checked); ours."""


@dataclass(frozen=True)
class Sudden:
    """What makes an event; all ours, counted on real readings (benchmarks/water_events.py).

    days: for how long the usual is looked for. known: readings in them, below which nothing is judged. begins, lasts: spreads from the usual with which an
    event begins and goes on. narrowest: no spread is taken to be less (logarithm; pH: units). quiet: as many readings in a row that are no worse than
    usual end it. least_class: better classes are no event. steps: by item, the least change.
    """

    days: float = 5.0
    known: int = 8
    begins: float = 4.0
    lasts: float = 2.0
    narrowest: float = 0.15
    quiet: int = 2
    least_class: int = 4
    steps: Mapping[str, float] = field(default_factory=lambda: STEPS)


ITEM = pl.Struct(
    {"item": pl.String, "usual": pl.Float64, "worst": pl.Float64, "spreads": pl.Float64, "rose": pl.Boolean}
)
"""rose: it was worse than usual, by a class of the section's and by more than noise, in a reading of the event."""
EVENTS = pl.Schema(
    {
        "site": pl.String(),
        "before": INSTANT,  # the reading before it
        "start": INSTANT,
        "peak": INSTANT,
        "until": INSTANT,  # end of the last reading that was worse than usual (exclusive)
        "ended": pl.Boolean(),
        "class_before": pl.UInt8(),
        "class_worst": pl.UInt8(),
        "readings": pl.Int64(),  # that were worse than usual
        "items": pl.List(ITEM),  # all that were measured, each at its worst
    }
)


def events(readings: pl.DataFrame, sudden: Sudden | None = None) -> pl.DataFrame:
    """EVENTS of sections, by section and start.

    readings: `site`, `start`, `hours` (how long each stands) and items of RELEASE by name [unit of the standard], null where nothing was measured;
    each (site, start) once. `kind`: as `with_classes` has it.
    """
    by = sudden or Sudden()
    items = [i for i in RELEASE if i in readings.columns]
    judged = _judged(_ordered(readings), items, by)
    off = judged.filter(pl.col("off")).with_columns(event=_begins(by).cum_sum())
    begun = off.filter(pl.col("far").cast(pl.UInt8).cum_max().over("event") > 0)
    found = begun.group_by("event", maintain_order=True).agg(
        pl.col("site", "before", "start", "class_before").first(),
        peak=pl.col("start").get(pl.col("furthest").arg_max()),
        until=(pl.col("start") + pl.duration(hours=pl.col("hours"))).last(),
        ended=pl.col("last").first() - pl.col("number").last() >= by.quiet,
        class_worst=pl.col("class").max(),
        readings=pl.len().cast(pl.Int64),
        **{f"{kind}_{i}": column for i in items for kind, column in _at_worst(i).items()},
    )
    told = found.with_columns(items=pl.concat_list(*(_struct(i) for i in items)).list.filter(_measured()))
    return told.select(list(EVENTS)).cast(EVENTS)


def _measured() -> pl.Expr:
    return pl.element().struct.field("worst").is_not_null()


def _ordered(readings: pl.DataFrame) -> pl.DataFrame:
    """In order, with the number of each reading of its section, that of the last one, and the time of the one before."""
    ordered = readings.with_columns(pl.col("start").cast(INSTANT)).sort("site", "start")
    return ordered.with_columns(
        number=pl.int_range(pl.len()).over("site"),
        last=pl.len().over("site").cast(pl.Int64) - 1,
        before=pl.col("start").shift().over("site"),
    )


def _judged(rows: pl.DataFrame, items: Sequence[str], by: Sudden) -> pl.DataFrame:
    """Each reading with the class that is usual (`class_before`), its own class, and whether it is `off` and `far` off."""
    kind = [c for c in ("kind",) if c in rows.columns]
    usual, spread = _usual(rows, items, by)
    known = pl.DataFrame({i: usual[i] for i in items}).fill_nan(None)
    before = with_classes(known.with_columns(rows[c] for c in kind), items)
    judged = with_classes(rows, items).with_columns(
        before["class"].alias("class_before"),
        *(known[i].alias(f"usual_{i}") for i in items),
        *(pl.Series(f"spreads_{i}", _spreads(rows, i, usual[i], spread[i])).fill_nan(None) for i in items),
    )
    judged = judged.with_columns(_rose(i, by).fill_null(value=False).alias(f"rose_{i}") for i in items)
    furthest = [pl.when(f"rose_{i}").then(f"spreads_{i}").fill_null(0.0) for i in items]
    return judged.with_columns(furthest=pl.max_horizontal(furthest)).with_columns(
        off=pl.col("furthest") >= by.lasts, far=pl.col("furthest") >= by.begins
    )


def _rose(item: str, by: Sudden) -> pl.Expr:
    """The item is worse than usual by a class of the section and by more than noise."""
    worse = (pl.col(f"class_{item}") > pl.col("class_before")) & (pl.col(f"class_{item}") >= by.least_class)
    return worse & ((pl.col(item) - pl.col(f"usual_{item}")).abs() >= by.steps[item])


def _begins(by: Sudden) -> pl.Expr:
    """Is a reading that is off the first after `quiet` readings that were not?"""
    same = (pl.col("site") == pl.col("site").shift()) & (pl.col("number").diff() <= by.quiet)
    return ~same.fill_null(value=False)


def _at_worst(item: str) -> dict[str, pl.Expr]:
    """What is said of an item of an event: what was usual at its start, its worst value, and by how many spreads."""
    worst = {"do": pl.col(item).arg_min(), "ph": pl.col(f"spreads_{item}").arg_max()}.get(
        item, pl.col(item).arg_max()
    )
    return {
        "usual": pl.col(f"usual_{item}").first(),
        "worst": pl.col(item).get(worst),
        "spreads": pl.col(f"spreads_{item}").get(worst),
        "rose": pl.col(f"rose_{item}").any(),
    }


def _struct(item: str) -> pl.Expr:
    fields = [pl.col(f"{kind}_{item}").alias(kind) for kind in ("usual", "worst", "spreads", "rose")]
    return pl.struct(pl.lit(item).alias("item"), *fields)


def _scaled(values: Floats, item: str) -> Floats:
    """Logarithms, of which the worse is the higher; of pH the values."""
    if item == "ph":
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(values > 0, values, np.nan))
    return -logs if item == "do" else logs


def _values(rows: pl.DataFrame, item: str) -> Floats:
    return rows[item].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _spreads(rows: pl.DataFrame, item: str, usual: Floats, spread: Floats) -> Floats:
    """By how many spreads each value is worse than usual; of pH in either direction."""
    off = _scaled(_values(rows, item), item) - _scaled(usual, item)
    return (np.abs(off) if item == "ph" else off) / spread


def _usual(
    rows: pl.DataFrame, items: Sequence[str], by: Sudden
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Of each reading and item: the median of the readings before it, and their spread; NaN where too few are known."""
    usual: dict[str, list[Floats]] = {i: [np.empty(0)] for i in items}
    spread: dict[str, list[Floats]] = {i: [np.empty(0)] for i in items}
    scaled = {i: np.append(_scaled(_values(rows, i), i), np.nan) for i in items}
    for before in _before(rows, by.days):
        for i in items:
            seen = scaled[i][before]
            middle = _median(seen, by.known)
            off = MAD_TO_SIGMA * _median(np.abs(seen - middle[:, None]), by.known)
            plain = middle if i == "ph" else np.exp(-middle if i == "do" else middle)
            usual[i].append(np.round(plain, DECIMALS))
            spread[i].append(np.maximum(off, by.narrowest))
    return {i: np.concatenate(usual[i]) for i in items}, {i: np.concatenate(spread[i]) for i in items}


def _before(rows: pl.DataFrame, days: float) -> Iterator[NDArray[np.int64]]:
    """Part by part, the row numbers of the readings of each section in the days before each; -1 where there are no more."""
    count = rows.height
    apart = int(days * SECONDS_A_DAY) + 1
    seconds = rows["start"].dt.epoch("s").to_numpy()
    site = rows["site"].rle_id().cast(pl.Int64).to_numpy()
    if not count:
        return
    along = site * (int(seconds.max() - seconds.min()) + 2 * apart) + seconds - seconds.min()
    first = np.searchsorted(along, along - apart + 1)
    number = np.arange(count)
    for begin in range(0, count, PART):
        part = number[begin : begin + PART]
        back = 1 + np.arange(max(1, int((part - first[part]).max())))
        found = part[:, None] - back
        yield np.where(found >= first[part][:, None], found, -1)


def _median(values: Floats, known: int) -> Floats:
    """Of each row, NaN left out; NaN where fewer than `known` are there."""
    ordered = np.sort(values, axis=1)
    count = (~np.isnan(ordered)).sum(axis=1)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, ordered.shape[1] - 1)
    row = np.arange(len(ordered))
    middle = (ordered[row, low] + ordered[row, high]) / 2
    result: Floats = np.where(count >= known, middle, np.nan)
    return result
