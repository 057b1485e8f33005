"""Checks of plant emissions, one family a file: each takes a `Stacks` (tables.py) and returns FINDINGS (domain/checks.py)."""

from bihuan.domain.emissions.checks.catalogue import CHECKS

__all__ = ["CHECKS"]
