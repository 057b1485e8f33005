"""清洁运输比例: tonnes by rail, water, pipeline, belt and new-energy vehicles over all tonnes of bulk goods; perhaps with 国六.

Tonnes of vehicles whose fuel or stage nobody knows may be clean or not: the share is an interval then, from none of them clean to all. Trips that
were not weighed have no tonnes and bound nothing: how many they are stands beside the share.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from bihuan.domain.vehicles.clean.tonnes import CLEAN_MODES
from bihuan.domain.vehicles.fuels import NEW_ENERGY
from bihuan.domain.vehicles.stages import ELECTRIC

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
        least = self.clean + (self.six if six else 0)
        most = least + self.fuel_unknown + (self.stage_unknown if six else 0)
        return _rounded(least / self.total), _rounded(most / self.total)

    def met(self, goal: Decimal, *, six: bool) -> bool | None:
        """Is a goal [%] reached? None where that cannot be said. Trips without weight leave it open unless all is known."""
        found = self.percent(six=six)
        if found is None or self.unweighed:
            return None
        least, most = found
        if least >= goal:
            return True
        return False if most < goal else None

    def to_shift(self, goal: Decimal, *, six: bool) -> Decimal:
        """Tonnes that would have to go by a clean mode instead to reach a goal [%], were nothing of the unknown clean; 0 where it is reached."""
        least = self.clean + (self.six if six else 0)
        return max(self.total * goal / 100 - least, Decimal(0))


def _rounded(share: Decimal) -> Decimal:
    return (share * 100).quantize(_TENTH, ROUND_HALF_UP)


def share_of(loads: pl.DataFrame) -> Share:
    """The share of some LOADS together."""
    mode, fuel, stage = pl.col("mode"), pl.col("fuel"), pl.col("stage")
    clean = (
        mode.is_in(CLEAN_MODES)
        | fuel.is_in(NEW_ENERGY).fill_null(False)
        | (stage == ELECTRIC).fill_null(False)
    )
    six = ~clean & (stage == "6").fill_null(False)
    no_fuel = ~clean & ~six & fuel.is_null() & stage.is_null()
    no_stage = ~clean & ~six & ~no_fuel & stage.is_null()
    sums = loads.select(
        pl.col("tonnes").sum().alias("total"),
        *(
            pl.col("tonnes").filter(which).sum().alias(name)
            for name, which in (("clean", clean), ("six", six), ("no_fuel", no_fuel), ("no_stage", no_stage))
        ),
        pl.col("unweighed").sum(),
    ).row(0, named=True)
    tonnes = {
        name: Decimal(str(round(sums[name], 6))) for name in ("total", "clean", "six", "no_fuel", "no_stage")
    }
    return Share(
        tonnes["total"],
        tonnes["clean"],
        tonnes["six"],
        tonnes["no_fuel"],
        tonnes["no_stage"],
        int(sums["unweighed"]),
    )
