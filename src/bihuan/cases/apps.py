"""From a finding to a verified, closed case."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Findings and cases."""

    name = "bihuan.cases"
    label = "cases"
    verbose_name = "问题"
