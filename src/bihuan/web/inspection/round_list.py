"""The list of rounds."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.models import Round
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.inspection.rounds.progress import Counts, counted, standings
from bihuan.kit.listing.declared import Cell, Column, Listing, Tab, words_in
from bihuan.registry.models import Person
from bihuan.scenarios.resolved import every_form


@dataclass(frozen=True)
class Line:
    """A round with the title of its form (its key where the form is gone), and how far it is."""

    round: Round
    form: str
    counts: Counts


def listing_of(person: Person) -> Listing[Line]:
    """The rounds that the person sees; those that run come first."""
    rows, today = rounds_of(person), clock.now().astimezone(CST).date()
    running = Q(ended=None, until__gte=today)
    titles = {form.key: form.title for form in every_form().values()}

    def lines(found: Sequence[Round]) -> list[Line]:
        return [Line(r, titles.get(r.form, r.form), counted(standings(r, person))) for r in found]

    return Listing(
        name=_("检查轮次"),
        title=_("检查轮次"),
        hint=_("同一份检查表查一批对象：谁查了，谁没查，查出什么，比上轮如何"),
        tabs=(
            Tab("running", _("进行中"), lambda q: rows.filter(q, running), _("没有进行中的检查轮次。")),
            Tab("all", _("全部"), rows.filter, _("还没有检查轮次。")),
        ),
        columns=_columns(),
        lines=lines,
        search=words_in("title", "region__name"),
        place=_("名称、区划"),
        order=("-since", "-pk"),
        unit=_("轮"),
        per_page=20,
    )


def _columns() -> tuple[Column[Line], ...]:
    return (
        Column(_("名称"), lambda r: r.round.title, _opened, order="title"),
        Column(_("检查表"), lambda r: r.form),
        Column(_("区划"), lambda r: r.round.region.name, order="region_id"),
        Column(_("开始"), lambda r: r.round.since, order="since"),
        Column(_("截止"), lambda r: r.round.until, order="until"),
        Column(_("应检查"), lambda r: r.counts.total, number=True),
        Column(_("已检查"), lambda r: r.counts.done, number=True),
        Column(_("已跳过"), lambda r: r.counts.skipped, number=True),
        Column(_("待检查"), lambda r: r.counts.left, number=True),
        Column(_("逾期"), lambda r: r.counts.overdue, _overdue, number=True),
    )


def _opened(line: Line) -> Cell:
    tags = [(_("已结束"), "")] if hasattr(line.round, "ended") else []
    return Cell(line.round.title, reverse("round", args=[line.round.pk]), tags=tags)


def _overdue(line: Line) -> Cell:
    return Cell(str(line.counts.overdue), tone="bad" if line.counts.overdue else "")
