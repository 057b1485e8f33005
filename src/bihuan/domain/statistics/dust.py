"""Sand and dust: statistics with and without the affected particles, and a suggestion of when dust was there.

Rule: 环办监测〔2016〕120号 (known, wording unsure). A deduction needs an approval record; nothing here decides it.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.standards import DEFAULT, Rules
from bihuan.domain.statistics.periods import Period, period_values
from bihuan.domain.timeaxis import INSTANT

PARTICLES = ("pm25", "pm10")
_RISE, _ABOVE, _BACK, _BEFORE = 2.0, 150.0, 1.1, 6


def without_dust(frame: pl.DataFrame, affected: pl.DataFrame) -> pl.DataFrame:
    """`frame` (hours or days) with PM2.5 and PM10 missing where `affected` lists (site, start) or (site, date).

    Other items stay. Days carry valid_pm25 and valid_pm10: these become False.
    """
    keys = [c for c in ("site", "start", "date") if c in affected.columns and c in frame.columns]
    marked = frame.join(
        affected.select(keys).unique().with_columns(_dust=pl.lit(True)),
        on=keys,
        how="left",
        maintain_order="left",
    )
    hit = pl.col("_dust").is_not_null()
    values = [c for c in PARTICLES if c in frame.columns]
    flags = [f"valid_{c}" for c in values if f"valid_{c}" in frame.columns]
    return marked.with_columns(
        *(pl.when(~hit).then(c).alias(c) for c in values), *((pl.col(f) & ~hit).alias(f) for f in flags)
    ).drop("_dust")


def dust_side_by_side(
    days: pl.DataFrame, affected: pl.DataFrame, period: Period, standard: str = "auto", rules: Rules = DEFAULT
) -> pl.DataFrame:
    """`period_values` of all days, and beside them (`<column>_deducted`) without PM on the affected (site, date).

    A deducted day keeps its AQI of the other items on the 2012 edition; on 2026 its AQI is only published above 100
    (missing items), so it mostly leaves the number of valid days.
    """
    whole = period_values(days, period, standard, rules)
    less = period_values(without_dust(days, affected), period, standard, rules)
    renamed = less.rename({c: f"{c}_deducted" for c in less.columns if c not in ("site", "start")})
    return whole.join(renamed, on=["site", "start"], how="left", maintain_order="left")


def _episodes(pm10: NDArray[np.float64], before: NDArray[np.float64]) -> list[tuple[int, int, float]]:
    starts = np.flatnonzero((pm10 >= _RISE * before) & (pm10 > _ABOVE))
    found: list[tuple[int, int, float]] = []
    for start in starts:
        if found and start <= found[-1][1]:
            continue
        back = np.flatnonzero(pm10[start:] <= _BACK * before[start])
        found.append((int(start), int(start + back[0]) if len(back) else len(pm10), float(before[start])))
    return found


EPISODE = {
    "site": pl.String(),
    "first": INSTANT,
    "last": INSTANT,
    "hours": pl.Int32(),
    "highest": pl.Float64(),
    "before": pl.Float64(),
}


def _of_site(hours: pl.DataFrame) -> pl.DataFrame:
    earlier = pl.col("pm10").shift(1).rolling_mean(_BEFORE, min_samples=_BEFORE // 2)
    series = hours.upsample("start", every="1h").select("start", "pm10", before=earlier)
    moments, pm10 = series["start"].to_list(), series["pm10"]
    rows = [
        (hours["site"][0], moments[a], moments[b - 1], b - a, pm10[a:b].max(), before)
        for a, b, before in _episodes(pm10.to_numpy(), series["before"].to_numpy())
    ]
    return pl.DataFrame(rows, schema=EPISODE, orient="row")


def dust_candidates(hours: pl.DataFrame) -> pl.DataFrame:
    """Spans that look like dust, per site (a city's hourly series is what the rule means): a suggestion, no finding.

    hours: wide ambient hours with pm10. An episode begins with PM10 >= 2 x the mean of the 6 hours before (3 of them
    known) and > 150 µg/m³, and ends before PM10 is back within 10 % of that mean. Returns site, first, last (starts of
    the first and last hour), hours, highest, before [µg/m³]. Dust bulletins must confirm it.
    """
    unique = (
        hours.select("site", "start", "pm10").unique(["site", "start"], keep="last").sort("site", "start")
    )
    parts = [_of_site(part) for part in unique.partition_by("site", maintain_order=True)]
    return pl.concat([pl.DataFrame(schema=EPISODE), *parts])
