"""Sections of surface water."""

from django.apps import AppConfig


class WaterSectionsConfig(AppConfig):
    """Its register: sections, their targets, former names and loggers."""

    name = "bihuan.scenarios.water_sections"
    label = "water_sections"
    verbose_name = "地表水断面"
