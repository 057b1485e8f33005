"""What is told of works: a month of all of them, and one works over a year; gathered for pages and files, as known at the clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import QuerySet

from bihuan import clock
from bihuan.domain.sewage.works.dilution import diluted
from bihuan.domain.sewage.works.months import monthly
from bihuan.domain.sewage.works.rules import Rules, rules_on
from bihuan.domain.sewage.works.weather import by_weather, marked
from bihuan.domain.timeaxis import next_month
from bihuan.kit.spans import today
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on
from bihuan.scenarios.sewage_works.grades import Kept, grades, kept
from bihuan.scenarios.sewage_works.inputs import terms_of
from bihuan.scenarios.sewage_works.models import Term, Works
from bihuan.scenarios.sewage_works.reading import Read, read_days
from bihuan.scenarios.sewage_works.spans import Span

MONTHS_SHOWN = 13
"""Of one works: a year, and the month of the year before that is compared with."""
Row = Mapping[str, Any]


def works_seen(person: Person) -> QuerySet[Works]:
    """The works in use today that a person may see."""
    rows = Works.objects.filter(there_on(today())).select_related("region", "organisation", "reach__river")
    return visible(rows.order_by("region_id", "code"), person)


@dataclass(frozen=True)
class Gathered:
    """Some works over a span: days, MONTHS, WEATHER with its dilution, and the rules of the span's end."""

    read: Read
    months: pl.DataFrame
    weather: pl.DataFrame
    days: pl.DataFrame
    rules: Rules

    def month(self, code: str, first: date) -> Row:
        """What is known of a works in a month: its rows of MONTHS and WEATHER together; empty for nothing."""
        one = (pl.col("works") == code) & (pl.col("month") == first)
        rows = [frame.filter(one).to_dicts() for frame in (self.months, self.weather)]
        return {name: value for row in rows for one in row for name, value in one.items()}


def gathered(works: Sequence[Works], since: date, until: date) -> Gathered:
    """Everything of some works in [since, until)."""
    read, rules = read_days(works, since, until, clock.now()), rules_on(until)
    days = marked(read.days, rules)
    months = monthly(read.days, terms_of(w.code for w in works), until, rules)
    return Gathered(read, months, diluted(by_weather(days, rules), rules), days, rules)


@dataclass(frozen=True)
class Line:
    """A works in a month. found: its figures, empty where nothing was reported; effluent: what its days say of its grade."""

    works: Works
    found: Row
    effluent: tuple[Kept, ...]
    rain: str
    low_bod: float

    @property
    def thin(self) -> bool:
        """Is the BOD5 of the influent of an urban works below what is asked for?"""
        bod = self.found.get("in_bod")
        return bod is not None and bod < self.asked

    @property
    def asked(self) -> float:
        """The BOD5 [mg/L] below which the influent is too thin; 0 of a works of a town, which is not asked for any."""
        return 0.0 if self.works.kind == Works.Kind.TOWN else self.low_bod

    @property
    def over(self) -> int | None:
        """Days on which the effluent was beyond its grade, the worst item; None where nothing was measured or no grade is known."""
        return max((k.over for k in self.effluent), default=None)


def line_of(works: Works, all_of: Gathered, first: date) -> Line:
    """One works in a month of what was gathered."""
    grade = grades().get(works.grade)
    mine = all_of.read.of(works.code).filter(pl.col("date").dt.truncate("1mo") == first)
    return Line(
        works, all_of.month(works.code, first), tuple(kept(mine, grade)) if grade else (),
        all_of.read.rain.get(works.code, "none"), all_of.rules.low_bod,
    )  # fmt: skip


def lines_of(works: Iterable[Works], span: Span) -> list[Line]:
    """Some works in a month."""
    some = list(works)
    all_of = gathered(some, span.start, span.until)
    return [line_of(w, all_of, span.start) for w in some]


@dataclass(frozen=True)
class Story:
    """One works over a year. ribbon: (month, its figures), the oldest first; term: what holds today, None where nothing is registered."""

    line: Line
    ribbon: tuple[tuple[date, Row], ...]
    days: pl.DataFrame
    term: Term | None
    rules: Rules


def story_of(works: Works, span: Span) -> Story:
    """The works in the month asked for and the twelve before."""
    first = span.start
    since = next_month(first, -12)
    all_of = gathered([works], since, span.until)
    firsts = [next_month(first, n - 12) for n in range(MONTHS_SHOWN)]
    ribbon = tuple((month, all_of.month(works.code, month)) for month in firsts)
    day = today()
    term = next(
        (
            t
            for t in works.terms.order_by("-valid_from")
            if t.valid_from <= day and (t.valid_until is None or day < t.valid_until)
        ),
        None,
    )
    return Story(line_of(works, all_of, first), ribbon, all_of.days, term, all_of.rules)
