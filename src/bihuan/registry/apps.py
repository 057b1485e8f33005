"""Who, what and where: regions, organisations, people, posts, sites, enterprises."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The registry."""

    name = "bihuan.registry"
    label = "registry"
    verbose_name = "登记"

    def ready(self) -> None:
        """Hear of locks (django-axes says it by a signal), and have the models' scopes checked."""
        from bihuan.registry import scope_checks, sign_in  # noqa: F401 - they register themselves
