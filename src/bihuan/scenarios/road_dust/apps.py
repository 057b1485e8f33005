"""Dust of roads."""

from django.apps import AppConfig


class RoadDustConfig(AppConfig):
    """Its register: segments, silt samples, sand-dust days."""

    name = "bihuan.scenarios.road_dust"
    label = "road_dust"
    verbose_name = "道路扬尘"
