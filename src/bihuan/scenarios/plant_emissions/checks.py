"""The checks of this scenario are those of domain/emissions; findings are about outlets."""

from bihuan.domain.emissions.checks import CHECKS

__all__ = ["CHECKS"]
