"""Spot checks of a unit: what is drawn, and what came of it; and the ledgers of a unit as one workbook."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import BadQuestion
from bihuan.cases.errors import IllegalMove
from bihuan.domain.vehicles import stages
from bihuan.kit.downloads import download_book
from bihuan.kit.inspection.models import Answer
from bihuan.kit.spans import today
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Person
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.vehicle_users import reading, sampling, workbook
from bihuan.scenarios.vehicle_users.found import UNIT
from bihuan.scenarios.vehicle_users.inspections import FORM
from bihuan.scenarios.vehicle_users.ledger_list import days_asked, passage_url
from bihuan.scenarios.vehicle_users.models import SpotDraw
from bihuan.scenarios.vehicle_users.passage_pages import unit_of

SHOWN = 10
BACK = timedelta(days=13)
"""How many days the form of a draw proposes (less one)."""


def beside(unit: VehicleUser, person: Person) -> dict[str, Any]:
    """What the page of a unit shows of its registers, draws and spot checks."""
    answers = visible(Answer.objects.filter(form__form=FORM.key, target_kind=UNIT, target=unit.pk), person)
    return {
        "inside": [(r.kind, r.title, objects.count()) for r, objects in workbook.inside(unit, person)],
        "draws": visible(SpotDraw.objects.filter(unit=unit), person).select_related("by")[:SHOWN],
        "answers": answers.select_related("by", "form")[:SHOWN], "may_draw": sampling.may_draw(unit, person), "form": FORM.key,
        "draw_first": today() - BACK, "draw_last": today(),
    }  # fmt: skip


@require_POST
def draw(request: Asked, code: str) -> HttpResponse:
    """Draw for a spot check of some days, and show it."""
    unit = unit_of(request, code)
    try:
        first, last = days_asked({name: request.POST.get(name, "") for name in ("from", "to")})
        made = sampling.make(unit, first, last, request.user)
    except IllegalMove as error:
        raise BadQuestion(str(error)) from error
    return redirect("vehicle_users:drawn", pk=made.pk)


def drawn(request: Asked, pk: int) -> HttpResponse:
    """What was drawn, as the ledger was then, with the seed; and whether it still draws the same."""
    made = get_object_or_404(
        visible(SpotDraw.objects.select_related("unit__region", "by"), request.user), pk=pk
    )
    ledger = reading.ledger_of(made.unit_id, made.first, made.last, made.at)
    context = {
        "made": made, "unit": made.unit, "rows": list(_rows(made, ledger)), "days": list(_days(made, ledger)), "periods": list(_periods(made)),
        "again": sampling.drawn_again(made), "minutes": made.drawn["numbers"][3], "form": FORM.key,
    }  # fmt: skip
    return render(request, "vehicle_users/drawn.html", context)


def _rows(made: SpotDraw, ledger: pl.DataFrame) -> Iterator[dict[str, Any]]:
    known = {sampling.name_of(row): row for row in ledger.iter_rows(named=True)}
    for name in made.drawn["rows"]:
        site, at, number = sampling.key_of(name)
        row = known.get(name)
        stage = stages.TITLES.get(row["stage"] or "", "") if row else ""
        yield {"url": passage_url(made.unit_id, site, at, number), "site": site, "at": at, "row": row, "stage": stage}  # fmt: skip


def _days(made: SpotDraw, ledger: pl.DataFrame) -> Iterator[tuple[str, bool, int]]:
    """Day, whether an order ran, how many visits the ledger has."""
    begun = pl.coalesce("in_at", "out_at").dt.convert_time_zone("Asia/Shanghai").dt.date().cast(pl.String)
    counts = dict(ledger.group_by(begun.alias("day")).agg(pl.len()).iter_rows())
    for day, alert in made.drawn["days"]:
        yield day, alert, counts.get(day, 0)


def _periods(made: SpotDraw) -> Iterator[dict[str, Any]]:
    """Each period with the passages that the records have of it: those that the video has to show, and no others."""
    for texts in made.drawn["periods"]:
        since, until = map(datetime.fromisoformat, texts)
        found = reading.rows_of(made.unit_id, since, until, made.at).filter(pl.col("direction").is_not_null())
        passages = [
            (row, passage_url(made.unit_id, row["site"], row["start"], row["number"]))
            for row in found.sort("start").iter_rows(named=True)
        ]
        yield {"since": since, "until": until, "passages": passages}


def book(request: Asked, code: str) -> HttpResponse:
    """The ledgers of a unit as one workbook: the road ledger of the days asked for, and all that works inside."""
    unit = unit_of(request, code)
    first, last = days_asked(request.GET)
    rows = reading.ledger_of(code, first, last, clock.now())
    name = _("三本台账")
    return download_book(f"{name}-{unit.pk}-{first}-{last}", *workbook.sheets(unit, rows, request.user))
