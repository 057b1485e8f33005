"""Versions of the rules for terms."""

from bihuan.cases.version_models import KeptRule


class TermVersion(KeptRule):
    """时限规则版本, also of the office hours. `content` is cases.term_settings.written, of the office hours their spans."""
