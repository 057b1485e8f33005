"""The amounts of a month hour by hour: what a line of the ledger is the sum of, each hour leading to its packets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.outlets.substitution import IDLE, MEASURED, MISSING, SUBSTITUTED
from bihuan.domain.timeaxis import CST, HOUR, day_start
from bihuan.scenarios.plant_emissions.items import LABELS, UNITS
from bihuan.scenarios.plant_emissions.medium import Medium
from bihuan.scenarios.plant_emissions.validity import following

_REPLACED = re.compile(r"(?:c(?P<c>\d+))?(?:q(?P<q>\d+))?")
TITLES = {MEASURED: "实测", SUBSTITUTED: "替代", MISSING: "无法计量", IDLE: "停运"}


@dataclass(frozen=True)
class Amount:
    """An hour: its amount [kg], where it comes from, and in words."""

    start: datetime
    kg: float | None
    basis: str

    @property
    def state(self) -> str:
        """The basis without the length of its window."""
        return self.basis.partition(":")[0]

    @property
    def said(self) -> str:
        """In words; of a substitute, how many valid hours were looked back at, and of sewage also what was replaced."""
        window = self.basis.partition(":")[2]
        replaced = _REPLACED.fullmatch(window)
        if window and replaced:
            names = (("c", _("浓度")), ("q", _("流量")))
            parts = [(name, replaced[key]) for key, name in names if replaced[key]]
            back = "，".join(
                _("%(what)s取此前 %(n)s 个有效小时的均值") % {"what": w, "n": n} for w, n in parts
            )
        else:
            back = _("此前 %(n)s 个有效小时的最大值") % {"n": window}
        text = _(TITLES[self.state])
        return f"{text} ({back})" if window else text


@dataclass(frozen=True)
class Day:
    """A day: its hours (None: not owed or not over yet) and its sum [kg]."""

    day: date
    hours: list[Amount | None]

    @property
    def kg(self) -> float | None:
        """What is known of the day."""
        known = [h.kg for h in self.hours if h is not None and h.kg is not None]
        return sum(known) if known else None


def days_of(amounts: pl.DataFrame, item: str, month: date) -> list[Day]:
    """AMOUNTS of an outlet's month -> its days, for one pollutant."""
    rows = amounts.select("start", f"{item}_kg", f"{item}_kg_basis").iter_rows()
    found = {start: Amount(start, kg, basis) for start, kg, basis in rows}
    return [Day(d, [found.get(day_start(d) + n * HOUR) for n in range(24)]) for d in _days(month)]


def _days(month: date) -> Iterator[date]:
    for n in range((following(month) - month).days):
        yield month + timedelta(days=n)


def counts(days: list[Day]) -> list[tuple[str, str, int, float]]:
    """(state, title, hours, kg) of each basis."""
    hours = [h for d in days for h in d.hours if h is not None]
    return [
        (s, title, sum(h.state == s for h in hours), sum(h.kg or 0.0 for h in hours if h.state == s))
        for s, title in TITLES.items()
    ]


def as_rows(amounts: pl.DataFrame, items: list[str], medium: Medium) -> list[dict[str, Any]]:
    """The hours as a sheet of a workbook."""
    return [_row(r, items, medium) for r in amounts.iter_rows(named=True)]


def _row(r: dict[str, Any], items: list[str], medium: Medium) -> dict[str, Any]:
    row: dict[str, Any] = {
        "小时": r["start"].astimezone(CST).strftime("%Y-%m-%d %H:%M"),
        "标记": r["mark"] or "",
    }
    for p in items:
        basis = Amount(r["start"], None, r[f"{p}_kg_basis"])
        row |= {
            f"{LABELS[p]} kg": r[f"{p}_kg"],
            f"{LABELS[p]}来源": basis.said,
            f"{LABELS[p]}实测 {medium.unit}": r[p],
            f"{LABELS[p]}有效分钟": r[f"n_{p}"],
        }
    row |= {f"{LABELS[medium.flow]} {UNITS[medium.flow]}": r[medium.flow]}
    return row | ({"水量 m³": r["volume"]} if "volume" in r else {})
