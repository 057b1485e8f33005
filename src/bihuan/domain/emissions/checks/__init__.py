"""Checks of plant emissions, one family a file.

Each takes a `Stacks` (tables.py) and returns FINDINGS (domain/checks.py); a larger magnitude is always worse.
"""

from bihuan.domain.emissions.checks.catalogue import CHECKS

__all__ = ["CHECKS"]
