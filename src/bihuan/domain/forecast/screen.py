"""Lone jumps are not looked at (输入筛查): one hour of 985 at one station must not become its next three days.

An hour is doubted when it lies far above all that its station measured in the day before, the last two hours left
out, and far above every other station in the same hour. So what goes on counts from its fourth hour, what many
stations see (fireworks, dust) counts at once, and whether an hour is doubted never depends on what came later.
"""

import numpy as np
import polars as pl

from bihuan.domain.forecast.grid import DAY, Array, laid_out
from bihuan.domain.quality.spike import FLOOR
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import HOUR

FACTOR = 3.0
"""How many times the highest of the others and of the day before: ours."""
LET_GO = 2  # hours
LEAST_OTHERS = 2  # stations: fewer cannot tell a local event from a fault


def screened(rows: pl.DataFrame) -> pl.DataFrame:
    """Wide rows (site, start, items) in the same shape; lone jumps are null. The stored rows never change."""
    items = [i for i in ITEM_NAMES if i in rows.columns]
    if rows.is_empty() or not items:
        return rows
    sites = sorted(rows["site"].unique().to_list())
    first, last = rows["start"].min(), rows["start"].max()
    hours = (last - first) // HOUR + 1  # type: ignore[operator]
    laid = laid_out(rows, items, first, hours, sites)  # type: ignore[arg-type]
    row = ((rows["start"] - first).dt.total_hours()).to_numpy()
    column = rows["site"].replace_strict(sites, range(len(sites)), return_dtype=pl.Int64).to_numpy()
    gone = {i: pl.Series(_doubted(laid[i], FLOOR[i])[row, column]) for i in items}
    return rows.with_columns(
        pl.when(~mask).then(pl.col(i)).alias(i) for i, mask in gone.items() if mask.any()
    )


def _doubted(values: Array, floor: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which of the values [hour, site] are lone jumps."""
    known = np.where(np.isfinite(values), values, -np.inf)
    others = _highest_other(known)
    enough = np.isfinite(values).sum(axis=1, keepdims=True) - np.isfinite(values) >= LEAST_OTHERS
    before = np.full_like(known, -np.inf)
    for back in range(LET_GO + 1, DAY + 1):
        before[back:] = np.maximum(before[back:], known[:-back])
    usual = np.maximum(others, before)
    far = (known > FACTOR * usual) & (known > usual + floor)
    return np.asarray(far & enough & np.isfinite(before))


def _highest_other(known: Array) -> Array:
    """The highest value of the other sites in the same hour."""
    if known.shape[1] < LEAST_OTHERS:
        return np.full_like(known, -np.inf)
    top = np.argmax(known, axis=1)
    second = np.partition(known, -2, axis=1)[:, -2]
    highest = np.repeat(known.max(axis=1)[:, None], known.shape[1], axis=1)
    highest[np.arange(len(known)), top] = second
    return highest
