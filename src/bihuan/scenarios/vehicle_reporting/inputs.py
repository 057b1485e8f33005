"""What the checks look at: the outbox and the days compared, as they stand."""

from datetime import datetime, timedelta

import polars as pl
from django.db.models import Count, Min, Q

from bihuan.domain.timeaxis import CST
from bihuan.registry.city import own_city
from bihuan.scenarios.vehicle_reporting.checks import ANSWERED, DAYS, QUEUE, Reporting
from bihuan.scenarios.vehicle_reporting.models import ComparedDay, Message
from bihuan.scenarios.vehicle_reporting.settings import upward

State = Message.State


def inputs(now: datetime, look_back: timedelta) -> tuple[Reporting]:
    """The one argument of the checks. Where nothing is sent nothing is late."""
    city, since, on = own_city(), now - look_back, upward()
    kinds = on.kinds if on.ready else ()
    waiting = Message.objects.filter(state=State.WAITING, kind__in=kinds).order_by()
    queue = waiting.values_list("kind").annotate(n=Count("pk"), oldest=Min("made_at"))
    compared = ComparedDay.objects.filter(kind__in=kinds, day__gte=since.astimezone(CST).date()).order_by(
        "day", "site"
    )
    days = [(r.kind, r.day, r.ours, r.theirs, len(r.again), len(r.extra)) for r in compared]
    lately = Message.objects.filter(kind__in=kinds, made_at__gte=since).order_by()
    answered = lately.values_list("kind").annotate(
        taken=Count("pk", filter=Q(state=State.TAKEN)), refused=Count("pk", filter=Q(state=State.PARKED)), since=Min("made_at")
    )  # fmt: skip
    code = city.code if city else ""
    return (
        Reporting(
            code, now, pl.DataFrame(list(queue), QUEUE, orient="row"), pl.DataFrame(days, DAYS, orient="row"), pl.DataFrame(list(answered), ANSWERED, orient="row"),
        ),
    )  # fmt: skip
