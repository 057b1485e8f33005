"""The calendar of validity: what every hour of a month of an outlet is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from bihuan import asked
from bihuan.domain.outlets.hours import NO_DATA, whole_hours
from bihuan.domain.outlets.marks import STOP_CODES
from bihuan.domain.outlets.quality_control import OUT_OF_CONTROL
from bihuan.domain.timeaxis import CST, HOUR, day_start
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.hour_cache import hours_of
from bihuan.scenarios.plant_emissions.media import medium_of
from bihuan.scenarios.plant_emissions.models import Outlet

VALID, INVALID, LOST, MARKED, MISSING, STOPPED, FUTURE = (
    "valid",
    "invalid",
    "lost",
    "marked",
    "missing",
    "stopped",
    "future",
)
TITLES = {VALID: "有效", INVALID: "无效", LOST: "失控", MARKED: "标记", MISSING: "缺失", STOPPED: "停运"}
FLAGS = {"D": "故障", "C": "校准", "M": "维护", "T": "超量程", "S": "手工", "B": "缺数", "F": "停运"}


@dataclass(frozen=True)
class Cell:
    """An hour: its state, the letter that is shown, its mark and the flag that made it invalid."""

    start: datetime
    state: str
    letter: str = ""
    mark: str = ""
    flag: str = ""

    @property
    def said(self) -> str:
        """In words."""
        flag = FLAGS.get(self.flag, self.flag) if self.state == INVALID else ""
        why = "、".join(_(x) for x in (*self.mark.split(","), flag) if x)
        said = _(TITLES.get(self.state, ""))
        return f"{said} ({why})" if why else said


def following(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=32)).replace(day=1)


def calendar(
    outlet: Outlet, items: Iterable[str], month: date, now: datetime
) -> list[tuple[date, list[Cell]]]:
    """Days of a month, each with 24 cells; hours that have not ended or were before the outlet's `since` are empty."""
    code, since = outlet.code, outlet.since
    named = list(items) or list(medium_of(outlet).pollutants)
    first, end = day_start(month), day_start(following(month))
    until = min(end, now.replace(minute=0, second=0, microsecond=0))
    begin = max(first, since.replace(minute=0, second=0, microsecond=0))
    cells: dict[datetime, Cell] = {}
    if begin < until:
        marks = register.marks_table([code], begin, until, now)
        rows = hours_of(medium_of(outlet), [code], begin, until, now)
        hours = whole_hours(rows, [code], marks, since=begin, until=until)
        cells = {r["start"]: _cell(r, named) for r in hours.iter_rows(named=True)}
    days = [month + timedelta(days=n) for n in range((following(month) - month).days)]
    return [(d, [_at(cells, day_start(d) + n * HOUR) for n in range(24)]) for d in days]


def _at(cells: dict[datetime, Cell], start: datetime) -> Cell:
    return cells.get(start, Cell(start, FUTURE))


def _cell(row: dict[str, object], items: list[str]) -> Cell:
    start, mark = row["start"], str(row["mark"] or "")
    assert isinstance(start, datetime)
    flags = [str(row[f"{p}_flag"]) for p in items]
    worst = next((f for f in flags if f != "N"), "N")
    if any(code in STOP_CODES for code in mark.split(",")) or worst == "F":
        return Cell(start, STOPPED, _("停"), mark, worst)
    if mark:
        return Cell(start, MARKED, _("标"), mark, worst)
    if all(row[f"valid_{p}"] for p in items):
        return Cell(start, VALID)
    if worst == NO_DATA and all(row[p] is None for p in items):
        return Cell(start, MISSING, _("缺"), mark, worst)
    if OUT_OF_CONTROL in flags:
        return Cell(start, LOST, _("控"), mark, OUT_OF_CONTROL)
    return Cell(start, INVALID, worst, mark, worst)


def month_of(text: str, now: datetime) -> date:
    """`2019-02` as its first day; the running month for anything else."""
    try:
        return asked.month_of(text)
    except ValueError:
        return now.astimezone(CST).date().replace(day=1)


def counts(days: list[tuple[date, list[Cell]]]) -> list[tuple[str, str, int]]:
    """(state, title, how many hours)."""
    cells = [c.state for _, row in days for c in row]
    return [(state, title, cells.count(state)) for state, title in TITLES.items()]
