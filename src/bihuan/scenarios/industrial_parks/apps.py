"""Water of industrial parks."""

from django.apps import AppConfig


class IndustrialParksConfig(AppConfig):
    """Its register: parks, their outlets, stations and enterprises."""

    name = "bihuan.scenarios.industrial_parks"
    label = "industrial_parks"
    verbose_name = "工业园区水污染"
