"""By pollutant: how alike the water of a discharge and the excess at the section are, and how strong a release would have had to be."""

import math
from collections.abc import Mapping
from functools import cache

import polars as pl

from bihuan.domain.standards.surface_water import items

ALIKE = {"w01018": ("w01019", 1 / 3), "w01017": ("w01019", 2 / 3), "w21004": ("w21003", 1.0)}
"""What sections do not measure, as what they do: COD of sewage is about three times its permanganate index, BOD5 half its COD; Kjeldahl
nitrogen turns into ammonia (usual ratios; ours)."""
THIRD = 2
FLOOR = 0.1
"""What rose by less than this share of the item that rose most (both in units of class III) is taken as that: readings do not tell it from nothing; ours."""
APART = 0.8
"""Spread of the logarithm by which an item of a release may differ from what is registered, against its others; ours, tried on invented spills."""
FEW = 2


@cache
def scales() -> dict[str, float]:
    """By code, the limit of class III: what makes milligrams of one item comparable with those of another."""
    limits = {i.code: i.river or i.lake for i in items().values() if i.rule == "most"}
    return {code: values[THIRD] for code, values in limits.items() if values}


def alikeness(known: pl.DataFrame, excess: Mapping[str, float]) -> pl.DataFrame:
    """For each discharge of `known` (code, item, concentration): `alike`, `shared`, and `strength`.

    alike: 1 for the same mixture, 0 for nothing in common, over the items that the section measured and that are registered: by how far each
    rose against the others. Where less than two of them say something, or a concentration is not known, the square of the cosine between its water
    (items without a concentration all alike) and the excess, both in units of class III. shared: its items that rose, by code. strength: of
    these the one that rose most, its excess over its concentration (null where not known).
    """
    rose = {c: v / scales()[c] for c, v in excess.items() if c in scales() and v > 0}
    floor, length = FLOOR * max(rose.values(), default=1.0), sum(v * v for v in rose.values()) ** 0.5
    scale = pl.col("item").replace_strict(scales(), return_dtype=pl.Float64)
    unknown = pl.col("concentration").is_null().any().over("code")
    own = pl.when(unknown).then(1.0).otherwise(pl.col("concentration") / scale)
    risen = pl.col("item").replace_strict(rose, default=0.0, return_dtype=pl.Float64)
    rows = _as_measured(known, excess).with_columns(unknown=unknown, own=own, risen=risen)
    rows = rows.sort("code", "risen", "item", descending=[False, True, False])
    seen = pl.col("risen").clip(floor).log()
    level = (seen - pl.col("own").log()).filter(pl.col("risen") > floor).mean().over("code")
    due = (pl.col("own").log() + level).clip(math.log(floor))
    rows = rows.with_columns(off=seen - due, tells=pl.max_horizontal(seen, due) > math.log(floor))
    cosine = (pl.col("own") * pl.col("risen")).sum() / ((pl.col("own") ** 2).sum().sqrt() * (length or 1.0))
    said = pl.col("tells").sum() >= FEW
    same = (-0.5 * (pl.col("off") ** 2).sum() / APART**2).exp()
    return rows.group_by("code", maintain_order=True).agg(
        alike=pl.when(said & ~pl.col("unknown").any()).then(same).otherwise(cosine**2),
        shared=pl.col("item").filter(pl.col("risen") > 0),
        strength=(pl.col("risen") * scale / pl.col("concentration")).filter(pl.col("risen") > 0).first(),
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
