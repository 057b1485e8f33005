"""What pages of figures are asked: how to group, which cases by the day on which they entered the ledger, as of which moment."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

import polars as pl
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion, day_of
from bihuan.cases import statistics
from bihuan.cases.deadlines import DAY, end_of_day, local_day
from bihuan.cases.models import Case, Level, Step
from bihuan.domain.timeaxis import CST, parse_moment
from bihuan.registry.access import Asked, scope_of, visible
from bihuan.registry.models import Person
from bihuan.scenarios.catalogue import every_check

BY = (
    ("region", "区划"), ("unit", "承办单位"), ("handler", "经办人"), ("level", "级别"), ("source", "问题来源"),
    ("check", "问题类型"),
)  # fmt: skip
PERIODS = (("all", "全部"), ("month", "本月"), ("last", "上月"), ("quarter", "本季"), ("year", "本年"))
ASKED = ("by", "period", "from", "to", "as_of", "group", "count")
"""What the address of the cases behind a number says."""
NONE = "—"
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Question:
    """How to group, which days (None: open), and the cut-off: later steps do not count. now: nobody asked for a past one."""

    by: str
    period: str
    first: date | None
    last: date | None
    as_of: datetime
    now: bool = True

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The cases that entered the ledger within the days."""
        entered = pl.col("entered")
        after = entered >= end_of_day(self.first - DAY).timestamp() if self.first else pl.lit(True)
        return rows.filter(
            after & (entered < end_of_day(self.last).timestamp() if self.last else pl.lit(True))
        )

    @property
    def before(self) -> "Question":
        """The same a span earlier; of all days, a week earlier."""
        if not self.first:
            return replace(self, as_of=self.as_of - WEEK, now=False)
        last = self.last or local_day(self.as_of)
        span = last - self.first + DAY
        return replace(self, first=self.first - span, last=last - span, as_of=self.as_of - span, now=False)

    @property
    def as_of_text(self) -> str:
        """The cut-off as its field has it."""
        return f"{self.as_of.astimezone(CST):%Y-%m-%dT%H:%M}"


def asked(request: Asked) -> Question:
    """Raises BadQuestion for a period, a grouping or a moment that cannot be meant."""
    now = clock.now().replace(second=0, microsecond=0)
    by, period = request.GET.get("by", "region"), request.GET.get("period", "all")
    if by not in dict(BY) or period not in dict(PERIODS):
        raise BadQuestion(_("没有这种分组或时段，请从统计页进入"))
    as_of = _moment(request.GET.get("as_of", ""), now)
    first, last = _span(period, local_day(as_of))
    try:
        first = day_of(request.GET["from"]) if request.GET.get("from") else first
        last = day_of(request.GET["to"]) if request.GET.get("to") else last
    except ValueError as error:
        raise BadQuestion(_("起止日期写成 2019-01-18 的样子")) from error
    if first and last and first > last:
        raise BadQuestion(_("起始日期晚于截止日期"))
    return Question(by, period, first, last, as_of, as_of == now)


def _moment(text: str, now: datetime) -> datetime:
    if not text:
        return now
    try:
        moment = parse_moment(text)
    except ValueError as error:
        raise BadQuestion(_("截至时刻写成 2019-01-18T12:00 的样子")) from error
    if moment > now:
        raise BadQuestion(_("截至时刻还没有到"))
    return moment


def _span(period: str, today: date) -> tuple[date | None, date | None]:
    match period:
        case "month":
            return today.replace(day=1), today
        case "last":
            end = today.replace(day=1) - timedelta(days=1)
            return end.replace(day=1), end
        case "quarter":
            return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today
        case "year":
            return today.replace(month=1, day=1), today
    return None, None


def marks_for(person: Person, as_of: datetime) -> pl.DataFrame:
    """The marks of the cases that the person may see, with labels of groups for their keys."""
    newest = Step.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    return _folded(person.pk, tuple(p.pk for p in scope_of(person).posts), newest, as_of)


@lru_cache(maxsize=8)
def _folded(person: int, posts: tuple[int, ...], newest_step: int, as_of: datetime) -> pl.DataFrame:
    """A hundred thousand cases take half a second; nothing changes without a new step or post."""
    seen = visible(Case.objects.all(), Person.objects.get(pk=person))
    labels = {
        "level": dict(Level.choices),
        "source": dict(Case.Source.choices),
        "check": {e.check.key: e.check.title for e in every_check()},
    }
    rows = statistics.marks(seen, as_of).with_columns(
        pl.col(key).replace({k: str(v) for k, v in names.items()}) for key, names in labels.items()
    )
    return rows.with_columns(pl.col(key).replace("", NONE) for key, _title in BY)
