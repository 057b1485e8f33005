"""Drinking-water sources."""

from django.apps import AppConfig


class DrinkingWaterConfig(AppConfig):
    """Its register: sources, protection zones, signs and fences."""

    name = "bihuan.scenarios.drinking_water"
    label = "drinking_water"
    verbose_name = "饮用水水源地"
