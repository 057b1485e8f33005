"""一河一策: the goals of a year, and one with its entries."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.asked import whole_of
from bihuan.cases.errors import IllegalMove
from bihuan.english import Written
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, words_in
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import Asked
from bihuan.registry.models import Person
from bihuan.scenarios.river_chiefs import goals
from bihuan.scenarios.river_chiefs.forms import EntryForm
from bihuan.scenarios.river_chiefs.goals import Standing, State


def index(request: Asked) -> HttpResponse:
    """The goals that a person may see; late ones are a part of the list."""
    return listed(request, _listing(request.user), "river_chiefs/goals.html")


def _listing(person: Person) -> Listing[Standing]:
    def rows(*states: State) -> Any:
        def narrowed(asked: Q) -> list[Standing]:
            found = goals.standings_of(goals.goals_of(person).filter(asked))
            return [s for s in found if not states or s.state in states]

        return narrowed

    tabs = (
        Tab("all", _("全部"), rows(), _("还没有登记一河一策目标。")),
        Tab("late", _("逾期"), rows(State.LATE), _("没有逾期的目标。")),
        Tab("running", _("进行中"), rows(State.RUNNING)),
        Tab("done", _("已完成"), rows(State.DONE)),
    )
    columns: tuple[Column[Standing], ...] = (
        Column(_("河流"), lambda s: Written(s.goal.river.name), lambda s: Cell(Written(s.goal.river.name), reverse("river_chiefs:river", args=[s.goal.river_id]))),
        Column(_("年度"), lambda s: s.goal.year, number=True),
        Column(_("任务措施"), lambda s: Written(s.goal.measure), lambda s: Cell(Written(s.goal.measure), reverse("river_chiefs:goal", args=[s.goal.pk]), tags=[(_("模拟"), "sim")] if s.goal.simulated else [])),
        Column(_("指标"), lambda s: Written(s.goal.indicator)),
        Column(_("目标值"), lambda s: Written(s.aim)),
        Column(_("现值"), lambda s: s.entry.value if s.entry else None, number=True),
        Column(_("完成时限"), lambda s: s.goal.deadline),
        Column(_("责任单位"), lambda s: Written(str(s.goal.organisation or ""))),
        Column(_("状态"), lambda s: s.word, lambda s: Cell("", tags=[(s.word, s.tone)])),
        Column(_("最近进展"), lambda s: Written(s.entry.note if s.entry else ""), page=False),
        Column(_("填报时间"), lambda s: s.entry.at if s.entry else None, page=False),
        Column(_("模拟"), lambda s: _("模拟") if s.goal.simulated else "", page=False),
    )  # fmt: skip
    years = Filter("year", _("年度"), lambda: _years(person), lambda text: Q(year=whole_of(text) or 0))
    return Listing(
        "river_goals", _("一河一策"), tabs, columns, (years,), words_in("measure", "river__name", "organisation__name"),
        place=_("措施、河流或单位"), unit=_("项目标"),
    )  # fmt: skip


def _years(person: Person) -> list[tuple[str, str]]:
    years = goals.goals_of(person).order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


def goal(request: Asked, code: str) -> HttpResponse:
    """One goal; POST writes an entry."""
    found = get_object_or_404(goals.goals_of(request.user), pk=code)
    form = EntryForm(request.POST or None)
    del form.fields["done" if found.target is not None else "value"]
    if request.method == "POST" and form.is_valid():
        try:
            goals.enter(request.user, found, **form.cleaned_data)
        except IllegalMove as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("已填报。填报的进展不能修改，有错请再填一次。"))
            return redirect("river_chiefs:goal", code)
    context = {
        "goal": found, "standing": goals.standings_of([found])[0], "entries": found.entries.all(), "form": form,
        "may": goals.may_enter(request.user, found),
    }  # fmt: skip
    return render(request, "river_chiefs/goal.html", context)
