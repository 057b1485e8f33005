"""Reports of people without an account."""

from django.apps import AppConfig


class CitizensConfig(AppConfig):
    """Its register: reports, contacts, photos, and what was done."""

    name = "bihuan.scenarios.citizens"
    label = "citizens"
    verbose_name = "群众举报"
