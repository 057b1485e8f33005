"""Outlets of enterprises."""

from django.apps import AppConfig


class PlantEmissionsConfig(AppConfig):
    """Its register: outlets, loggers, limits, spans, marks. Findings are about outlets."""

    name = "bihuan.scenarios.plant_emissions"
    label = "plant_emissions"
    verbose_name = "企业排放"

    def ready(self) -> None:
        """Let findings be about outlets."""
        from bihuan.cases.targets import KINDS, Kind
        from bihuan.scenarios.plant_emissions.register import targets

        KINDS["outlet"] = Kind(targets, "plant_emissions:outlet")
