"""How every outlet stands now, with its last hour: over the limit, likely to be, offline, out of control (失控), marked,
normal, stopped."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.emissions.checks.limits import likely_hour
from bihuan.domain.emissions.compliance import over_hours
from bihuan.domain.emissions.tables import POLLUTANTS, Stacks
from bihuan.domain.outlets.marks import STOP_CODES
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.observed import Seen, seen

OVER, LIKELY, OFFLINE, LOST, MARKED, NORMAL, STOPPED = (
    "over", "likely", "offline", "lost", "marked", "normal", "stopped",
)  # fmt: skip
STATES = {
    OVER: "超标", LIKELY: "可能超标", OFFLINE: "离线", LOST: "失控", MARKED: "标记中", NORMAL: "正常", STOPPED: "停运",
}  # fmt: skip
TONES = {
    OVER: "bad",
    LIKELY: "warn",
    OFFLINE: "warn",
    LOST: "warn",
    MARKED: "accent",
    NORMAL: "good",
    STOPPED: "",
}
SILENT = timedelta(hours=1)
LEAST_BACK = timedelta(hours=3)


@dataclass(frozen=True)
class Value:
    """A pollutant of the last complete hour: what a limit judges, measured beside, and the limits [mg/m³]."""

    item: str
    value: float | None
    measured: float | None
    limit: float | None
    ultra_low: float | None
    flag: str
    early: bool = False
    """The limit judges the day, so that an hour above it is only an early notice (sewage)."""

    @property
    def tone(self) -> str:
        """The class of the number: what does not count is dim."""
        if self.flag != "N" or self.value is None:
            return "dim"
        if self.limit and self.value > self.limit:
            return "warn" if self.early else "bad"
        return "warn" if self.ultra_low and self.value > self.ultra_low else ""


@dataclass(frozen=True)
class Standing:
    """An outlet now. `hour`: start of the last complete hour with data; `valid` of the `owed` hours of today, without stops."""

    outlet: Outlet
    state: str
    heard: datetime | None
    hour: datetime | None
    values: tuple[Value, ...]
    valid: int
    owed: int
    mark: str = ""

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]

    @property
    def columns(self) -> list[Value | None]:
        """One place per pollutant, None where the outlet has no limit for it."""
        by_item = {v.item: v for v in self.values}
        return [by_item.get(p) for p in MEDIA[self.outlet.kind].pollutants]

    @property
    def tone(self) -> str:
        """The state's tag class."""
        return TONES[self.state]


def day_of(now: datetime) -> datetime:
    """The beginning of the local day."""
    return now.astimezone(CST).replace(hour=0, minute=0, second=0, microsecond=0)


def in_order(rows: Collection[Standing]) -> list[Standing]:
    """The worst first."""
    order = list(STATES)
    return sorted(rows, key=lambda s: (order.index(s.state), s.outlet.emitter_id, s.outlet.code))


def standings(outlets: Collection[Outlet], now: datetime) -> list[Standing]:
    """How stacks stand at `now`, by what had been received by then."""
    codes = [o.code for o in outlets]
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    day = min(day_of(now), now - LEAST_BACK).replace(minute=0)
    data = seen(codes, day, this_hour + HOUR, now)
    limits = register.limits_table(codes)
    complete = data.hours.filter(pl.col("start") < this_hour)
    last = complete.sort("start").unique("site", keep="last", maintain_order=True)
    over = over_hours(last.filter(pl.col("start") == this_hour - HOUR), data.outlets, limits)["site"]
    look = Stacks(
        now, data.outlets, data.minutes, data.hours, limits, marks=data.marks, uncontrolled=data.uncontrolled
    )
    likely = likely_hour(look)["target"]
    heard = pairs(data.minutes.group_by("site").agg(pl.col("received").max()))
    marks = marks_at(data, now)
    # A period that goes on ends at the moment of the look.
    lost = set(data.uncontrolled.filter(pl.col("until") >= now)["site"])
    known = {r["site"]: r for r in last.iter_rows(named=True)}
    valid = valid_today(complete, day_of(now), POLLUTANTS)
    stopped = stopped_today(complete, day_of(now), POLLUTANTS)
    ended = int((this_hour - day_of(now)) / HOUR)
    in_force = {start: limits_on(limits, start) for start in {r["start"] for r in known.values()}}
    made = []
    for outlet in outlets:
        code, row = outlet.code, known.get(outlet.code)
        judged = (
            OVER if code in set(over) else LIKELY if code in set(likely) else LOST if code in lost else None
        )
        state = state_of(row, heard.get(code), marks.get(code, ()), judged, now, POLLUTANTS)
        values = _values(row, outlet, in_force[row["start"]]) if row else ()
        hour = row["start"] if row else None
        owed = ended - stopped.get(code, 0)
        mark = "、".join(marks.get(code, ()))
        made.append(Standing(outlet, state, heard.get(code), hour, values, valid.get(code, 0), owed, mark))
    return in_order(made)


