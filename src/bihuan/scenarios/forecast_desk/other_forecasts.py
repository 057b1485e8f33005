"""What other pages ask this scenario: the published forecast, all opinions for the scores, and why."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.conf import settings
from django.urls import reverse

from bihuan.archive.forecasts import ForecastStore, RunError
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.forecast_desk import members, phrases
from bihuan.scenarios.forecast_desk.guidance import days_of, hours_of, latest_for
from bihuan.scenarios.forecast_desk.machine import adjusted_hours, machine_days
from bihuan.scenarios.forecast_desk.models import Act, Bulletin, Guidance
from bihuan.scenarios.forecast_desk.settings import in_force
from bihuan.scenarios.other_forecasts import HOURS, OPINIONS, Published, PublishedDay, Side


def standing(place: str, at: datetime) -> tuple[Bulletin, Act] | None:
    """The bulletin that stands for a place at a moment, and its publishing; a withdrawn one leaves the machine alone."""
    acts = Act.objects.filter(
        bulletin__place=place, kind=Act.Kind.PUBLISHED, at__lte=at, at__gt=at - in_force().valid
    )
    last = acts.select_related("bulletin__made_by", "by").order_by("-at", "-id").first()
    if last is None or last.bulletin.acts.filter(kind=Act.Kind.WITHDRAWN, at__lte=at).exists():
        return None
    return last.bulletin, last


def published(place: str, at: datetime) -> Published | None:
    """See `bihuan.scenarios.other_forecasts.published`; only days from the one of `at` on."""
    found = standing(place, at)
    if found is None:
        return None
    bulletin, act = found
    days = [_day(d) for d in bulletin.content["days"]]
    days = [d for d in days if d.date >= at.astimezone(CST).date()]
    if not days:
        return None
    approved = bulletin.acts.select_related("by").get(kind=Act.Kind.APPROVED)
    return Published(
        place=place, version=bulletin.version, made_by=str(bulletin.made_by), approved_by=str(approved.by), at=act.at,
        run_id=bulletin.run_id, reason=bulletin.reason, days=tuple(days),
        url=reverse("forecast_desk:bulletin", args=[bulletin.pk]), simulated=bulletin.simulated,
    )  # fmt: skip


def _day(day: dict[str, Any]) -> PublishedDay:
    aqi = _triple(day["aqi"])
    items = {name: _triple(value) for name, value in day["items"].items()}
    return PublishedDay(date.fromisoformat(day["date"]), *aqi, tuple(day["levels"]), day["primary"], items)


def _triple(value: dict[str, float | None]) -> tuple[float, float, float]:
    middle = value["value"] or 0.0
    low, high = (middle if value[k] is None else float(value[k] or 0.0) for k in ("low", "high"))
    return low, middle, high


def opinions(place: str, first: datetime, last: datetime, known: datetime) -> pl.DataFrame:
    """See `bihuan.scenarios.other_forecasts.opinions`. Every published version counts, replaced and withdrawn ones too."""
    rows = [r for act in _published(place, first, last, known) for r in _of_bulletin(act)]
    files = Guidance.objects.filter(issued__gte=first, issued__lt=last, received_at__lte=known)
    rows += [r for g in files.order_by("id") for r in _of_guidance(g, place)]
    return pl.DataFrame(rows, schema=OPINIONS)


def _published(place: str, first: datetime, last: datetime, known: datetime) -> list[Act]:
    acts = Act.objects.filter(bulletin__place=place, kind=Act.Kind.PUBLISHED, at__gte=first, at__lt=last)
    return list(acts.filter(at__lte=known).select_related("bulletin").order_by("id"))


def _of_bulletin(act: Act) -> list[dict[str, Any]]:
    """The bulletin's days, and the machine's as frozen in it: both as of the publishing."""
    bulletin = act.bulletin
    head = {"voice": "person", "key": f"b{bulletin.pk}", "site": bulletin.place, "issued": act.at}
    rows = []
    for day in bulletin.content["days"]:
        on = date.fromisoformat(day["date"])
        for item, value in ({"aqi": day["aqi"]} | day["items"]).items():
            primary = day["primary"] if item == "aqi" else None
            rows.append(head | {"model": "person", "item": item, "date": on, "primary": primary, **value})
    return rows + [head | r for r in _machine(bulletin.machine)]


def _machine(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"model": "ours", "item": r["item"], "date": date.fromisoformat(r["date"]), "low": r["q25"], "value": r["q50"],
         "high": r["q75"], "primary": r["primary"] if r["item"] == "aqi" else None}
        for r in rows
    ]  # fmt: skip


def _of_guidance(guidance: Guidance, place: str) -> list[dict[str, Any]]:
    """What the file says of a place, and the newest run that had been issued by the file's own issue."""
    said = days_of(guidance, place)
    if said.is_empty():
        return []
    head = {"voice": "guidance", "key": f"g{guidance.pk}", "site": place, "issued": guidance.issued}
    rows = [head | {"model": "guidance"} | r for r in said.iter_rows(named=True)]
    folder = Path(settings.DATA_DIR)
    runs = ForecastStore(folder).runs(guidance.issued, limit=1)
    if runs:
        rows += [head | r for r in _machine(_frozen_days(folder, runs[0], place))]
    return rows


