"""The check of this scenario: an item of a source's water beyond class III in a month."""

import json
from datetime import date, datetime, time, timedelta

import polars as pl

from bihuan.archive.observations import Asked
from bihuan.domain.checks import FINDINGS, check
from bihuan.domain.timeaxis import CST, next_month
from bihuan.registry.hours import archive
from bihuan.registry.subjects import there_on
from bihuan.scenarios.drinking_water.models import Source
from bihuan.scenarios.drinking_water.quality import PERIODS, Judged, limits_of, monthly

SOURCES = pl.Schema({"site": pl.String(), "kind": pl.String()})
COLUMNS = ("site", "quantity", "start", "value", "flag")


@check(
    "water_source.exceeds",
    title="水源水质超过 III 类",
    basis="GB 3838-2002；GB/T 14848-2017",
    severity="serious",
    looks_at="values",
)
def exceeds(values: pl.DataFrame, sources: pl.DataFrame, *, least_samples: int = 1) -> pl.DataFrame:
    """An item's mean of a month beyond class III, of `least_samples` or more: a source is sampled monthly, so one counts.

    values: COLUMNS; sources: SOURCES. Returns FINDINGS of whole months of China, one for each item; magnitude = multiple of
    the limit beyond it, for pH and dissolved oxygen the distance to the bound.
    """
    kinds = dict(sources.iter_rows())
    means = monthly(values).filter(pl.col("samples") >= least_samples, pl.col("site").is_in(list(kinds)))
    rows = []
    for site, quantity, month, value, samples in means.iter_rows():
        limit = limits_of(kinds[site]).get(quantity)
        if limit and not limit.kept_by(value):
            rows.append(_finding(site, Judged(limit, value), date.fromisoformat(f"{month}-01"), samples))
    return pl.DataFrame(rows, schema=FINDINGS, orient="row").sort("target", "start", "item")


def _finding(site: str, found: Judged, month: date, samples: int) -> dict[str, object]:
    limit, following = found.limit, next_month(month)
    below = limit.low is not None and found.value < limit.low
    bound = limit.low if below else limit.high
    multiple = found.multiple
    beyond = abs(found.value - (bound or 0)) if multiple is None else multiple
    said = {"月均值": found.value, "限值": bound, "样品数": samples, "限值出处": limit.source}
    return {
        "target_kind": "water_source",
        "target": site,
        "start": datetime.combine(month, time(), CST),
        "until": datetime.combine(following, time(), CST),
        "item": limit.code,
        "magnitude": beyond,
        "unit": limit.unit if multiple is None else "倍",
        "title": f"{limit.name} {month:%Y-%m} 均值 {_shown(found.value, limit.unit)}，{'低于' if below else '超过'} III 类限值 {_shown(bound, limit.unit)}",
        "evidence": json.dumps(said, ensure_ascii=False),
        "phrase": None,
    }


def _shown(value: float | None, unit: str) -> str:
    return f"{value:.4g} {unit}".strip()


CHECKS = (exceeds,)


def inputs(now: datetime, look_back: timedelta) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The laboratory's values of whole months as of a moment, and the sources in use on that day with their kinds."""
    today = now.astimezone(CST).date()
    used = Source.objects.filter(there_on(today)).exclude(state=Source.State.PLANNED)
    sources = pl.DataFrame(list(used.values_list("code", "kind")), schema=SOURCES, orient="row")
    codes = {code for kind in sources["kind"].unique() for code in limits_of(kind)}
    begin = (now - look_back).astimezone(CST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    asked = Asked(sources["site"].to_list(), codes, PERIODS, begin, now, now)
    return archive().observations.read(asked, COLUMNS).collect(), sources
