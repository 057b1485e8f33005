"""Small frames of pairs to score by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from bihuan.domain.timeaxis import INSTANT

T0 = datetime(2019, 1, 31, 16, tzinfo=UTC)  # midnight of 1 February in China


def pairs(
    observed: Sequence[float],
    *,
    model: str = "m",
    item: str = "pm25",
    first: datetime = T0,
    **columns: Sequence[float],
) -> pl.DataFrame:
    """Hourly pairs of one issue at site `a`; `mean` and quantiles by name."""
    count = len(observed)
    frame = {
        "site": ["a"] * count,
        "item": [item] * count,
        "issued": [T0] * count,
        "start": [first + timedelta(hours=k) for k in range(count)],
        "lead": list(range(1, count + 1)),
        "model": [model] * count,
        "observed": pl.Series([float(v) for v in observed], dtype=pl.Float64),
        **{k: pl.Series([float(x) for x in v], dtype=pl.Float64) for k, v in columns.items()},
    }
    return pl.DataFrame(frame, schema_overrides={"issued": INSTANT, "start": INSTANT})


def fan(observed: Sequence[float], quantiles: Sequence[float], **more: str) -> pl.DataFrame:
    """Pairs whose seven quantiles are the same in every row."""
    names = ("q05", "q10", "q25", "q50", "q75", "q90", "q95")
    return pairs(observed, **{n: [q] * len(observed) for n, q in zip(names, quantiles, strict=True)}, **more)  # type: ignore[arg-type]
