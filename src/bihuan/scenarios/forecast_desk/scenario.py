"""The forecaster's desk: what it gives to the rest of the house."""

from bihuan.scenarios.contract import AIR, MenuEntry, Scenario
from bihuan.scenarios.forecast_desk import (
    actions,
    after_forecast,
    guidance_file,
    other_forecasts,
    pages,
    run_view,
)
from bihuan.scenarios.forecast_desk.waiting import waiting
from bihuan.scenarios.other_forecasts import OtherForecasts

SCENARIO = Scenario(
    title="预报会商台",
    owner="指挥中心预报",
    version="1.0",
    menu=(MenuEntry(AIR, 30, "forecast_desk:index", "会商"),),
    pages=pages.urlpatterns,
    waiting=waiting,
    after_forecast=after_forecast.run,
    other_forecasts=OtherForecasts(
        other_forecasts.published,
        other_forecasts.opinions,
        other_forecasts.opinion_hours,
        other_forecasts.sides,
        other_forecasts.why,
    ),
    labels=(
        actions.STATES,
        run_view.ALIKE,
        guidance_file.REFUSALS,
    ),
)
