"""The watch on drift: the last 14 days of all places against the newest model's validation and what it saw before."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.forecast.areas import areas_of, is_area
from bihuan.domain.forecast.linear import BLOCKS
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.verification.drift import BEFORE_DAYS, LEAST_PAIRS, Drift, drift
from bihuan.domain.verification.pairs import observed_long
from bihuan.kit import air
from bihuan.kit.runs import forecasts
from bihuan.registry.forecasting import cities
from bihuan.registry.hours import hours_of
from bihuan.scenarios.forecast.scores import gathering

ITEMS = ("pm25", "o3")
FIRST_DAY = [k for k, (_first, last) in enumerate(BLOCKS) if last <= 24]


def findings() -> list[Drift]:
    """One finding for each of ITEMS; empty without a run."""
    span = gathering.recent(clock.now())
    runs = gathering.runs_of(span)
    return list(_findings(str(settings.DATA_DIR), runs, gathering.settled(span))) if runs else []


def shown() -> list[Drift]:
    """The findings in the language of the reader (the report is Chinese and takes them as they are)."""
    return [replace(d, text=sentence(d)) for d in findings()]


def sentence(d: Drift) -> str:
    """A finding in words: the score, then the input."""
    return _("%(item)s：%(score)s；%(input)s。") % {
        "item": BY_NAME[d.item].label,
        "score": _score(d),
        "input": _input(d),
    }


def _score(d: Drift) -> str:
    said = {"days": gathering.RECENT.days, "n": d.n, "least": LEAST_PAIRS, "rmse": f"{d.rmse or 0:.1f}"}
    if d.rmse is None:
        return _("近 %(days)d 天可评的小时只有 %(n)d 个（至少 %(least)d 个），不作判断") % said
    if d.ratio is None or d.validation is None:
        return _("近 %(days)d 天均方根误差 %(rmse)s（%(n)d 个小时），模型没有留下检验误差，无从比较") % said
    said |= {"before": f"{d.validation:.1f}", "ratio": f"{d.ratio:.2f}"}
    if d.worse:
        return (
            _(
                "近 %(days)d 天均方根误差 %(rmse)s，是检验时 %(before)s 的 %(ratio)s 倍（%(n)d 个小时），明显变差，建议重新训练并核查输入"
            )
            % said
        )
    return (
        _(
            "近 %(days)d 天均方根误差 %(rmse)s，是检验时 %(before)s 的 %(ratio)s 倍（%(n)d 个小时），没有明显变差"
        )
        % said
    )


def _input(d: Drift) -> str:
    if d.shift is None:
        return _("输入太少，分布不作比较")
    said = {"before": BEFORE_DAYS, "shift": f"{d.shift:.2f}"}
    if d.shifted:
        return (
            _(
                "实测分布与此前 %(before)d 天相比的稳定性指数为 %(shift)s，变化很大（天气、季节或仪器变化都会如此）"
            )
            % said
        )
    return _("实测分布与此前 %(before)d 天相比的稳定性指数为 %(shift)s，在平常的变化之内") % said


@lru_cache(maxsize=4)
def _findings(root: str, runs: tuple[str, ...], state: gathering.State) -> tuple[Drift, ...]:
    now = clock.now()
    meta = forecasts().meta(runs[-1])
    said = forecasts().part("hours", runs).filter(pl.col("item").is_in(ITEMS) & (pl.col("lead") <= 24))
    codes = sorted({s for s in said["site"].unique() if not is_area(s)} | set(air.evaluated()))
    last = now - gathering.RECENT
    fitted = [datetime.fromisoformat(t) for t in meta["fitted_on"][:1]]  # none of the simplest member alone
    first = max([*fitted, last - timedelta(days=BEFORE_DAYS)])
    rows = hours_of(codes, min(first, last), now, decided=True)
    pairs = said.join(observed_long(rows, ITEMS, areas_of(cities())), on=["site", "item", "start"])
    trained, fresh = rows.filter(pl.col("start") < last), rows.filter(pl.col("start") >= last)
    return tuple(
        drift(
            item,
            BY_NAME[item].label,
            pairs.filter(pl.col("item") == item),
            validated(meta, item),
            trained[item],
            fresh[item],
            days=gathering.RECENT.days,
        )
        for item in ITEMS
    )


def validated(meta: dict[str, Any], item: str) -> float | None:
    """RMSE of the model's out-of-time validation over the first 24 hours, from the run's own record."""
    found = meta.get("validation", {}).get(item, {}).get("combined")
    if found is None or len(found) != len(BLOCKS):
        return None
    hours = [BLOCKS[k][1] - BLOCKS[k][0] + 1 for k in FIRST_DAY]
    squares = sum(n * found[k] ** 2 for n, k in zip(hours, FIRST_DAY, strict=True))
    return math.sqrt(squares / sum(hours))
