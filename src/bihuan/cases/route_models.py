"""Versions of the rules for routing."""

from bihuan.cases.version_models import KeptRule


class RouteVersion(KeptRule):
    """交办规则版本, also of what counts as alike. `content` is cases.route_settings.written, of the latter cases.duplicates.Alike."""
