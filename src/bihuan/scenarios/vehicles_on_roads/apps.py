"""Vehicles on roads."""

from django.apps import AppConfig


class VehiclesOnRoadsConfig(AppConfig):
    """Its register: the roads that trucks of vehicle users take."""

    name = "bihuan.scenarios.vehicles_on_roads"
    label = "vehicles_on_roads"
    verbose_name = "重点路段管控"
