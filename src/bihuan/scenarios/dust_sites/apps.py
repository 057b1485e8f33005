"""Dust of sites and yards."""

from django.apps import AppConfig


class DustSitesConfig(AppConfig):
    """Its register: sites, their exits, monitors, night permits, watering, and who may send values of monitors."""

    name = "bihuan.scenarios.dust_sites"
    label = "dust_sites"
    verbose_name = "扬尘工地和堆场"
