"""Checks of sewage outlets, one family a file.

Each takes `Sewers` (domain/sewage/tables.py),
and returns FINDINGS (domain/checks.py); a larger magnitude is always worse. What does not depend on what is measured (offline,
late, clock ...) is the check of the stacks.
"""

from bihuan.domain.sewage.checks.catalogue import CHECKS

__all__ = ["CHECKS"]
