"""The lines of business make known what findings can be about, and which of their checks look at sensors."""

from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    """It has no tables of its own; those of a scenario are an app of its own."""

    name = "bihuan.scenarios"
    label = "scenarios"
    verbose_name = "场景"

    def ready(self) -> None:
        """Let findings be about what the scenarios register, and cases ask for their sensors. They are read when first asked for."""
        from bihuan.cases.sensors import sensing_by
        from bihuan.cases.targets import more_kinds
        from bihuan.scenarios.catalogue import sensing
        from bihuan.scenarios.resolved import kinds

        more_kinds(kinds)
        sensing_by(sensing)
