"""Black and odorous waters."""

from django.apps import AppConfig


class BlackWatersConfig(AppConfig):
    """Its register: bodies of water and their measuring points."""

    name = "bihuan.scenarios.black_waters"
    label = "black_waters"
    verbose_name = "黑臭水体"
