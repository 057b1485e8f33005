"""Outfalls into rivers."""

from django.apps import AppConfig


class OutfallsConfig(AppConfig):
    """Their register, the steps of the work on each, the goals of a year."""

    name = "bihuan.scenarios.outfalls"
    label = "outfalls"
    verbose_name = "入河排污口"
