"""Old place of the scores; use `bihuan.domain.verification`."""

from bihuan.domain.verification.assessment import level_hits
from bihuan.domain.verification.errors import score
from bihuan.domain.verification.pairs import observed_long, paired
from bihuan.domain.verification.references import damped, persistence

__all__ = ["damped", "level_hits", "observed_long", "paired", "persistence", "score"]
