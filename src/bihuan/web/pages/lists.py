"""Lists (清单): the cases that have others below them, each with its progress, its next milestone and the worst lamp below."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import trees
from bihuan.cases.deadlines import local_day, until_text
from bihuan.cases.lamps import Lamp
from bihuan.cases.models import Case
from bihuan.cases.reminder_settings import timing
from bihuan.cases.transitions import FINISHED, State
from bihuan.english import Written
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, earliest, words_in
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import Asked, visible

TONES = {"red": "bad", "yellow": "warn", "green": "good"}
WORST = ("red", "yellow", "green", "grey")
HAS_PARTS = Q(parts__gt=0) | Q(state=State.LISTED)


@dataclass(frozen=True)
class Line:
    """A case with others below it: its lamp, how far those directly below are, and the worst lamp of all below."""

    case: Case
    lamp: Lamp
    progress: trees.Progress
    worst: Lamp | None


def index(request: Asked) -> HttpResponse:
    """The lists that the person may see, the most urgent first."""
    now = clock.now()
    seen = visible(Case.objects.filter(HAS_PARTS).select_related("organisation"), request.user)
    none = _("还没有清单。在待交办的问题上“列入清单”，或给已交办的问题“增加协办”。")
    tabs = (
        Tab("open", _("未销号"), seen.exclude(state__in=FINISHED).filter, none),
        Tab("finished", _("已办结"), seen.filter(state__in=FINISHED).filter),
        Tab("all", _("全部"), seen.filter, none),
    )
    listing = Listing(
        "lists", _("清单与联合办理"), tabs, _columns(now), _filters(), words_in("number", "title", "organisation__name"),
        _("编号、标题或单位"), (earliest("due"), "-id"), lines=partial(_lines, now), unit=_("件"),
    )  # fmt: skip
    return listed(request, listing)


def _filters() -> tuple[Filter, ...]:
    listed_by = [(str(value), _(str(label))) for value, label in Case.ListedBy.choices]
    return (Filter("listed_by", _("挂牌层级"), lambda: listed_by, lambda value: Q(listed_by=value)),)


def _lines(now: datetime, cases: Sequence[Case]) -> list[Line]:
    """All that is below the cases of a page is read level by level, not case by case."""
    set_now = timing()
    below: dict[int, list[Case]] = defaultdict(list)
    for part in trees.everything_below(list(cases)):
        if part.parent_id is not None:
            below[part.parent_id].append(part)
    found = []
    for case in cases:
        inside, waiting = list[Case](), [case.pk]
        while waiting:
            parts = below[waiting.pop()]
            inside += parts
            waiting += [p.pk for p in parts]
        lamps = [part.lamp(now, set_now) for part in inside if part.state not in FINISHED]
        worst = min(lamps, key=lambda lamp: WORST.index(lamp.colour), default=None)
        found.append(Line(case, case.lamp(now, set_now), trees.progress(below[case.pk]), worst))
    return found


def _columns(now: datetime) -> tuple[Column[Line], ...]:
    return (
        Column(_("编号"), lambda n: n.case.number, lambda n: Cell(n.case.number, reverse("case", args=[n.case.number]))),
        Column(_("标题"), lambda n: Written(n.case.title)),
        Column(_("挂牌层级"), lambda n: n.case.get_listed_by_display(), lambda n: _(n.case.get_listed_by_display())),
        Column(_("承办单位"), lambda n: Written(n.case.organisation or "")),
        Column(_("状态"), lambda n: n.case.get_state_display(), lambda n: _(n.case.get_state_display())),
        Column(_("期限"), lambda n: n.case.due, _due, order="due"),
        Column(_("下级已销号"), lambda n: f"{n.progress.done} / {n.progress.all}"),
        Column(_("下一时间节点"), lambda n: n.case.next_node, partial(_node, now), order="next_node"),
        Column(_("下级最急"), lambda n: n.worst.text if n.worst else "", _worst),
    )  # fmt: skip


def _due(line: Line) -> Cell:
    due = line.case.due
    text = until_text(due) if due else "—"
    return Cell(text, tone=TONES.get(line.lamp.colour, ""), note=line.lamp.text if due else "")


def _node(now: datetime, line: Line) -> Cell:
    day = line.case.next_node
    late = day is not None and day < local_day(now)
    return Cell(f"{day:%Y-%m-%d}" if day else "—", tone="bad" if late else "", note=_("超期") if late else "")


def _worst(line: Line) -> Cell:
    return Cell(line.worst.text, tone=TONES.get(line.worst.colour, "")) if line.worst else Cell("—")
