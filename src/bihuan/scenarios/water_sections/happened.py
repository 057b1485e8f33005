"""本月水质突变: the events of a month, and what became of each: what the month report tells beside the means."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from bihuan import clock
from bihuan.cases.models import Case, Finding
from bihuan.domain.timeaxis import CST, next_month
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.water_sections.events import event
from bihuan.scenarios.water_sections.models import Section


@dataclass(frozen=True)
class Happened:
    """An event with the case that dealt with it last, None where there is none."""

    finding: Finding
    case: Case | None


def events_in(first: date, sections: Iterable[Section], person: Person) -> tuple[Happened, ...]:
    """The events of a month that began by the clock and that nobody rejected, the oldest first."""
    begin, end = (datetime.combine(day, time(), CST) for day in (first, next_month(first)))
    rows = Finding.objects.filter(
        check_key=event.key, target__in=[s.code for s in sections], started_at__gte=begin, started_at__lt=min(end, clock.now())
    ).exclude(status__in=(Finding.Status.REJECTED, Finding.Status.MERGED))  # fmt: skip
    found = visible(rows, person).order_by("started_at", "pk").prefetch_related("cases")
    cases = set(visible(Case.objects.filter(findings__in=found), person).values_list("pk", flat=True))
    return tuple(Happened(f, _last(f, cases)) for f in found)


def _last(finding: Finding, seen: set[int]) -> Case | None:
    cases = sorted((c for c in finding.cases.all() if c.pk in seen), key=lambda c: c.opened_at)
    return cases[-1] if cases else None


def told_events(events: Iterable[Happened]) -> Iterator[str]:
    """Each event as a sentence of the month report, in Chinese."""
    for one in events:
        began = one.finding.started_at.astimezone(CST)
        yield f"{one.finding.target_name} {began:%Y-%m-%d %H:%M} 起水质突变：{one.finding.title}；{_became(one.case)}。"


def _became(case: Case | None) -> str:
    if case is None:
        return "未立案"
    if case.closed_at:
        return f"{case.number} 于 {case.closed_at.astimezone(CST):%Y-%m-%d %H:%M} 销号"
    return f"{case.number} {case.get_state_display()}"
