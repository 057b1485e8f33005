"""Which region a page is asked about."""

from django.utils.translation import gettext as _

from bihuan.asked import BadQuestion
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Region


def region_asked(request: Asked) -> Region | None:
    """The one of the address (`region`); None for all that the person sees. Raises BadQuestion."""
    code = request.GET.get("region", "")
    found = visible(Region.objects.filter(pk=code), request.user).first() if code else None
    if code and found is None:
        raise BadQuestion(_("没有代码为 %(code)s 的区划") % {"code": code[:20]})
    return found
