"""Roadside checks of vehicles."""

from django.apps import AppConfig


class RoadsideChecksConfig(AppConfig):
    """Its register: remote sensing points, captures of black smoke, and recalls to a re-test."""

    name = "bihuan.scenarios.roadside_checks"
    label = "roadside_checks"
    verbose_name = "遥感监测与路检"
