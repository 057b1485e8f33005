"""What the measures save in all, by pollutant, against the shares that a warning level asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext_noop

from bihuan.domain.control.reduction import LEAST_SHARE, POLLUTANTS, shares
from bihuan.registry.models import Region
from bihuan.scenarios.heavy_pollution.listing import reduction_list
from bihuan.scenarios.heavy_pollution.models import POLLUTANTS as LABELS
from bihuan.scenarios.heavy_pollution.models import EmissionBase, Suggestion

Status = Suggestion.Status
DECIDED = (Status.ACCEPTED, Status.CHANGED, Status.ONGOING)


@dataclass(frozen=True)
class Total:
    """One pollutant at one level. Amounts in kg/d; shares of the base, None where no base is registered.

    `listed` is the whole list of the level; `suggested` what is suggested of it now, decided or not; `decided` what
    people accepted, this time or before, and is being carried out.
    `exchanged`: too little by itself, but enough within the sum of its pair (SO2 with NOx, PM with VOCs).
    """

    pollutant: str
    listed: float
    suggested: float
    decided: float
    base: float | None
    listed_share: float | None
    decided_share: float | None
    needed: float
    enough: bool
    exchanged: bool

    @property
    def label(self) -> str:
        """Name of the pollutant on screens."""
        return LABELS[self.pollutant]

    @property
    def verdict(self) -> str:
        """Does the whole list reach the share?"""
        if self.base is None:
            return gettext_noop("未登记排放基数，无法核算")
        if self.enough:
            return gettext_noop("达到")
        return gettext_noop("与同组污染物调剂后达到") if self.exchanged else gettext_noop("未达到")


def listed_now(level: str, suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """The rows that stand for a level: neither another level's nor what expired or ended. Pages list just these."""
    return [s for s in suggestions if s.level == level and s.status not in Suggestion.GONE]


def totals(region: Region, level: str, suggestions: Iterable[Suggestion]) -> list[Total]:
    """One row per pollutant for the list of `level` (yellow, orange, red); sums of `listed_now`."""
    units = reduction_list(region)
    base = {b.pollutant: b.kg_per_day for b in EmissionBase.objects.filter(region=region, kg_per_day__gt=0)}
    mine = units.filter(pl.col("level") == level).group_by("pollutant").agg(pl.col("kg_per_day").sum())
    listed = dict(mine.iter_rows())
    judged = (
        {r["pollutant"]: r for r in shares(units, base).filter(pl.col("level") == level).to_dicts()}
        if base
        else {}
    )
    rows = listed_now(level, suggestions)
    found = []
    for p in POLLUTANTS:
        decided = sum(s.final_kgs.get(p, 0.0) for s in rows if s.status in DECIDED)
        row = judged.get(p, {})
        found.append(
            Total(
                pollutant=p,
                listed=listed.get(p, 0.0),
                suggested=sum(s.kg.get(p, 0.0) for s in rows),
                decided=decided,
                base=base.get(p),
                listed_share=row.get("share"),
                decided_share=decided / base[p] if p in base else None,
                needed=LEAST_SHARE[level],
                enough=bool(row.get("enough")),
                exchanged=bool(row.get("enough_with_exchange")),
            )
        )
    return found
