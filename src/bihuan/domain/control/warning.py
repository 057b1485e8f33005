"""Heavy-pollution warning levels: dated national thresholds on the joint paths of a forecast."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources

import numpy as np
import polars as pl
from numpy.typing import NDArray

LEVELS = ("yellow", "orange", "red")  # rising
NAMES = {"yellow": "黄色", "orange": "橙色", "red": "红色"}
PARTICLES = ("PM2.5", "PM10")
RELEASE_HOURS = 36

Paths = NDArray[np.float64]


@dataclass(frozen=True)
class Condition:
    """All of `runs` must hold: AQI above `above` for `days` in a row, each run inside the one before it."""

    level: str
    runs: tuple[tuple[int, int], ...]
    mark: str
    source: str


@dataclass(frozen=True)
class Rule:
    """The thresholds in force from a date."""

    name: str
    valid_from: date
    conditions: tuple[Condition, ...]

    def lowest(self, level: str) -> int:
        """The lowest AQI that can start `level`: what release is measured against."""
        return min(c.runs[0][0] for c in self.conditions if c.level == level)


@dataclass(frozen=True)
class Settings:
    """suggest_at: least probability of "this level or higher" for it to be suggested.

    step_hours: 24 = the paths hold natural days (default); 1 = they hold the AQI of the 24 h mean ending each hour.
    dust_ratio: a day with PM2.5/PM10 below it is dust and starts no warning (used when both are in the paths).
    rule: name of a rule, or `auto` by date. The first day of the 2024 rule, 2024-01-01, is a setting because its
    implementation date differs by province: give `rule` where it does.
    """

    suggest_at: float = 0.5
    step_hours: int = 24
    dust_ratio: float = 0.3
    rule: str = "auto"


@dataclass(frozen=True)
class Outlook:
    """What the paths say. `exactly` has also `none`.

    `days`: date; p150, p200, p300, the shares of paths above these by particles alone (what a warning counts); any150 and
    any200, the same whatever drives them (what a table of levels shows); median of the AQI.
    """

    rule: str
    exactly: dict[str, float]
    at_least: dict[str, float]
    suggested: str | None
    days: pl.DataFrame
    sentence: str


DEFAULT = Settings()


@cache
def rules() -> tuple[Rule, ...]:
    """All dated rules of the table warning_rules.csv, oldest first."""
    text = resources.files(__package__).joinpath("warning_rules.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    out = []
    for name in dict.fromkeys(r["rule"] for r in rows):
        mine = [r for r in rows if r["rule"] == name]
        keys = dict.fromkeys((r["level"], r["condition"]) for r in mine)
        conditions = tuple(
            _condition(level, [r for r in mine if (r["level"], r["condition"]) == (level, n)])
            for level, n in keys
        )
        out.append(Rule(name, date.fromisoformat(mine[0]["valid_from"]), conditions))
    return tuple(sorted(out, key=lambda r: r.valid_from))


def _condition(level: str, rows: list[dict[str, str]]) -> Condition:
    runs = tuple((int(r["above"]), int(r["days"])) for r in rows)
    return Condition(level, runs, rows[0]["mark"], " ".join(r["source"] for r in rows))


def rule_on(day: date, name: str = "auto") -> Rule:
    """The rule in force on a day, or the named one. Raises LookupError when there is none."""
    known = [r for r in rules() if (r.valid_from <= day if name == "auto" else r.name == name)]
    if not known:
        raise LookupError(f"no warning rule {name} for {day}; the table begins {rules()[0].valid_from}")
    return known[-1]


def evaluate(members: pl.DataFrame, settings: Settings = DEFAULT) -> Outlook:
    """Level probabilities of one place.

    members: member, date (a local time when step_hours is 1), aqi, primary (labels joined by `,`) and, if known, pm25 and pm10 [µg/m³]; every member
    has the same dates. Only days whose primary item is a particle count; ozone and dust start no coloured warning.
    Raises ValueError without rows, LookupError without a rule for the first date.
    """
    if members.is_empty():
        raise ValueError("no forecast paths: issue a forecast for the city first")
    counted = _driven(members, settings)
    dates = members["date"].unique().sort().to_list()
    paths = _grid(
        members.with_columns(
            pl.when(counted).then(pl.col("aqi").cast(pl.Float64)).otherwise(0.0).alias("aqi")
        )
    )
    first = dates[0].date() if isinstance(dates[0], datetime) else dates[0]
    rule = rule_on(first, settings.rule)
    reached = _reached(paths, rule, settings.step_hours)
    exactly = {"none": float((reached < 0).mean())}
    exactly |= {level: float((reached == k).mean()) for k, level in enumerate(LEVELS)}
    at_least = {level: float((reached >= k).mean()) for k, level in enumerate(LEVELS)}
    suggested = next((lv for lv in reversed(LEVELS) if at_least[lv] >= settings.suggest_at), None)
    days = _days(paths, _grid(members), dates, members)
    return Outlook(rule.name, exactly, at_least, suggested, days, _sentence(rule, at_least, suggested, days))


def _driven(members: pl.DataFrame, settings: Settings) -> pl.Expr:
    primary = pl.col("primary").fill_null("").str.split(",")
    driven = pl.any_horizontal(primary.list.contains(p) for p in PARTICLES)
    if {"pm25", "pm10"} <= set(members.columns):
        dust = (pl.col("pm25") / pl.col("pm10") < settings.dust_ratio).fill_null(False)
        driven = driven & ~dust
    return driven


def _grid(members: pl.DataFrame) -> Paths:
    wide = members.sort("date").pivot("date", index="member", values="aqi").sort("member").drop("member")
    return np.asarray(np.nan_to_num(wide.to_numpy().astype(np.float64)))


def _runs(above: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Steps that belong to an unbroken run of at least `length` steps."""
    run = np.zeros(above.shape, dtype=int)
    for step in range(above.shape[1]):
        before = run[:, step - 1] if step else 0
        run[:, step] = np.where(above[:, step], before + 1, 0)
    for step in range(above.shape[1] - 2, -1, -1):
        run[:, step] = np.where(above[:, step] & above[:, step + 1], run[:, step + 1], run[:, step])
    return np.asarray(above & (run >= length))


