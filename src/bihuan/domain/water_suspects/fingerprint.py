"""By pollutant: how alike the water of a discharge and the excess at the section are, and how strong a release would have had to be."""

from collections.abc import Mapping
from functools import cache

import polars as pl

from bihuan.domain.standards.surface_water import items

ALIKE = {"w01018": ("w01019", 1 / 3), "w01017": ("w01019", 2 / 3), "w21004": ("w21003", 1.0)}
"""What sections do not measure, as what they do: COD of sewage is about three times its permanganate index, BOD5 half its COD; Kjeldahl
nitrogen turns into ammonia (usual ratios; ours)."""
THIRD = 2


@cache
def scales() -> dict[str, float]:
    """By code, the limit of class III: what makes milligrams of one item comparable with those of another."""
    limits = {i.code: i.river or i.lake for i in items().values() if i.rule == "most"}
    return {code: values[THIRD] for code, values in limits.items() if values}


def alikeness(known: pl.DataFrame, excess: Mapping[str, float]) -> pl.DataFrame:
    """For each discharge of `known` (code, item, concentration): `alike`, `shared`, and `main`.

    alike: cosine of the angle between its water and the excess, both in units of class III, over the items that the section measured: 1 the same
    mixture, 0 nothing in common; where a concentration is not known all its items count the same. shared: its items that rose, by code. main:
    of these the one that rose most, its excess over its concentration in `strength` (null where not known).
    """
    said = _as_measured(known, excess)
    rose = {c: v / scales()[c] for c, v in excess.items() if c in scales() and v > 0}
    length = sum(v * v for v in rose.values()) ** 0.5
    risen = pl.col("item").replace_strict(rose, default=0.0, return_dtype=pl.Float64)
    scale = pl.col("item").replace_strict(scales(), return_dtype=pl.Float64)
    unknown = pl.col("concentration").is_null().any().over("code")
    weighed = said.with_columns(
        own=pl.when(unknown).then(1.0).otherwise(pl.col("concentration") / scale), risen=risen,
        strength=risen * scale / pl.col("concentration"),
    ).sort("code", "risen", "item", descending=[False, True, False])  # fmt: skip
    return weighed.group_by("code", maintain_order=True).agg(
        alike=(pl.col("own") * pl.col("risen")).sum() / ((pl.col("own") ** 2).sum().sqrt() * (length or 1.0)),
        shared=pl.col("item").filter(pl.col("risen") > 0),
        strength=pl.col("strength").filter(pl.col("risen") > 0).first(),
    )


def _as_measured(known: pl.DataFrame, excess: Mapping[str, float]) -> pl.DataFrame:
    """Of each discharge the items that the section measured, each once with its highest concentration."""
    names = {code: to for code, (to, _) in ALIKE.items()}
    factors = {code: factor for code, (_, factor) in ALIKE.items()}
    factor = pl.col("item").replace_strict(factors, default=1.0, return_dtype=pl.Float64)
    measured = [code for code in excess if code in scales()]
    return (
        known.with_columns(pl.col("concentration") * factor, pl.col("item").replace(names))
        .filter(pl.col("item").is_in(measured))
        .group_by("code", "item")
        .agg(pl.col("concentration").max())
    )
