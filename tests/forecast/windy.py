"""A made-up region whose air follows the wind: what a learner with weather must find, and one without cannot."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from bihuan.domain.timeaxis import INSTANT

FIRST = datetime(2018, 12, 31, 16, tzinfo=UTC)
SITES = ("a", "b", "c")


def history(days: int, seed: int = 5) -> pl.DataFrame:
    """Wide rows: PM2.5 = 160 - 20 x (12 h mean wind) in ug/m3, at least 5, with noise of 5; wind 0.5..8 m/s by spells."""
    chance = np.random.default_rng(seed)
    hours = days * 24
    spells = np.repeat(chance.uniform(0.5, 8.0, hours // 12 + 2), 12)[: hours + 12]
    mean = np.convolve(spells, np.ones(12) / 12, mode="valid")[1 : hours + 1]
    tables = [
        pl.DataFrame(
            {
                "site": [site] * hours,
                "start": pl.Series([FIRST + timedelta(hours=k) for k in range(hours)], dtype=INSTANT),
                "pm25": np.maximum(160 - 20 * mean + 5 * chance.standard_normal(hours), 5.0),
                "temp": 10 + 5 * np.sin(2 * np.pi * np.arange(hours) / 24),
                "wspm": spells[12:],
                "wd": np.zeros(hours),
            }
        )
        for site in SITES
    ]
    return pl.concat(tables)
