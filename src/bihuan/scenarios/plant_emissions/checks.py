"""The checks of this scenario are those of domain/emissions and domain/sewage; findings are about outlets."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

import polars as pl

from bihuan.domain.checks import Check
from bihuan.domain.emissions.checks import CHECKS as OF_STACKS
from bihuan.domain.sewage.checks import CHECKS as OF_SEWERS


def of_sewers(check: Check) -> Check:
    """The check, looking at the sewage part of what `inputs` gives (inputs.Looked)."""
    return replace(check, run=_looking_at_sewers(check.run))


def _looking_at_sewers(run: Callable[..., pl.DataFrame]) -> Callable[..., pl.DataFrame]:
    @wraps(run)
    def looked(given: Any, **parameters: Any) -> pl.DataFrame:
        return run(given.sewers, **parameters)

    return looked


CHECKS = (*OF_STACKS, *(of_sewers(check) for check in OF_SEWERS))
