"""Sewage works and reused water."""

from django.apps import AppConfig


class SewageWorksConfig(AppConfig):
    """Its register: works and what holds for them, people who use water, users of reused water and what they used."""

    name = "bihuan.scenarios.sewage_works"
    label = "sewage_works"
    verbose_name = "污水处理厂与再生水"