def pairs(frame: pl.DataFrame) -> dict[Any, Any]:
    """Two columns as a dictionary."""
    return dict(frame.iter_rows())


def marks_at(data: Seen, now: datetime) -> dict[str, tuple[str, ...]]:
    """The codes of the marks that cover a moment, by outlet."""
    covering = data.marks.filter(pl.col("start") <= now, pl.col("until") > now)
    return {s: tuple(codes) for s, codes in covering.group_by("site").agg("code").iter_rows()}


def valid_today(hours: pl.DataFrame, day: datetime, pollutants: Sequence[str]) -> dict[str, int]:
    """Hours of today in which every pollutant that the outlet measures is valid."""
    measured = [(pl.col(p).is_null() & (pl.col(f"n_{p}") == 0)) | pl.col(f"valid_{p}") for p in pollutants]
    some = pl.any_horizontal(f"valid_{p}" for p in pollutants)
    today = hours.filter(pl.col("start") >= day, some, *measured)
    return pairs(today.group_by("site").agg(pl.len()))


def stopped_today(hours: pl.DataFrame, day: datetime, pollutants: Sequence[str]) -> dict[str, int]:
    """Hours of today in which nothing is valid and some pollutant's flag says that the source stood still."""
    none = ~pl.any_horizontal(f"valid_{p}" for p in pollutants)
    still = pl.any_horizontal(pl.col(f"{p}_flag") == "F" for p in pollutants)
    return pairs(hours.filter(pl.col("start") >= day, none, still).group_by("site").agg(pl.len()))


def state_of(
    row: dict[str, Any] | None,
    heard: datetime | None,
    marks: tuple[str, ...],
    judged: str | None,
    now: datetime,
    pollutants: Sequence[str],
) -> str:
    """row: the last complete hour; judged: over, likely or out of control, where one of them is so."""
    if any(code in STOP_CODES for code in marks):
        return STOPPED
    if heard is None or now - heard > SILENT:
        return OFFLINE
    if marks:
        return MARKED
    if judged:
        return judged
    flags = {row[f"{p}_flag"] for p in pollutants if row[f"n_{p}"] or row[f"{p}_flag"] != "B"} if row else ()
    return STOPPED if flags == {"F"} else NORMAL


def limits_on(limits: pl.DataFrame, moment: datetime) -> dict[tuple[str, str, bool], float]:
    """(outlet, item, ultra-low) -> the strictest hourly limit in force."""
    day = moment.astimezone(CST).date()
    until = pl.col("valid_until")
    rows = limits.filter(
        pl.col("period") == "hour", pl.col("valid_from") <= day, until.is_null() | (until > day)
    )
    rows = rows.group_by("site", "item", "ultra_low").agg(pl.col("limit").min())
    return {(s, i, u): v for s, i, u, v in rows.iter_rows()}


def _values(
    row: dict[str, Any], outlet: Outlet, limits: dict[tuple[str, str, bool], float]
) -> tuple[Value, ...]:
    found = []
    for p in POLLUTANTS:
        limit, ultra_low = (limits.get((outlet.code, p, u)) for u in (False, True))
        if limit is None and ultra_low is None:
            continue
        value = row[p] if outlet.ref_o2 is None else row[f"{p}_zs"]
        found.append(Value(p, value, row[p], limit, ultra_low, row[f"{p}_flag"]))
    return tuple(found)
