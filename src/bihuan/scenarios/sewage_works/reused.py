"""The balance of reused water over a span: of each works that makes some or has users, of all together, and by user."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from bihuan.domain.sewage.works.reuse import Balance, balance
from bihuan.domain.sewage.works.rules import Goal, goals_on
from bihuan.domain.timeaxis import next_month
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.sewage_works.inputs import used_of
from bihuan.scenarios.sewage_works.models import User, Works
from bihuan.scenarios.sewage_works.spans import Span
from bihuan.scenarios.sewage_works.view import gathered, works_seen


@dataclass(frozen=True)
class OfUser:
    """A user over the span. used: m³ of the months with a figure, None without any; missing: months without one.

    agreed: m³ by contract, None without one. share: of what its works gave, None where either is not known.
    """

    user: User
    used: float | None
    missing: tuple[date, ...]
    agreed: float | None
    share: float | None


@dataclass(frozen=True)
class OfWorks:
    """A works with its balance and its users."""

    works: Works
    found: Balance
    users: tuple[OfUser, ...]


@dataclass(frozen=True)
class Reuse:
    """All that a person may see. whole: of all works that have a figure of sewage, so that the rate is that of the city."""

    span: Span
    rows: tuple[OfWorks, ...]
    whole: Balance
    goal: Goal | None
    simulated: bool


def reuse_of(person: Person, span: Span) -> Reuse:
    """The months of the span that are over: users say how much after the end of a month."""
    works, months = list(works_seen(person)), span.months
    found = gathered(works, span.start, span.until).months.filter(pl.col("month").is_in(months))
    used = used_of([w.code for w in works], months)
    users = list(visible(User.objects.filter(works__in=works).select_related("organisation"), person))
    rows = tuple(_of_works(w, found, used, [u for u in users if u.works_id == w.code]) for w in works)
    return Reuse(
        span, tuple(r for r in rows if r.users or r.found.made is not None or r.found.sent is not None), balance(found, used),
        goals_on(span.start).get("reuse"), any(w.simulated for w in works),
    )  # fmt: skip


def _of_works(works: Works, months: pl.DataFrame, used: pl.DataFrame, users: Sequence[User]) -> OfWorks:
    mine = used.filter(pl.col("works") == works.code)
    found = balance(months.filter(pl.col("works") == works.code), mine)
    return OfWorks(
        works, found, tuple(_of_user(u, mine.filter(pl.col("user") == u.code), found.given) for u in users)
    )


def _of_user(user: User, used: pl.DataFrame, given: float | None) -> OfUser:
    known = used.filter(pl.col("volume").is_not_null())
    volume = float(known["volume"].sum()) if known.height else None
    days = sum((next_month(month) - month).days for month in used["month"])
    return OfUser(
        user, volume, tuple(used.filter(pl.col("volume").is_null())["month"].sort()),
        user.contracted * days if user.contracted is not None else None, volume / given if volume is not None and given else None,
    )  # fmt: skip
