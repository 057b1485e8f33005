"""Clean transport."""

from django.apps import AppConfig


class CleanTransportConfig(AppConfig):
    """Its registers: batches of other modes than the road, what units reported, how far their hauls go."""

    name = "bihuan.scenarios.clean_transport"
    label = "clean_transport"
    verbose_name = "清洁运输"
