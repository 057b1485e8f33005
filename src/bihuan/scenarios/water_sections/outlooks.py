"""展望 that are frozen once a day, and how they did afterwards beside persistence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.standards.surface_water import WORSE
from bihuan.domain.timeaxis import CST, next_month
from bihuan.domain.water_outlook import Day
from bihuan.registry.subjects import there_on
from bihuan.scenarios.water_sections.judged import Span, days_of, judged
from bihuan.scenarios.water_sections.models import Outlook, Section
from bihuan.scenarios.water_sections.view import MONTHS, outlook_of

SCORED_DAYS = 90
DIGITS = 4


def freeze(now: datetime, _say: Callable[[str], None]) -> str:
    """Write down what is said today of every section in use that nothing was said of yet; returns one line about it."""
    today = now.astimezone(CST).date()
    sections = list(Section.objects.filter(there_on(today)))
    done = set(Outlook.objects.filter(day=today).values_list("section_id", flat=True))
    first = today.replace(day=1)
    days = (
        days_of(sections, Span(next_month(first, 1 - MONTHS), next_month(first), now))
        if sections
        else pl.DataFrame()
    )
    made = 0
    for section in (s for s in sections if s.code not in done):
        _month, ahead = outlook_of(section, days, today, None)
        if ahead:
            still = _last_class(days, section.code)
            Outlook(
                section=section,
                day=today,
                as_of=now,
                content={"still": still, "days": [_kept(d) for d in ahead]},
            ).save()
            made += 1
    return f"断面 {len(sections)} 个，新发布展望 {made} 个"


def _kept(day: Day) -> dict[str, Any]:
    return {
        "lead": day.lead,
        "chances": {str(n): round(p, DIGITS) for n, p in day.chances.items()},
        "quantiles": {n: [round(v, DIGITS) for v in q] for n, q in day.quantiles.items()},
    }


def _last_class(days: pl.DataFrame, code: str) -> int | None:
    """The class of a section on its last day."""
    found = judged(days.filter(pl.col("site") == code).sort("day").tail(1))["class"]
    return None if found.is_empty() or found[0] is None else int(found[0])


def ranked_score(chances: Mapping[str, float], found: int) -> float:
    """Ranked probability score of a forecast of classes: 0 where it was sure and right, the larger the farther off."""
    total, score = 0.0, 0.0
    for n in range(1, WORSE + 1):
        total += chances.get(str(n), 0.0)
        score += (total - (n >= found)) ** 2
    return score


@dataclass(frozen=True)
class Score:
    """How the outlooks of a lead [days] did: their mean score and that of persistence; the smaller the better."""

    lead: int
    count: int
    ours: float
    still: float

    @property
    def better(self) -> bool:
        """Better than persistence?"""
        return self.ours < self.still


def scores_of(section: Section, now: datetime) -> list[Score]:
    """By lead, of the outlooks of the last 90 days whose day is over and was measured, as known at `now`."""
    today = now.astimezone(CST).date()
    since = today - timedelta(days=SCORED_DAYS)
    said = list(Outlook.objects.filter(section=section, day__gte=since, as_of__lte=now))
    if not said:
        return []
    days = days_of([section], Span(since.replace(day=1), next_month(today), now)).filter(
        pl.col("day") < today
    )
    classes = judged(days)
    found = dict(classes.select("day", "class").drop_nulls().iter_rows())
    rows = [
        (
            d["lead"],
            ranked_score(d["chances"], found[at]),
            ranked_score({str(o.content["still"]): 1.0}, found[at]),
        )
        for o in said
        if o.content["still"] is not None
        for d in o.content["days"]
        if (at := o.day + timedelta(days=d["lead"])) in found
    ]
    return _by_lead(rows)


def _by_lead(rows: Sequence[tuple[int, float, float]]) -> list[Score]:
    leads = sorted({lead for lead, _, _ in rows})
    return [
        Score(lead, len(mine), sum(o for o, _ in mine) / len(mine), sum(s for _, s in mine) / len(mine))
        for lead in leads
        if (mine := [(o, s) for n, o, s in rows if n == lead])
    ]
