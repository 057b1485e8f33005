"""How long ago, in words."""

from datetime import timedelta

from django.utils.translation import gettext as _


def age_text(length: timedelta) -> str:
    """`3 小时`, `2 天`, in the language of the reader; a length below zero is none."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        return _("%(n)d 分钟") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)d 小时") % {"n": minutes // 60}
    return _("%(n)d 天") % {"n": minutes // 1440}
