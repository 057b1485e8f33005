"""The forecaster's desk."""

from django.apps import AppConfig


class ForecastDeskConfig(AppConfig):
    """Its register: bulletins, what was done with them, and guidance from above."""

    name = "bihuan.scenarios.forecast_desk"
    label = "forecast_desk"
    verbose_name = "预报会商台"
