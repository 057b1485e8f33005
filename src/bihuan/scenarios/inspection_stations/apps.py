"""Inspection stations of motor vehicles."""

from django.apps import AppConfig


class InspectionStationsConfig(AppConfig):
    """Its register: stations, their lines and inspectors."""

    name = "bihuan.scenarios.inspection_stations"
    label = "inspection_stations"
    verbose_name = "机动车排放检验机构"
