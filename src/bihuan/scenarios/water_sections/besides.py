"""9+X: what sections are registered to be assessed for besides the nine basic items, and what of it was not measured in a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from bihuan import clock
from bihuan.archive.observations import Asked
from bihuan.domain.flags import BELOW, measured
from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.values import values_of

BASIC = 9


@dataclass(frozen=True)
class Besides:
    """The further items of a section, and those of them that nobody measured in the month, by their Chinese names."""

    names: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """How much is assessed, in Chinese."""
        return f"{BASIC}+{len(self.names)} 项" if self.names else f"{BASIC} 项"

    @property
    def unmeasured(self) -> str:
        """What was not measured, in Chinese; empty where all of it was."""
        return f"{'、'.join(self.missing)} 未测" if self.missing else ""


NOTHING = Besides()


def besides_of(sections: Sequence[Section], first: date, end: date) -> Mapping[str, Besides]:
    """By section, of the month from `first` to before `end`, as known at the clock. What is below a limit of detection was measured."""
    wanted = {s.code: s.extra_codes for s in sections}
    codes = sorted({code for mine in wanted.values() for code in mine})
    known = _measured([code for code, mine in wanted.items() if mine], codes, first, end)
    return {
        site: Besides(
            tuple(LONG[c].chinese for c in mine),
            tuple(LONG[c].chinese for c in mine if (site, c) not in known),
        )
        for site, mine in wanted.items()
    }


def _measured(sites: list[str], codes: list[str], first: date, end: date) -> set[tuple[str, str]]:
    if not codes:
        return set()
    begin, until = (datetime.combine(day, time(), CST) for day in (first, end))
    rows = values_of(Asked(sites, codes, None, begin, until, clock.now()))
    said = measured() & (pl.col("value").is_not_null() | (pl.col("flag") == BELOW))
    return set(rows.filter(said).select("site", "quantity").unique().iter_rows())
