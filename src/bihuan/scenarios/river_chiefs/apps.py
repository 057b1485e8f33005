"""Rivers and their chiefs."""

from django.apps import AppConfig


class RiverChiefsConfig(AppConfig):
    """Duties, rules of patrols, what was found in a river's bed, goals of rivers."""

    name = "bihuan.scenarios.river_chiefs"
    label = "river_chiefs"
    verbose_name = "河长制"
