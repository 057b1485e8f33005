"""清洁运输比例: tonnes by rail, water, pipeline, belt and new-energy vehicles over all tonnes of bulk goods; perhaps with 国六.

Tonnes of vehicles whose fuel or stage nobody knows may be clean or not: the share is an interval then, from none of them clean to all. Trips that
were not weighed have no tonnes and are in no share. Whether a goal is met is asked of the worst and the best that they could be: each of them full
(`HEAVIEST`) and none clean, or all.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl

from bihuan.domain.vehicles.clean.tonnes import CLEAN_MODES
from bihuan.domain.vehicles.fuels import NEW_ENERGY
from bihuan.domain.vehicles.stages import ELECTRIC

HEAVIEST = Decimal(49)
"""No trip carries more [t]: the total mass that a truck may have (GB 1589-2016). A bound, nothing that is put in place of a weight."""
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Share:
    """Tonnes. clean: without 国六. six: of vehicles of 国六. unknown: whose fuel (of `clean`) or stage nobody knows; `fuel_unknown` of them
    may be clean, all may be 国六. unweighed: trips."""

    total: Decimal
    clean: Decimal
    six: Decimal
    fuel_unknown: Decimal
    stage_unknown: Decimal
    unweighed: int

    def percent(self, *, six: bool) -> tuple[Decimal, Decimal] | None:
        """Least and most share [%], to a tenth, with 国六 or without; None where no tonne is known."""
        if not self.total:
            return None
        least, most = self._bounds(six=six)
        return _rounded(least / self.total), _rounded(most / self.total)

    def met(self, goal: Decimal, *, six: bool) -> bool | None:
        """Is a goal [%] reached? None where that cannot be said: unknown tonnes or trips without weight could turn it."""
        if not self.total:
            return None
        least, most = self._bounds(six=six)
        open_tonnes = self.unweighed * HEAVIEST
        if least * 100 >= goal * (self.total + open_tonnes):
            return True
        return False if (most + open_tonnes) * 100 < goal * (self.total + open_tonnes) else None

    def to_shift(self, goal: Decimal, *, six: bool) -> Decimal:
        """Tonnes that would have to go by a clean mode instead to reach a goal [%], were nothing of the unknown clean; 0 where it is reached."""
        return max(self.total * goal / 100 - self._bounds(six=six)[0], Decimal(0))

    @property
    def unknown(self) -> Decimal:
        """Tonnes of which fuel or stage nobody knows."""
        return self.fuel_unknown + self.stage_unknown

    def _bounds(self, *, six: bool) -> tuple[Decimal, Decimal]:
        least = self.clean + (self.six if six else 0)
        return least, least + self.fuel_unknown + (self.stage_unknown if six else 0)


NOTHING = Share(Decimal(0), Decimal(0), Decimal(0), Decimal(0), Decimal(0), 0)


def _rounded(share: Decimal) -> Decimal:
    return (share * 100).quantize(_TENTH, ROUND_HALF_UP)


def share_of(loads: pl.DataFrame) -> Share:
    """The share of some LOADS together."""
    return _share(loads.select(_sums()).row(0, named=True))


def shares_by(loads: pl.DataFrame, *columns: str) -> dict[tuple[Any, ...], Share]:
    """The share of each group of LOADS."""
    sums = loads.group_by(*columns).agg(_sums())
    return {tuple(row[c] for c in columns): _share(row) for row in sums.iter_rows(named=True)}


def known_clean() -> pl.Expr:
    """Is a row of LOADS known to be clean without 国六?"""
    return pl.col("mode").is_in(CLEAN_MODES) | new_energy()


def new_energy() -> pl.Expr:
    """Is a vehicle known to be of new energy: by its fuel, by its stage where the fuel is not known?"""
    by_stage = pl.col("fuel").is_null() & (pl.col("stage") == ELECTRIC)
    return pl.col("fuel").is_in(NEW_ENERGY).fill_null(value=False) | by_stage.fill_null(value=False)


def may_be_new() -> pl.Expr:
    """May a vehicle be of new energy for all that is known: neither fuel nor stage, or an electric one that is told to burn something?"""
    neither = pl.col("fuel").is_null() & pl.col("stage").is_null()
    return neither | (~new_energy() & (pl.col("stage") == ELECTRIC).fill_null(value=False))


def _sums() -> list[pl.Expr]:
    clean = known_clean()
    six = ~clean & (pl.col("stage") == "6").fill_null(value=False)
    no_stage = ~clean & pl.col("stage").is_null() & pl.col("fuel").is_not_null()
    groups = (("clean", clean), ("six", six), ("no_fuel", ~clean & may_be_new()), ("no_stage", no_stage))
    return [
        pl.col("tonnes").sum().alias("total"), *(pl.col("tonnes").filter(which).sum().alias(name) for name, which in groups), pl.col("unweighed").sum(),
    ]  # fmt: skip


def _share(sums: dict[str, Any]) -> Share:
    total, clean, six, no_fuel, no_stage = (
        Decimal(str(round(sums[name], 6))) for name in ("total", "clean", "six", "no_fuel", "no_stage")
    )
    return Share(total, clean, six, no_fuel, no_stage, int(sums["unweighed"]))
