"""No checks: an opinion on tomorrow is scored, it is no finding."""

from bihuan.domain.checks import Check

CHECKS: tuple[Check, ...] = ()
