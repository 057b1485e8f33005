"""Simulated stations (模拟) of lower rank for the full-size practice city, resampled from real ones."""

import numpy as np
import polars as pl

from bihuan.domain.quantities import ITEM_NAMES


def resample_sites(hours: pl.DataFrame, codes: list[str], seed: int = 2019) -> pl.DataFrame:
    """For each new code: a real station's hours, scaled by a factor of its own and with hourly scatter.

    hours: wide frame (site, start, items) of the real stations. Gaps stay gaps; values are rounded as published.
    """
    rng = np.random.default_rng(seed)
    items = [i for i in ITEM_NAMES if i in hours.columns]
    real = hours.partition_by("site", as_dict=True)
    parents = list(real)
    frames = []
    for code in codes:
        parent = real[parents[rng.integers(len(parents))]]
        level = rng.lognormal(0, 0.18, len(items))
        scatter = rng.lognormal(0, 0.06, (parent.height, len(items)))
        values = parent.select(items).to_numpy() * level * scatter
        frames.append(
            parent.select(pl.lit(code).alias("site"), "start").hstack(
                pl.DataFrame(values, schema=items).select(
                    pl.col(i).fill_nan(None).round(1 if i == "co" else 0) for i in items
                )
            )
        )
    return pl.concat(frames)
