"""Non-road machines."""

from django.apps import AppConfig


class NonroadMachinesConfig(AppConfig):
    """Its register: machines and zones."""

    name = "bihuan.scenarios.nonroad_machines"
    label = "nonroad_machines"
    verbose_name = "非道路移动机械"
