"""Warnings and suggestions."""

from django.apps import AppConfig


class HeavyPollutionConfig(AppConfig):
    """Its register: advices on warnings, suggestions to units, the base that reductions are measured against."""

    name = "bihuan.scenarios.heavy_pollution"
    label = "heavy_pollution"
    verbose_name = "预警与管控建议"
