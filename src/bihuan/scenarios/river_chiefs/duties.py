"""Where every duty stands as of the clock: done in the running period, due until its end, or late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

import polars as pl
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Post, Region
from bihuan.registry.rivers import Reach
from bihuan.scenarios.river_chiefs.counting import DUTIES, SERVED, SPANS, counted, days_done, last_days
from bihuan.scenarios.river_chiefs.models import Duty
from bihuan.scenarios.river_chiefs.periods import before, period_of
from bihuan.scenarios.river_chiefs.rules import Rule, key_of, rules_on, versions
from bihuan.scenarios.river_chiefs.settings import in_force
from bihuan.scenarios.river_chiefs.walks import walks_since


class State(StrEnum):
    """LATE: the last whole period was missed and the running one is not done; UNLINKED: nobody's patrols can be counted."""

    LATE = "late"
    DUE = "due"
    DONE = "done"
    UNLINKED = "unlinked"
    FREE = "free"


STATES = {
    State.LATE: (_("超期"), "bad"),
    State.DUE: (_("本期未完成"), "warn"),
    State.DONE: (_("已完成"), "good"),
    State.UNLINKED: (_("未关联账号"), "dim"),
    State.FREE: (_("不要求"), "dim"),
}


@dataclass(frozen=True)
class Standing:
    """One duty. done of needed in the running period, which ends before `until`; late_since: the day since which it is late."""

    duty: Duty
    rule: Rule
    state: State
    done: int = 0
    needed: int = 0
    until: date | None = None
    late_since: date | None = None
    last: date | None = None

    @property
    def word(self) -> str:
        """Its state in words."""
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        """Its colour."""
        return STATES[self.state][1]


def duties_of(person: Person, day: date) -> QuerySet[Duty]:
    """The duties of a day that a person may see."""
    return visible(held_on(day), person)


def held_on(day: date) -> QuerySet[Duty]:
    """All duties of a day, without the shapes of what they are about: those are large. Many share a reach, which is read once."""
    begun, open_ = Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gt=day)
    reaches = Reach.objects.select_related("river").defer("geometry", "river__geometry")
    places = Prefetch("reach", reaches), Prefetch("region", Region.objects.defer("geometry"))
    return Duty.objects.filter(begun, open_).prefetch_related(*places)


def frame_of(duties: Sequence[Duty]) -> pl.DataFrame:
    """The duties as `counting.DUTIES`."""
    rows = [(d.pk, d.reach_id, enough_of(d), key_of(d), d.since, d.until) for d in duties]
    return pl.DataFrame(rows, DUTIES, orient="row")


def enough_of(duty: Duty) -> float:
    """Metres of its reach that a patrol has to see: as the manifest has it, or most of a reach that is shorter."""
    settings = in_force()
    return min(settings.least_metres, settings.share * duty.reach.length_km * 1000)


def served_of(duties: Sequence[Duty]) -> pl.DataFrame:
    """Whose patrols count (`counting.SERVED`): those of the account, else those of everybody with a post in the unit."""
    units = {d.organisation_id for d in duties if d.account_id is None and d.organisation_id}
    posts = Post.objects.in_force().filter(organisation__in=units).values_list("organisation", "person")
    holders: dict[int, set[int]] = {}
    for unit, person in posts:
        holders.setdefault(unit, set()).add(person)
    rows = [
        (d.pk, person)
        for d in duties
        for person in ([d.account_id] if d.account_id else sorted(holders.get(d.organisation_id or 0, ())))
    ]
    return pl.DataFrame(rows, SERVED, orient="row")


def spans_of(today: date, keys: set[str]) -> pl.DataFrame:
    """The running period of each rule and the one before it (`counting.SPANS`), each by the rules of its first day."""
    known, rows = versions(), []
    for key in sorted(keys):
        running = period_of(rules_on(today, known)[key].period, today)
        rule = rules_on(running.start, known)[key]
        running = period_of(rule.period, today)
        last = before(running)
        earlier = rules_on(last.start, known)[key]
        needed = earlier.times if earlier.period == rule.period else 0
        rows += [
            (key, last.label, last.start, last.until, needed),
            (key, running.label, running.start, running.until, rule.times),
        ]
    return pl.DataFrame(rows, SPANS, orient="row")


def standings_of(duties: Sequence[Duty], now: datetime | None = None) -> dict[str, Standing]:
    """Where some duties stand as of the clock, by their code."""
    today = (now or clock.now()).astimezone(CST).date()
    if not duties:
        return {}
    frame, spans = frame_of(duties), spans_of(today, {key_of(d) for d in duties})
    walks = walks_since(datetime.combine(min(spans["start"]), time(), CST))
    served = served_of(duties)
    days = days_done(frame, served, walks)
    rows = {(r["duty"], r["start"] <= today < r["until"]): r for r in counted(frame, days, spans).to_dicts()}
    linked, lasts, rules = set(served["duty"]), last_days(days), rules_on(today)
    return {
        d.pk: _standing(
            d, rules[key_of(d)], d.pk in linked, rows.get((d.pk, True)), rows.get((d.pk, False)), lasts.get(d.pk)
        )
        for d in duties
    }  # fmt: skip


Counted = Mapping[str, object]


def _standing(
    duty: Duty, rule: Rule, linked: bool, running: Counted | None, past: Counted | None, last: date | None
) -> Standing:
    needed, done = _whole(running, "needed"), _whole(running, "done")
    missed = past is not None and _whole(past, "done") < _whole(past, "needed")
    if not linked and needed:
        return Standing(duty, rule, State.UNLINKED, needed=needed)
    until = running["until"] if running else None
    late_since = past["until"] if past is not None and missed and done < needed else None
    assert until is None or isinstance(until, date)
    assert late_since is None or isinstance(late_since, date)
    if late_since:
        return Standing(duty, rule, State.LATE, done, needed, until, late_since, last)
    if not needed:
        return Standing(duty, rule, State.FREE, done, 0, until, None, last)
    return Standing(duty, rule, State.DONE if done >= needed else State.DUE, done, needed, until, None, last)


def _whole(row: Counted | None, name: str) -> int:
    value = row[name] if row else 0
    assert isinstance(value, int)
    return value
