"""How every outlet stands now, with its last hour: over the limit, likely to be, offline, out of control (失控), marked,
normal, stopped."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from bihuan.domain.outlets.marks import STOP_CODES
from bihuan.domain.timeaxis import CST, HOUR, INSTANT
from bihuan.scenarios.plant_emissions.models import Outlet

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
    def beside(self) -> float | None:
        """The limit that is shown beside it: that of ultra-low emission only where there is no other."""
        return self.limit or self.ultra_low

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
    """An outlet now. `hour`: start of the last complete hour with data; `valid` of the `owed` hours of today since it is connected, without stops."""

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


def pairs(frame: pl.DataFrame) -> dict[Any, Any]:
    """Two columns as a dictionary."""
    return dict(frame.iter_rows())


def marks_at(marks: pl.DataFrame, now: datetime) -> dict[str, tuple[str, ...]]:
    """The codes of the marks that cover a moment, by outlet."""
    covering = marks.filter(pl.col("start") <= now, pl.col("until") > now)
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


def _since(hours: pl.DataFrame, begun: Mapping[str, datetime]) -> pl.DataFrame:
    """The hours of each outlet from a moment of its own on: those before it was connected are owed by nobody."""
    first = pl.col("site").replace_strict(dict(begun), default=None, return_dtype=INSTANT)
    return hours.filter(pl.col("start") >= first)


@dataclass(frozen=True)
class Look:
    """What a look at outlets at `now` shows of all media: today's complete hours, and what covers the moment.

    hours: complete ones; the last of each outlet is its `row`. over, likely, lost: outlets of which that is so.
    """

    now: datetime
    hours: pl.DataFrame
    minutes: pl.DataFrame
    marks: pl.DataFrame
    uncontrolled: pl.DataFrame
    pollutants: Sequence[str]
    over: Collection[str]
    likely: Collection[str]

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The last complete hour of each outlet."""
        last = self.hours.sort("start").unique("site", keep="last", maintain_order=True)
        return {r["site"]: r for r in last.iter_rows(named=True)}

    @cached_property
    def heard(self) -> dict[str, datetime]:
        """When something came from each outlet's logger at last."""
        return pairs(self.minutes.group_by("site").agg(pl.col("received").max()))

    @cached_property
    def lost(self) -> set[str]:
        """Outlets out of control: a period that goes on ends at the moment of the look."""
        return set(self.uncontrolled.filter(pl.col("until") >= self.now)["site"])

    def standings(
        self,
        outlets: Collection[Outlet],
        values_of: Callable[[dict[str, Any], Outlet], tuple[Value, ...]],
        heard_by: Callable[[dict[str, Any] | None], datetime | None] = lambda row: None,
    ) -> list[Standing]:
        """How outlets stand, the worst first. values_of: of an outlet's last hour; heard_by: what an hour says of it."""
        marks = marks_at(self.marks, self.now)
        day = day_of(self.now)
        begun = {o.code: max(day, o.since.replace(minute=0, second=0, microsecond=0)) for o in outlets}
        hours = _since(self.hours, begun)
        valid = valid_today(hours, day, self.pollutants)
        stopped = stopped_today(hours, day, self.pollutants)
        made = []
        for outlet in outlets:
            code, row = outlet.code, self.rows.get(outlet.code)
            heard, codes = self.heard.get(code), marks.get(code, ())
            state = state_of(
                row, heard or heard_by(row), codes, self._judged(code), self.now, self.pollutants
            )
            values = values_of(row, outlet) if row else ()
            hour = row["start"] if row else None
            owed = max(int((self.now - begun[code]) / HOUR), 0) - stopped.get(code, 0)
            made.append(
                Standing(outlet, state, heard, hour, values, valid.get(code, 0), owed, "、".join(codes))
            )
        return in_order(made)

    def _judged(self, code: str) -> str | None:
        judged = ((OVER, self.over), (LIKELY, self.likely), (LOST, self.lost))
        return next((state for state, codes in judged if code in codes), None)


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