@lru_cache(maxsize=256)
def _frozen_days(folder: Path, run_id: str, place: str) -> list[dict[str, Any]]:
    """The run's own days. A run is frozen, and the scores look at all of them each time."""
    return machine_days(ForecastStore(folder).load(run_id), place)


def opinion_hours(place: str, first: datetime, last: datetime, known: datetime) -> pl.DataFrame:
    """See `bihuan.scenarios.other_forecasts.opinion_hours`: hours of adjusted periods, and of guidance given by the hour."""
    store, tables = ForecastStore(Path(settings.DATA_DIR)), [pl.DataFrame(schema=HOURS)]
    for act in _published(place, first, last, known):
        if act.bulletin.content["hours"] and act.bulletin.run_id in store.runs(known):
            hours = adjusted_hours(store.load(act.bulletin.run_id), place, act.bulletin.content["hours"])
            moved = hours.filter(pl.col("person") != pl.col("machine"))
            tables.append(_both(moved, "person", f"b{act.bulletin_id}", place, act.at))
    for guidance in Guidance.objects.filter(
        issued__gte=first, issued__lt=last, received_at__lte=known
    ).order_by("id"):
        said, runs = hours_of(guidance, place), store.runs(guidance.issued, limit=1)
        if not said.is_empty() and runs:
            own = (
                store.load(runs[0])
                .hours.filter(pl.col("site") == place)
                .select("item", "start", machine="mean")
            )
            both = said.rename({"value": "guidance"}).join(own, on=["item", "start"])
            tables.append(_both(both, "guidance", f"g{guidance.pk}", place, guidance.issued))
    return pl.concat(tables)


def _both(hours: pl.DataFrame, voice: str, key: str, place: str, issued: datetime) -> pl.DataFrame:
    """Hours with a column of the voice and one of the machine, as rows of HOURS."""
    long = hours.unpivot(
        [voice, "machine"], index=["item", "start"], variable_name="model", value_name="value"
    )
    rows = long.with_columns(
        pl.col("model").replace("machine", "ours"), voice=pl.lit(voice), key=pl.lit(key), site=pl.lit(place),
        issued=pl.lit(issued).cast(INSTANT),
    )  # fmt: skip
    return rows.select([pl.col(name).cast(kind) for name, kind in HOURS.items()])


def sides(run_id: str, place: str, known: datetime) -> list[Side]:
    """See `bihuan.scenarios.other_forecasts.sides`."""
    try:
        run = ForecastStore(Path(settings.DATA_DIR)).load(run_id)
    except RunError:
        return []
    found = members.rows(run, place, "aqi", latest_for(place, known))
    url = f"{reverse('forecast_desk:index')}?{urlencode({'place': place, 'run': run_id})}"
    return [Side(r.kind, r.name, {d: (c.value, c.primary) for d, c in r.cells.items()}, url) for r in found]


def why(run_id: str, place: str) -> list[str]:
    """See `bihuan.scenarios.other_forecasts.why`."""
    store = ForecastStore(Path(settings.DATA_DIR))
    try:
        run = store.load(run_id)
    except RunError:
        return []
    return phrases.lines(run, place, earlier_run(run_id, store))


def earlier_run(run_id: str, store: ForecastStore) -> str | None:
    """The run issued before this one."""
    ids = sorted(store.runs())
    at = ids.index(run_id) if run_id in ids else 0
    return ids[at - 1] if at else None
