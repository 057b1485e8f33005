"""Outlets of enterprises."""

from django.apps import AppConfig


class PlantEmissionsConfig(AppConfig):
    """Its register: outlets, loggers, limits, spans, marks."""

    name = "bihuan.scenarios.plant_emissions"
    label = "plant_emissions"
    verbose_name = "企业排放"
