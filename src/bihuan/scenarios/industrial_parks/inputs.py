"""What the checks take, as of a moment: the parks and places in use, what was measured there, what inspections saw, the rounds that run."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl
from django.db.models import Q, Sum
from django.db.models.aggregates import Count

from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.measurements import said
from bihuan.kit.inspection.models import Answer, Round
from bihuan.kit.inspection.rounds.progress import every_standing
from bihuan.registry.subjects import there_on
from bihuan.scenarios.industrial_parks.checks import PARKS, ROUNDS, SEEN
from bihuan.scenarios.industrial_parks.days import days_of, months_of
from bihuan.scenarios.industrial_parks.figures import LIMITED, SITES
from bihuan.scenarios.industrial_parks.inspections import CHECK, FORMS
from bihuan.scenarios.industrial_parks.kinds import parks_of_places
from bihuan.scenarios.industrial_parks.models import Member, Park, ParkOutlet, ParkStation
from bihuan.scenarios.industrial_parks.reading import values_of


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, ...]:
    """PARKS, SITES, DAYS, MONTHS, SEEN and ROUNDS; what was measured and seen of whole months."""
    parks = Park.objects.filter(there_on(now.astimezone(CST).date()))
    begin = (now - look_back).astimezone(CST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    codes = list(parks.values_list("pk", flat=True))
    sites, loggers = sites_of(codes, now)
    values = values_of(loggers, begin, now, now)
    days = days_of(values)
    return (
        parks_of(codes, now),
        sites,
        days,
        months_of(values, days),
        pl.DataFrame(list(_seen(now, begin)), SEEN, orient="row"),
        pl.DataFrame(list(_rounds(now, begin)), ROUNDS, orient="row"),
    )


def parks_of(codes: list[str], now: datetime) -> pl.DataFrame:
    """PARKS of some parks."""
    works = Q(members__way=Member.Way.WORKS)
    rows = Park.objects.filter(pk__in=codes).annotate(
        registered=Sum("members__water", filter=works),
        unknown=Count("members", filter=works & Q(members__water=None)),
    )
    fields = ("pk", "way", "linked", "actual", "registered", "unknown")
    return pl.DataFrame(
        [(*row, now) for row in rows.order_by("pk").values_list(*fields)], PARKS, orient="row"
    )


def sites_of(parks: list[str], now: datetime) -> tuple[pl.DataFrame, dict[str, str]]:
    """SITES of parks that are in use, and the number of the logger at each, empty for none."""
    there = Q(park__in=parks) & there_on(now.astimezone(CST).date())
    fields = ("pk", "park_id", "kind", "reach__river_id", "mn")
    limits = tuple(LIMITED.values())
    outlets = ParkOutlet.objects.filter(there).order_by("pk").values_list(*fields, "basis", *limits)
    stations = ParkStation.objects.filter(there).order_by("pk").values_list(*fields, "water")
    none = (None,) * len(limits)
    rows = [(pk, park, kind, None, river, *rest) for pk, park, kind, river, _mn, *rest in outlets]
    rows += [(pk, park, kind, water, river, "", *none) for pk, park, kind, river, _mn, water in stations]
    loggers = {row[0]: row[4] for row in (*outlets, *stations)}
    return pl.DataFrame(rows, SITES, orient="row"), loggers


def _seen(now: datetime, begin: datetime) -> Iterator[tuple[str, datetime]]:
    """Rain outlets that were seen to flow though it had not rained: on a visit to the park, or when a sample was to be taken."""
    keys = [form.key for form in FORMS]
    for answer in Answer.objects.filter(form__form__in=keys, at__gte=begin, at__lte=now).select_related(
        "form"
    ):
        told = said(answer)
        if told.get("rained") != "no":
            continue
        if answer.form.form == CHECK.key:
            yield from ((outlet, answer.at) for outlet in told.get("dry_wet", "").split())
        elif told.get("flowing") == "yes":
            yield answer.target, answer.at


def _rounds(now: datetime, begin: datetime) -> Iterator[tuple[object, ...]]:
    """Of the rounds of parks that are not ended and whose last day lies in the time looked at, what is left by park."""
    keys, last = [form.key for form in FORMS], begin.date()
    running = Round.objects.filter(form__in=keys, ended=None, at__lte=now, until__gte=last)
    parks = {pk: pk for pk in Park.objects.values_list("pk", flat=True)} | parks_of_places()
    for found in running.order_by("pk"):
        left: dict[str, int] = {}
        for standing in every_standing(found):
            if standing.open and standing.task.target in parks:
                park = parks[standing.task.target]
                left[park] = left.get(park, 0) + 1
        for park, count in left.items():
            yield park, found.pk, found.title, found.until, count
