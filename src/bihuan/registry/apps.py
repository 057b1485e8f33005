"""Who, what and where: regions, organisations, people, posts, sites, enterprises."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The registry."""

    name = "bihuan.registry"
    label = "registry"
    verbose_name = "登记"
