"""The list of cases: what it shows of each, and what is taken away."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from bihuan.cases import reporting, statistics, turns
from bihuan.cases.lamps import Lamp
from bihuan.cases.models import Case, Step
from bihuan.cases.reminder_settings import timing
from bihuan.cases.transitions import CLEARED, FINISHED, REOPENINGS, State
from bihuan.kit.listing.declared import Listing, Rows, Tab, earliest, words_in
from bihuan.kit.tables import Table, table
from bihuan.registry.access import visible
from bihuan.registry.models import Person

COLUMNS: dict[str, Callable[[Case], Any]] = {
    "编号": lambda c: c.number, "标题": lambda c: c.title, "区划": lambda c: c.region.name,
    "承办单位": lambda c: str(c.organisation or ""), "状态": lambda c: c.get_state_display(),
    "级别": lambda c: c.get_level_display(), "交办时间": lambda c: c.dispatched_at, "期限": lambda c: c.due,
    "原期限": lambda c: c.original_due, "申请销号时间": attrgetter("applied_at"), "核查通过时间": attrgetter("passed_at"),
    "销号时间": lambda c: c.closed_at, "反弹次数": lambda c: c.reopened, "反弹时间": attrgetter("reopened_at"),
    "模拟": lambda c: "是" if c.simulated else "",
}  # fmt: skip

MOMENTS = {"applied_at": ("apply_close",), "passed_at": ("pass",), "reopened_at": REOPENINGS}
"""When a case took one of these steps last: said to be done, verified, reopened are told apart."""


def seen_by(person: Person) -> "QuerySet[Case]":
    """The cases that the person may see, with what a line shows of them."""
    return visible(Case.objects.select_related("region", "organisation", "parent"), person)


def _table(rows: Rows) -> Table:
    """What is taken away. Only here it is asked when steps were taken: for all rows of a page it would be slow to sort."""
    assert isinstance(rows, QuerySet)  # as all tabs give it
    return table(COLUMNS, rows.annotate(**{n: Subquery(_last(*of)) for n, of in MOMENTS.items()}).iterator())


def _last(*of: str) -> "QuerySet[Step, datetime]":
    """When a case took one of these steps last."""
    steps = Step.objects.filter(case=OuterRef("pk"), action__in=of).order_by().values("case")
    return steps.annotate(last=Max("at")).values_list("last", flat=True)


def listing_of(
    tabs: Sequence[Tab], now: datetime, *, title: str, hint: str = "", kept: Sequence[str] = ()
) -> Listing[tuple[Case, Lamp]]:
    """A list of cases, the most urgent first."""
    return Listing(
        "cases", title, tabs, hint=hint, kept=kept, unit=_("件"), order=(earliest("due"), "-id"),
        search=words_in("number", "title", "region__name", "organisation__name"), place=_("编号、标题、区划或单位"),
        lines=lambda cases: _lines(cases, now), row="web/_case_line.html",
        table=_table,
    )  # fmt: skip


def _lines(cases: Iterable[Case], now: datetime) -> list[tuple[Case, Lamp]]:
    set_now = timing()
    return [(case, case.lamp(now, set_now)) for case in cases]


def tabs_of(person: Person, now: datetime) -> list[Tab]:
    """Mine first, then open, overdue, said to be done, verified, closed, reopened, finished, all."""
    seen, none_waits = seen_by(person), _("没有等您办理的问题。新交办的会出现在这里，并进入提醒。")
    return [
        Tab("mine", _("待我办理"), lambda asked: turns.todo(person).filter(asked), none_waits),
        Tab("reported", _("我上报的"), reporting.reported(person).filter, _("您还没有登记过问题。")),
        Tab("open", _("未销号"), seen.exclude(state__in=FINISHED).filter),
        Tab("overdue", _("超期"), seen.filter(statistics.past_deadline(now)).filter),
        Tab("applied", _("申请销号"), seen.filter(state=State.VERIFYING).filter),
        Tab("passed", _("核查通过"), seen.filter(state=State.PASSED).filter),
        Tab("closed", _("已销号"), seen.filter(state__in=CLEARED).filter),
        Tab("reopened", _("反弹"), seen.filter(reopened__gt=0).filter),
        Tab("finished", _("已办结"), seen.filter(state__in=FINISHED).filter),
        Tab("all", _("全部"), seen.filter),
    ]
