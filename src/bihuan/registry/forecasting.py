"""The city's forecast: which stations it is for and learns from, by the register; which model serves, and why."""

from datetime import datetime

import polars as pl
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.forecast.areas import areas_of, is_area
from bihuan.domain.timeaxis import CST
from bihuan.errors import BihuanError
from bihuan.forecasting import champions
from bihuan.forecasting.champions import Regime
from bihuan.forecasting.city import Places, forecast, renew
from bihuan.forecasting.records import Change, UnfitModel
from bihuan.forecasting.shelf import ModelShelf
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.decisions import decisions_of
from bihuan.registry.models import Person, Region, Site
from bihuan.registry.roles import ADMINS
from bihuan.registry.subjects import there_on


def _evaluated() -> QuerySet[Site]:
    """Stations whose days ahead count: those that are there today."""
    return Site.objects.filter(there_on(clock.now().astimezone(CST).date()), evaluated=True)


def cities() -> dict[str, list[str]]:
    """Region code -> its evaluation stations, for every city that has some."""
    found: dict[str, list[str]] = {}
    for code, city in _evaluated().filter(city__isnull=False).values_list("code", "city_id"):
        found.setdefault(city, []).append(code)
    return found


def counties() -> dict[str, list[str]]:
    """Region code -> its evaluation stations, for every county that has some."""
    found: dict[str, list[str]] = {}
    for code, region in _evaluated().values_list("code", "region_id"):
        found.setdefault(region[:6], []).append(code)
    known = Region.objects.filter(pk__in=found).exclude(pk__endswith="00")
    return {code: found[code] for code in known.values_list("code", flat=True)}


def areas() -> dict[str, tuple[str, ...]]:
    """Place key -> stations of every city and county that is forecast."""
    return areas_of(cities(), counties())


def stations_of(place: str) -> list[str]:
    """The stations that a place of a forecast is made of: itself, or the evaluation stations of an area."""
    return list(areas().get(place, ())) if is_area(place) else [place]


def shelf() -> ModelShelf:
    """The models that serve the register's cities."""
    return ModelShelf(settings.DATA_DIR, cities())


def regime() -> Regime:
    """How models come and go, by the settings."""
    return Regime(settings.FORECAST_RETRAIN, settings.FORECAST_OLDEST, settings.FORECAST_TRIAL)


def _places() -> Places:
    """What the register says of the places of the forecast."""
    towns = cities()
    own = sorted(code for codes in towns.values() for code in codes)
    real = sorted(Site.objects.filter(simulated=False).values_list("code", flat=True))
    return Places(towns, counties(), own, real)


def excluded_by(moment: datetime) -> pl.DataFrame:
    """What reviewers had decided by a moment on hours that a model may learn from."""
    return decisions_of(start=moment - champions.FIT_SPAN, end=moment, by=moment)


def forecast_city(moment: datetime) -> str:
    """Forecast the evaluation stations, their counties and cities as of `moment`; returns the frozen run's id.

    It learns from all real stations of the register, and from no value that a reviewer had excluded by then. Raises
    NoHistory with too little data.
    """
    before = len(shelf().changes(moment))
    run_id = forecast(settings.DATA_DIR, moment, _places(), regime(), excluded_by(moment))
    _audit(shelf().changes(moment)[before:])
    return run_id


def fallback_of(run_id: str) -> list[str]:
    """What is to be said when another model stood in for the city's: one sentence, or none."""
    note = ForecastStore(settings.DATA_DIR).meta(run_id).get("fallback")
    return [note] if note else []


def renew_models(moment: datetime) -> str:
    """Train when due, decide what is due, clear away; one line about it. Raises NoHistory."""
    renewed = renew(settings.DATA_DIR, moment, _places(), regime(), excluded_by(moment))
    _audit(renewed.changes)
    said = [f"训练 {model_id}" for model_id in renewed.trained] or ["未到训练期限"]
    said += [f"{c.model_id} {ROLE_NAMES[c.role]}（{c.reason}）" for c in renewed.changes]
    return "；".join([*said, f"清理 {renewed.gone} 项"] if renewed.gone else said)


ROLE_NAMES = {"champion": "正式", "challenger": "候选", "retired": "停用"}


def _audit(changes: list[Change]) -> None:
    for change in changes:
        record(None, f"model.{change.role}", change.model_id, reason=change.reason, **change.figures)


class NotAppointed(BihuanError):
    """The model may not be given this role; the message says why (Chinese)."""


def appoint(person: Person, model_id: str, reason: str, request: HttpRequest | None = None) -> Change:
    """An administrator makes a kept model the one that serves, forward or back. Raises NotAppointed.

    It holds as long as a freshly fitted one would. Its file is checked first.
    """
    if not may(person, *ADMINS, region=CITY):
        raise NotAppointed(_("预报模型由全市的系统管理员更换。"))
    if not reason.strip():
        raise NotAppointed(_("请写明更换的理由，它会随模型长期保存。"))
    now, models = clock.now(), shelf()
    known = {r.model_id for r in models.records(now)}
    was = champions.champion_of(models.standing(now))
    if model_id not in known:
        raise NotAppointed(_("没有编号为 %(id)s 的模型。") % {"id": model_id})
    if was is not None and was.model_id == model_id:
        raise NotAppointed(_("它已经是正式模型。"))
    try:
        models.load(model_id)
    except UnfitModel as error:
        raise NotAppointed(
            _("该模型不能使用：%(why)s。请另选一个，或等待重新训练。") % {"why": error}
        ) from error
    change = Change(now, model_id, "champion", reason.strip()[:400], person.get_username())
    models.change(change)
    before = was.model_id if was else None
    record(person, "model.champion", model_id, request, reason=change.reason, before=before)
    return change
