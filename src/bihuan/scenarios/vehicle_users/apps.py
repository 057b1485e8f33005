"""Gates of vehicle users."""

from django.apps import AppConfig


class VehicleUsersConfig(AppConfig):
    """Its register of in-plant vehicles, and what was drawn for spot checks."""

    name = "bihuan.scenarios.vehicle_users"
    label = "vehicle_users"
    verbose_name = "重点用车单位门禁"