def _reached(paths: Paths, rule: Rule, step_hours: int) -> NDArray[np.int64]:
    """Index of the highest level each member reaches; -1 for none."""
    best = np.full(len(paths), -1)
    for condition in rule.conditions:
        inside = np.ones(paths.shape, dtype=bool)
        for above, days in condition.runs:
            # A run of n days is n natural days, or (n - 1) x 24 + 1 ends of hourly moving 24 h means.
            inside = _runs(inside & (paths > above), (days - 1) * 24 // step_hours + 1)
        best = np.where(inside.any(axis=1), np.maximum(best, LEVELS.index(condition.level)), best)
    return best


def _days(paths: Paths, everything: Paths, dates: list[date], members: pl.DataFrame) -> pl.DataFrame:
    middle = (
        members.group_by("date").agg(pl.col("aqi").cast(pl.Float64).median().alias("median")).sort("date")
    )
    chances = {f"p{t}": (paths > t).mean(axis=0) for t in (150, 200, 300)}
    chances |= {f"any{t}": (everything > t).mean(axis=0) for t in (150, 200)}
    return pl.DataFrame({"date": dates, **chances}).with_columns(middle["median"])


def _sentence(rule: Rule, at_least: Mapping[str, float], suggested: str | None, days: pl.DataFrame) -> str:
    day = _worst_day(days)
    if suggested is None:
        most = _percent(at_least["yellow"])
        return f"未达预警条件（达到黄色及以上的概率{most}，依据{rule.name}年规则）。{day}。"
    chance = _percent(at_least[suggested])
    return f"建议启动{NAMES[suggested]}预警（达到该级及以上的概率{chance}，依据{rule.name}年规则）。{day}。"


def _worst_day(days: pl.DataFrame) -> str:
    """The day with the highest median of the whole span, with its chances; and how far particles alone drive it."""
    worst = days.sort("median", "any200", "any150", descending=True, nulls_last=True).row(0, named=True)
    said = (
        f"{worst['date'].month}月{worst['date'].day}日最重：日AQI中位数{_whole(worst['median'])}，"
        f"超过200的概率{_percent(worst['any200'])}，超过150的概率{_percent(worst['any150'])}"
    )
    if (worst["p200"], worst["p150"]) == (worst["any200"], worst["any150"]):
        return said
    return f"{said}（其中颗粒物主导的{_percent(worst['p200'])}和{_percent(worst['p150'])}）"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _whole(value: float | None) -> str:
    return "—" if value is None else f"{value:.0f}"


def may_release(
    members: pl.DataFrame, level: str, *, on: date, measured_below: bool, settings: Settings = DEFAULT
) -> tuple[bool, float]:
    """Whether `level` may be ended on a day, and the probability that it stays below for more than 36 h.

    measured_below: the measured AQI is below the level's start value now. The days after `on` that 36 h touch
    (two) must stay at or below the level's lowest start value.
    """
    last = on + timedelta(days=-(-RELEASE_HOURS // 24))
    ahead = members.filter(pl.col("date").is_between(on, last, closed="right"))
    if ahead["date"].n_unique() < (last - on).days:
        return False, 0.0
    limit = rule_on(on, settings.rule).lowest(level)
    paths = _grid(ahead.with_columns(pl.when(_driven(ahead, settings)).then("aqi").otherwise(0)))
    chance = float((paths <= limit).all(axis=1).mean())
    return measured_below and chance >= settings.suggest_at, chance
