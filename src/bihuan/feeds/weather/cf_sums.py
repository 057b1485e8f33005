"""From when to when a sum of rain in a NetCDF file runs: since the issue, since the step before, or in buckets.

Only the bounds of the time coordinate say it (CF 7.1). Without them the ECMWF's own field `tp` is a sum since the issue, as long
as it never falls; of any other field it is asked, not guessed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bihuan.feeds.reading import Refusal
from bihuan.feeds.weather.cf_times import moments
from bihuan.reasons import Reason

Spans = list[tuple[datetime | None, datetime | None]]
SINCE_ISSUE = ("tp",)
FALLS = 0.02
"""Share of the largest sum by which packing may let a sum fall that only grows."""
QUESTION = Reason("sums_from_when")


def spans(
    netcdf: Any,
    data: Any,
    variable: Any,
    issued: datetime,
    valid: Sequence[datetime | None],
    row: int,
    file: str,
) -> Spans | Refusal:
    """Begin and end of each step's sum; a refusal with the question where the file does not say it. Raises Unreadable."""
    refusal = Refusal(file, row, variable.name, str(getattr(variable, "cell_methods", "")), QUESTION)
    method = str(getattr(variable, "cell_methods", "time: sum"))
    axis = data.variables.get(variable.dimensions[0])
    bounds = data.variables.get(str(getattr(axis, "bounds", ""))) if axis is not None else None
    if "sum" not in method:
        return refusal
    if bounds is not None:
        ends = moments(netcdf, bounds, file, like=axis)
        if bounds.shape != (len(valid), 2):
            return refusal
        found = list(zip(ends[::2], ends[1::2], strict=True))
        if any(begin is None or end is None or begin >= end for begin, end in found):
            return refusal
        return found
    if variable.name in SINCE_ISSUE and not hasattr(variable, "cell_methods"):
        return [(issued, moment) for moment in valid]
    return refusal


def falls(block: NDArray[np.float64]) -> bool:
    """Does a sum that should only grow get smaller along its first axis somewhere?"""
    if not np.isfinite(block).any():
        return False
    steps = np.diff(block, axis=0)
    return bool((steps < -FALLS * max(float(np.nanmax(block)), 0.0)).any())
