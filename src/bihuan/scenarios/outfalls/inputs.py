"""What the checks take, as of a moment: the outfalls that count, what inspections saw, what was measured, the days of plans."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.db.models import Max, Q

from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.measurements import said
from bihuan.kit.inspection.models import Answer
from bihuan.registry.subjects import there_on
from bihuan.scenarios.outfalls.checks import DATES, OUTFALLS, SEEN
from bihuan.scenarios.outfalls.classes import classes
from bihuan.scenarios.outfalls.inspections import CHECK, FIND, SURVEY
from bihuan.scenarios.outfalls.models import Milestone, Outfall, Step
from bihuan.scenarios.outfalls.reading import LIMITED, values_of
from bihuan.scenarios.outfalls.transitions import LEFT_OUT, State

DEADLINE = "整治"
WRONG = {"closed": "已取缔或合并的口门又在排水", "water_ok": "出水异常", "no_new": "有新的不明来水接入"}
"""Questions of the inspection whose "no" speaks for a relapse."""


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, ...]:
    """OUTFALLS, SEEN, values and DATES."""
    today = now.astimezone(CST).date()
    rows = Outfall.objects.filter(there_on(today)).exclude(stage__in=LEFT_OUT).order_by("pk")
    accepted = Max("steps__at", filter=Q(steps__action="accept", steps__at__lte=now))
    fields = ("pk", "approval", "kind", "stage", "accepted", *LIMITED.values())
    table = [
        (pk, classes()[kind].permit and not approval, stage, at, *limits)
        for pk, approval, kind, stage, at, *limits in rows.annotate(accepted=accepted).values_list(*fields)
    ]
    outfalls = pl.DataFrame(table, OUTFALLS, orient="row")
    codes = outfalls["site"].to_list()
    seen = pl.DataFrame(list(_seen(codes, now, look_back)), SEEN, orient="row")
    return (
        outfalls,
        seen,
        values_of(codes, now - look_back, now),
        pl.DataFrame(list(_dates(now)), DATES, orient="row"),
    )


def _seen(codes: list[str], now: datetime, look_back: timedelta) -> Iterator[tuple[Any, ...]]:
    """Of each inspection and survey, and of the find itself, whether water flowed and what was wrong."""
    recent = Answer.objects.filter(at__gte=now - look_back, at__lte=now)
    about = recent.filter(form__form__in=(SURVEY.key, CHECK.key), target__in=codes)
    finds = Step.objects.filter(
        action="find", outfall__in=codes, answer__in=recent.filter(form__form=FIND.key)
    )
    pairs = [(answer.target, answer) for answer in about]
    pairs += [(step.outfall_id, step.answer) for step in finds.select_related("answer") if step.answer]
    for site, answer in pairs:
        told = said(answer)
        wrong = "、".join(text for name, text in WRONG.items() if told.get(name) == "no")
        yield site, answer.at, told.get("discharging") == "yes", wrong


def _dates(now: datetime) -> Iterator[tuple[Any, ...]]:
    planned = Outfall.objects.filter(stage=State.PLANNED)
    for code, due in planned.exclude(due=None).values_list("pk", "due"):
        yield code, "due", DEADLINE, due, now
    plans = Step.objects.filter(action="plan", outfall__in=planned).values("outfall").annotate(last=Max("pk"))
    for milestone in Milestone.objects.filter(plan__in=plans.values("last"), done=None).select_related(
        "plan"
    ):
        yield milestone.plan.outfall_id, f"node{milestone.number}", milestone.task, milestone.day, now
