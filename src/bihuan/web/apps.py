"""Pages for people."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages."""

    name = "bihuan.web"
    label = "web"
    verbose_name = "页面"
