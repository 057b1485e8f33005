"""An alarm rule (告警规则): what stands between what a check finds and what people see. Pure: the table of findings in and out.

Terms as in alarm management of process plants (IEC 62682, EEMUA 191): delays and dead band keep what flickers away, windows
silence what is known, severity rises with duration. Nothing here changes a row's own numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.checks import SEVERITIES
from bihuan.domain.timeaxis import CST

KEY = ("target_kind", "target", "item")
PLACES = pl.Schema(
    {"target_kind": pl.String(), "target": pl.String(), "region": pl.String(), "organisation": pl.String()}
)
"""Where targets lie and whose they are, by their codes; empty where the register does not know."""
WEEK = timedelta(days=7)
SCOPES = ("all", "target", "region", "organisation")


@dataclass(frozen=True)
class Window:
    """From `since` until `until` (exclusive) nothing of what `scope` and `key` name is shown; `weekly`: every week from then on.

    scope: all, a target by its code, what lies in a region (key: the prefix of its code), or an organisation.
    """

    scope: str
    key: str
    since: datetime
    until: datetime
    reason: str
    weekly: bool = False


@dataclass(frozen=True)
class Rule:
    """What is set for one check; as it is made here it changes nothing.

    parameters: of the check, that are other than it says. delay_on: a problem that lasts less is not shown [min];
    delay_off: a pause that is no longer does not end it [min]. least: its size from which it is shown, while it goes on
    above the check's own threshold (the difference is the dead band). worse_after: after so many hours it is this severe.
    duty: hours of the local day [from, to) in which it is shown first; what is serious or worse is shown at any time.
    """

    parameters: Mapping[str, float] = field(default_factory=dict)
    delay_on: float = 0.0
    delay_off: float = 0.0
    least: float | None = None
    worse_after: Mapping[float, str] = field(default_factory=dict)
    duty: tuple[int, int] | None = None
    windows: tuple[Window, ...] = ()


NO_RULE = Rule()


def shaped(
    found: pl.DataFrame, rule: Rule, severity: str, places: pl.DataFrame, now: datetime
) -> pl.DataFrame:
    """FINDINGS of a check of this severity -> those that the rule shows at `now`, with their `severity`."""
    rows = _without_flicker(found, rule).with_columns(severity=_severity(rule, severity))
    rows = rows.filter(~silenced(rows, rule.windows, places))
    if rule.duty is not None and not on_duty(rule.duty, now):
        rows = rows.filter(pl.col("severity").is_in(SEVERITIES[2:]))
    return rows.drop("_length")


def on_duty(duty: tuple[int, int], now: datetime) -> bool:
    """Does the local hour lie in [from, to)? From 20 to 6 is the night."""
    first, last = duty
    hour = now.astimezone(CST).hour
    return first <= hour < last if first < last else hour >= first or hour < last


def _without_flicker(found: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Rows of problems that last and are large enough; a problem is its rows with pauses up to `delay_off` between them."""
    pause = timedelta(minutes=rule.delay_off)
    rows = found.sort(*KEY, "start")
    reach = pl.col("until").cum_max().shift().over(KEY)
    begins = (reach.is_null() | (pl.col("start") > reach + pause)).cum_sum()
    rows = rows.with_columns(_problem=begins)
    length = (pl.col("until").max() - pl.col("start").min()).over("_problem")
    kept = length >= timedelta(minutes=rule.delay_on)
    if rule.least is not None:
        kept &= (pl.col("magnitude").max().over("_problem") >= rule.least).fill_null(True)
    return rows.with_columns(_length=length).filter(kept).drop("_problem")


def _severity(rule: Rule, severity: str) -> pl.Expr:
    """What the check says, or what the length of the whole problem makes of it where that is worse."""
    worst = pl.lit(severity)
    for hours, worse in sorted(rule.worse_after.items()):
        if SEVERITIES.index(worse) > SEVERITIES.index(severity):
            worst = pl.when(pl.col("_length") >= timedelta(hours=hours)).then(pl.lit(worse)).otherwise(worst)
    return worst


