"""From a frozen forecast run and the reduction list of the registry to an advice and its ranked suggestions."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
from django.db import transaction

from bihuan import clock
from bihuan.archive.forecasts import Run
from bihuan.domain.control.suggestions import Need, Place, need_of, nothing_needed, ozone_need
from bihuan.domain.control.warning import (
    NAMES,
    Outlook,
    Rule,
    Settings,
    evaluate,
    may_release,
    rule_on,
)
from bihuan.domain.standards import SHOWN, realtime_index
from bihuan.domain.statistics import city_hours
from bihuan.domain.timeaxis import CST
from bihuan.registry.hours import hours_of
from bihuan.registry.models import Region, Site
from bihuan.registry.subjects import there_on
from bihuan.scenarios.heavy_pollution.in_force import warning_in_force
from bihuan.scenarios.heavy_pollution.listing import list_measures, reopen
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.manifests import manifest_of

CITY = "city:"
SOURCES = {
    "2018": "2018—2023 年全国统一的预警分级标准（各市重污染天气应急预案所列）",
    "2024": "生态环境部 环大气〔2024〕6号；各省实施日期不同，本系统默认自 2024-01-01 起",
}
Status = Suggestion.Status


@transaction.atomic
def make_suggestions(run: Run, now: datetime) -> int:
    """Advice and suggestions of a run, for every city in it; returns how many suggestions are new.

    The same run again changes nothing, unless a replay came back to it: then what had expired meanwhile is open again.
    Open suggestions of other runs expire; a unit that already carries out the
    same level's measures (its case is not finished) is listed as such and is not suggested again.
    """
    cities = run.members.filter(pl.col("site").str.starts_with(CITY))["site"].unique().sort()
    regions = [Region.objects.filter(pk=site.removeprefix(CITY)).first() for site in cities]
    return sum(_for_region(run, region, now) for region in regions if region is not None)


def _for_region(run: Run, region: Region, now: datetime) -> int:
    known = Advice.objects.filter(run_id=run.run_id, region=region).first()
    others = Suggestion.objects.filter(advice__region=region, status=Status.OPEN)
    others.exclude(advice__run_id=run.run_id).update(status=Status.EXPIRED)
    if known is not None:
        reopen(known)
        return 0
    members = run.members.filter(pl.col("site") == CITY + region.code)
    outlook = evaluate(members, in_force())
    need = (
        _running_need(region, now, outlook, members) or need_of(outlook) or ozone_need(ozone_chance(members))
    )
    worst = worst_place(run, region)
    advice = _advice(run, region, now, outlook, need, worst)
    return list_measures(advice, need, worst) if need else 0


def _running_need(region: Region, now: datetime, outlook: Outlook, members: pl.DataFrame) -> Need | None:
    """While a warning runs, the measures of its level (another one's are listed when people change it), and whether it may end."""
    running = warning_in_force(region, now)
    if running is None:
        return None
    release = release_sentence(region, running.level, members, now)
    said = f"{NAMES[running.level]}预警生效中。{release}{outlook.sentence}"
    return Need(running.level, False, "particles", said)


def release_sentence(region: Region, level: str, members: pl.DataFrame, now: datetime) -> str:
    """Whether a running warning may be ended: measured below its start value now, and for more than 36 h to come."""
    day = now.astimezone(CST).date()
    measured = measured_aqi(region, now)
    start_value = rule_on(day, in_force().rule).lowest(level)
    below = measured is not None and measured <= start_value
    allowed, chance = may_release(members, level, on=day, measured_below=below, settings=in_force())
    seen = f"实时 AQI {measured}" if measured is not None else "近 3 小时没有实测 AQI"
    verdict = "可以解除" if allowed else "尚不满足解除条件"
    return f"{seen}，此后 36 小时以上不高于 {start_value} 的概率 {chance:.0%}：{verdict}。"


def measured_aqi(region: Region, now: datetime) -> int | None:
    """The city's newest hourly AQI of the last 3 hours."""
    there = there_on(now.astimezone(CST).date())
    sites = list(Site.objects.filter(there, evaluated=True, city=region).values_list("code", flat=True))
    hours = hours_of(sites, now - timedelta(hours=4), now, decided=False)
    # An index of fewer than six items must not say that the air is clean enough.
    known = realtime_index(city_hours(hours), rules=SHOWN).drop_nulls("aqi").sort("start")
    return int(known["aqi"][-1]) if known.height else None


@cache
def in_force() -> Settings:
    """The thresholds of the manifest."""
    said = manifest_of("heavy_pollution").value
    return Settings(suggest_at=said("suggest_at"), dust_ratio=said("dust_ratio"), rule=said("rule"))


def ozone_chance(members: pl.DataFrame) -> float:
    """Highest share, over the days, of members whose AQI is above 100 because of ozone."""
    ozone = (pl.col("aqi") > 100) & pl.col("primary").fill_null("").str.contains("O3")
    found = members.group_by("date").agg(ozone.mean().alias("chance"))["chance"].max()
    return float(found) if isinstance(found, float) else 0.0


def _advice(
    run: Run, region: Region, now: datetime, outlook: Outlook, need: Need | None, worst: Place
) -> Advice:
    rule = rule_on(min(outlook.days["date"]), outlook.rule)
    return Advice.objects.create(
        run_id=run.run_id,
        issued=run.issued,
        made_at=now,
        region=region,
        level=outlook.suggested or "",
        listed_level=need.level if need else "",
        need=need.reason if need else nothing_needed(outlook),
        worst={"name": worst.name, "lon": worst.lon, "lat": worst.lat},
        probability=outlook.at_least[outlook.suggested or "yellow"],
        probabilities=outlook.at_least,
        days=_days(run, region),
        sentence=outlook.sentence,
        rule=f"{rule.name} 年规则（{rule.valid_from:%Y-%m-%d} 起）",
        rule_text=rule_text(rule),
        rule_source=SOURCES.get(rule.name, rule.conditions[0].source)[:300],
    )


def rule_text(rule: Rule) -> str:
    """All conditions of a rule in Chinese, one line per level."""
    lines: dict[str, list[str]] = {}
    for condition in rule.conditions:
        parts = [f"日 AQI {_above(above)} 持续 {24 * days} 小时及以上" for above, days in condition.runs]
        lines.setdefault(condition.level, []).append("，且其中 ".join(parts))
    return "\n".join(f"{NAMES[level]}预警：{'；或 '.join(said)}。" for level, said in lines.items())


def _above(limit: int) -> str:
    # 500 is the top of the index: it is reached, not passed.
    return "达到 500" if limit == 499 else f"> {limit}"


def _days(run: Run, region: Region) -> list[dict[str, Any]]:
    """Daily AQI of the region's own forecast, with its level probabilities and the item that is primary most often."""
    mine = run.days.filter(pl.col("site") == CITY + region.code, pl.col("item") == "aqi").sort("date")
    here = run.members.filter(pl.col("site") == CITY + region.code)
    named = here.filter(pl.col("primary").fill_null("") != "")
    often = dict(named.group_by("date").agg(pl.col("primary").mode().sort().first()).iter_rows())
    columns = ["mean", "q10", "q50", "q90", *[f"p{k}" for k in range(1, 7)]]
    return [
        {
            "date": row["date"].isoformat(),
            "primary": often.get(row["date"], ""),
            **{c: row[c] for c in columns},
        }
        for row in mine.iter_rows(named=True)
    ]


def worst_place(run: Run, region: Region) -> Place:
    """The evaluated station with the highest mean daily AQI in the run. The practice city has no wind data."""
    there = there_on(clock.now().astimezone(CST).date())
    sites = {s.code: s for s in Site.objects.filter(there, city=region, evaluated=True)}
    means = run.members.filter(pl.col("site").is_in(list(sites))).group_by("site").agg(pl.col("aqi").mean())
    order = means.sort("aqi", "site", descending=[True, False], nulls_last=True)["site"].to_list()
    site = sites.get(order[0]) if order else next(iter(sites.values()), None)
    if site is None:
        raise LookupError(f"{region.name} 没有参与城市评价的点位，请先在登记中标明")
    return Place(site.name, site.lon, site.lat)
