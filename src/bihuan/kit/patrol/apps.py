"""Patrols."""

from django.apps import AppConfig


class PatrolConfig(AppConfig):
    """Plans, tracks, stops and signs."""

    name = "bihuan.kit.patrol"
    label = "patrol"
    verbose_name = "巡查"
