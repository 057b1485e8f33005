"""The jobs of the forecast: issue it, after which every line of business draws its conclusions; train its models."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bihuan.domain.forecast.model import NoHistory
from bihuan.jobs import Job, Say, do_each
from bihuan.registry.forecasting import fallback_of, forecast_city, renew_models
from bihuan.scenarios.checking import GONE_BACK, check, gone_back
from bihuan.scenarios.resolved import every_scenario

HOUR = timedelta(hours=1)


def forecast(now: datetime, say: Say) -> str:
    """Issue and freeze the forecast, then let the scenarios draw their conclusions from it."""
    say("拟合与起报")
    try:
        run_id = forecast_city(now)
    except NoHistory as error:
        return f"未起报：{error}"
    if gone_back(now):
        return f"预报 {run_id}；{GONE_BACK}，不作管控建议"
    conclusions: dict[str, Callable[[], str | None]] = {
        name: partial(s.after_forecast, now) for name, s in every_scenario().items() if s.after_forecast
    }
    conclusions["检查规则"] = partial(check, now, say, looks_at="forecast")
    return "；".join([f"预报 {run_id}", *fallback_of(run_id), *do_each(conclusions)])


def train(now: datetime, say: Say) -> str:
    """Train the forecast's models when that is due, and decide which of them serves."""
    say("训练与评比")
    try:
        return renew_models(now)
    except NoHistory as error:
        return f"未训练：{error}"


JOBS = (
    Job("forecast", "起报与管控建议", 6 * HOUR, forecast, long=True),
    Job("models", "预报模型训练与评比", 24 * HOUR, train, long=True),
)