def silenced(rows: pl.DataFrame, windows: tuple[Window, ...], places: pl.DataFrame) -> pl.Series:
    """Does a row (target_kind, target, start, until) lie in a window of its target with all its time? places: PLACES."""
    known = rows.select("target_kind", "target", "start", "until").join(
        places, on=["target_kind", "target"], how="left", maintain_order="left"
    )
    covered = [_in_scope(w) & _in_time(w) for w in windows]
    return known.select(silent=pl.any_horizontal(pl.lit(value=False), *covered).fill_null(False))["silent"]


def _in_scope(window: Window) -> pl.Expr:
    match window.scope:
        case "all":
            return pl.lit(value=True)
        case "target":
            return pl.col("target") == window.key
        case "region":
            return pl.col("region").str.starts_with(window.key)
        case _:
            return pl.col("organisation") == window.key


def _in_time(window: Window) -> pl.Expr:
    if not window.weekly:
        return (pl.col("start") >= window.since) & (pl.col("until") <= window.until)
    into = (pl.col("start") - pl.lit(window.since)).dt.total_microseconds() % (
        WEEK // timedelta(microseconds=1)
    )
    length = (pl.col("until") - pl.col("start")).dt.total_microseconds()
    inside = into + length <= (window.until - window.since) // timedelta(microseconds=1)
    return (pl.col("start") >= window.since) & inside


@dataclass(frozen=True)
class Tried:
    """How many findings there are, and how many of them people confirmed, rejected, and never saw."""

    shown: int
    right: int
    wrong: int
    unseen: int = 0


@dataclass(frozen=True)
class Proposal:
    """The smallest change that drops most of what was rejected and nothing that was confirmed.

    what: delay_on [min] or least [unit of the check's size]; `drops` of the `wrong` ones, of those that people judged.
    """

    what: str
    value: float
    drops: int
    wrong: int
    judged: int

    def applied(self, rule: Rule) -> Rule:
        """The rule with the change."""
        if self.what == "delay_on":
            return replace(rule, delay_on=self.value)
        return replace(rule, least=self.value)


LEAST_JUDGED, MOST_WRONG = 20, 0.3
"""A rule of which so many were judged and a larger share rejected should be changed (own choice)."""


def tried(judged: pl.DataFrame) -> Tried:
    """Counts of findings with `right` (true, false; null: nobody judged)."""
    right = judged["right"]
    return Tried(judged.height, int(right.sum() or 0), int((~right).sum() or 0))


def proposed(judged: pl.DataFrame) -> Proposal | None:
    """What should be changed by the findings of a time (start, until, magnitude, right); None where nothing should or can."""
    known = judged.filter(pl.col("right").is_not_null())
    wrong, right = known.filter(~pl.col("right")), known.filter("right")
    if known.height < LEAST_JUDGED or wrong.height <= MOST_WRONG * known.height:
        return None
    found = [
        _best(what, _sizes(wrong, what), _sizes(right, what), known.height) for what in ("delay_on", "least")
    ]
    best = max(found, key=lambda p: p.drops)
    return best if best.drops * 2 > wrong.height else None


def _sizes(rows: pl.DataFrame, what: str) -> list[float]:
    """By what a rule would let each row pass: its length [min] or its size, where it has one."""
    long = (pl.col("until") - pl.col("start")).dt.total_seconds() / 60
    size = long if what == "delay_on" else pl.col("magnitude")
    return [float(v) for v in rows.select(v=size)["v"].drop_nulls()]


def _best(what: str, wrong: list[float], right: list[float], judged: int) -> Proposal:
    """The smallest value from which on what is confirmed stays, and most of what is rejected goes."""
    limit = min(right, default=None)
    below = [size for size in wrong if limit is None or size < limit]
    if not below:
        return Proposal(what, 0.0, 0, len(wrong), judged)
    return Proposal(what, _round_above(max(below), limit), len(below), len(wrong), judged)


def _round_above(last: float, limit: float | None) -> float:
    """The roundest number above `last` and not above `limit`."""
    for decimals in range(-2, 7):
        step = 10.0**-decimals
        value = round((last // step + 1) * step, max(decimals, 0))
        if value > last and (limit is None or value <= limit) and (decimals >= 0 or value <= 2 * last):
            return value
    return last if limit is None else limit
