"""Reporting of mobile sources to the platform above."""

from django.apps import AppConfig


class VehicleReportingConfig(AppConfig):
    """Its outbox, and the days compared."""

    name = "bihuan.scenarios.vehicle_reporting"
    label = "vehicle_reporting"
    verbose_name = "移动源联网上报"
