"""What is told of the sources of a region over a month or a year: gathered for pages, the Word report and the workbook."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet

from bihuan import clock
from bihuan.archive.observations import Asked as AskedOf
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.models import Answer
from bihuan.kit.spans import span_asked
from bihuan.registry.access import visible
from bihuan.registry.hours import archive
from bihuan.registry.models import Person, Region, prefix_of
from bihuan.registry.subjects import there_on
from bihuan.scenarios.drinking_water.models import Source
from bihuan.scenarios.drinking_water.quality import PERIODS, Rates, Verdict, judge, limits_of, rates
from bihuan.scenarios.drinking_water.scoring import Score, score_of

FORM = "source_check"


@dataclass(frozen=True)
class Span:
    """A month or a year of the clock of China; `end` is the first day after it."""

    text: str
    start: date
    end: date


def span_of(text: str) -> Span:
    """`2019` or `2019-02`; without a text the year that runs, or while nothing of it was measured the one before.

    Raises BadQuestion.
    """
    if not text:
        year = clock.now().astimezone(CST).year
        text = f"{year if _measured_since(date(year, 1, 1)) else year - 1}"
    return Span(text, *span_asked(text))


def _measured_since(day: date) -> bool:
    codes = list(Source.objects.values_list("code", flat=True))
    asked = AskedOf(codes, None, PERIODS, datetime.combine(day, time(), CST), None, clock.now())
    return not codes or not archive().observations.read(asked, ("site",)).head(1).collect().is_empty()


def sources_of(person: Person, region: Region | None = None) -> QuerySet[Source]:
    """The sources in use today that a person may see, of a region where one is given."""
    day = clock.now().astimezone(CST).date()
    rows = visible(Source.objects.filter(there_on(day)).select_related("region", "organisation"), person)
    return rows.filter(region__code__startswith=prefix_of(region.code)) if region else rows


def verdicts_of(sources: Sequence[Source], span: Span) -> dict[str, Verdict]:
    """What the water of some sources was over a span, as known at the clock."""
    kinds = {source.code: source.kind for source in sources}
    if not kinds:
        return {}
    codes = {code for kind in set(kinds.values()) for code in limits_of(kind)}
    begin, end = (datetime.combine(day, time(), CST) for day in (span.start, span.end))
    asked = AskedOf(list(kinds), codes, PERIODS, begin, end, clock.now())
    columns = ("site", "quantity", "start", "value", "flag")
    return judge(archive().observations.read(asked, columns).collect(), kinds)


def newest_answers(sources: Iterable[Source], span: Span) -> Mapping[str, Answer]:
    """The newest inspection of each source within a span, by its code."""
    end = min(datetime.combine(span.end, time(), CST), clock.now())
    begin = datetime.combine(span.start, time(), CST)
    rows = Answer.objects.filter(
        form__form=FORM, target__in=[s.code for s in sources], at__gte=begin, at__lte=end
    )
    return {answer.target: answer for answer in rows.select_related("by", "form").order_by("at", "pk")}


@dataclass(frozen=True)
class Told:
    """One source over a span."""

    source: Source
    verdict: Verdict
    answer: Answer | None
    score: Score


@dataclass(frozen=True)
class Whole:
    """The sources of a region over a span, and their rates."""

    span: Span
    rows: tuple[Told, ...]
    rates: Rates

    @property
    def unmeasured(self) -> list[Source]:
        """Sources without a value that can be judged."""
        return [row.source for row in self.rows if row.source.code in self.rates.unmeasured]

    @property
    def unweighed(self) -> list[Source]:
        """Sources that were judged but have no quantity registered."""
        return [row.source for row in self.rows if row.source.code in self.rates.unweighed]


def whole_of(person: Person, span: Span, region: Region | None = None) -> Whole:
    """Everything that a person may see of a region. Sources that are only planned supply nothing and are left out."""
    sources = list(sources_of(person, region).exclude(state=Source.State.PLANNED))
    verdicts, answers = verdicts_of(sources, span), newest_answers(sources, span)
    rows = [
        Told(s, verdicts[s.code], answers.get(s.code), score_of(verdicts[s.code], answers.get(s.code)))
        for s in sources
    ]
    return Whole(span, tuple(rows), rates(verdicts, {s.code: s.quantity for s in sources}))
