"""Inspections."""

from django.apps import AppConfig


class InspectionConfig(AppConfig):
    """Forms and their answers."""

    name = "bihuan.kit.inspection"
    label = "inspection"
    verbose_name = "检查"
