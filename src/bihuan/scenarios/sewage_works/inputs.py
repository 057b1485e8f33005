"""What the checks take, as of a moment: months, their weather, days, what users used, and which months are over."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from bihuan.domain.sewage.works.months import monthly
from bihuan.domain.sewage.works.reuse import USED
from bihuan.domain.sewage.works.rules import rules_on
from bihuan.domain.sewage.works.tables import TERMS
from bihuan.domain.sewage.works.weather import by_weather, marked
from bihuan.domain.timeaxis import CST, next_month
from bihuan.scenarios.sewage_works.checks import PERIODS
from bihuan.scenarios.sewage_works.models import Term, Use, User, Works
from bihuan.scenarios.sewage_works.reading import read_days


def months_between(since: date, until: date) -> list[date]:
    """The months that begin in [since, until) and are over by `until`."""
    found, month = [], since if since.day == 1 else next_month(since)
    while next_month(month) <= until:
        found.append(month)
        month = next_month(month)
    return found


def terms_of(codes: Iterable[str]) -> pl.DataFrame:
    """TERMS of some works."""
    fields = ("works_id", "valid_from", "valid_until", "capacity", "people", "industry")
    rows = Term.objects.filter(works__in=list(codes)).values_list(*fields)
    return pl.DataFrame(list(rows), TERMS, orient="row")


def used_of(codes: Iterable[str], months: Sequence[date]) -> pl.DataFrame:
    """USED of the users of some works: a row for each that was there in a month, without a volume where nobody said one."""
    users = list(User.objects.filter(works__in=list(codes)).order_by("code"))
    said = {
        (u, date(y, m, 1)): v
        for u, y, m, v in Use.objects.filter(user__in=users).values_list("user_id", "year", "month", "volume")
    }
    rows = [
        (user.works_id, user.code, user.purpose, month, said.get((user.code, month)))
        for user in users
        for month in months
        if (user.code, month) in said or _all_month(user, month)
    ]
    return pl.DataFrame(rows, USED, orient="row")


def _all_month(subject: Works | User, month: date) -> bool:
    """Was it there from the first day to the last?"""
    return subject.in_force(month) and subject.in_force(next_month(month) - timedelta(days=1))


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, ...]:
    """MONTHS, WEATHER, DAYS, USED, PERIODS of whole months."""
    today = now.astimezone(CST).date()
    since = (today - look_back).replace(day=1)
    works = list(Works.objects.order_by("code"))
    months, rules = months_between(since, today.replace(day=1)), rules_on(today)
    days = read_days(works, since, today, now).days
    periods = [
        (w.code, m, next_month(m), today, w.kind != Works.Kind.TOWN)
        for w in works
        for m in months
        if _all_month(w, m)
    ]
    codes = [w.code for w in works]
    return (
        monthly(days, terms_of(codes), today, rules),
        by_weather(marked(days, rules), rules),
        days,
        used_of(codes, months),
        pl.DataFrame(periods, PERIODS, orient="row"),
    )
