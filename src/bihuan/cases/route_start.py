"""The rules for routing that an installation starts with; the second waits for a bureau that works by it."""

from datetime import date

from django.utils.translation import gettext_noop

from bihuan.cases.routing import Responsible, RouteRule, To

FIRST = date(2016, 9, 1)
LOCAL_RULE = gettext_noop("属地管理的通行做法，本局另有规定的从其规定")
DIRECT = gettext_noop("直接交办排污单位的做法")

START: tuple[RouteRule, ...] = (
    RouteRule("local", gettext_noop("属地"), To.LOCAL, FIRST, LOCAL_RULE),
    RouteRule(
        "responsible", gettext_noop("责任单位"), To.RESPONSIBLE, FIRST, DIRECT, responsible=Responsible.KNOWN, enabled=False,
    ),
)  # fmt: skip
