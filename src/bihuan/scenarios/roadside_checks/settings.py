"""The figures of the manifest."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bihuan.domain.vehicles.roadside.limits import Limit, with_no
from bihuan.domain.vehicles.roadside.sensing import Power
from bihuan.scenarios.manifests import manifest_of


@dataclass(frozen=True)
class Again:
    """Who exceeds again: `times` over the same item among the `last` valid records within `months`."""

    times: int
    last: int
    months: int


@dataclass(frozen=True)
class Settings:
    """By what records are judged (limits, power), what repeats, and the days of a recall."""

    limits: Sequence[Limit]
    power: Power
    again: Again
    recall_days: int


@cache
def in_force() -> Settings:
    """What the manifest says."""
    manifest = manifest_of("roadside_checks")
    said = manifest.value
    return Settings(
        with_no(float(said("no_limit")), "HJ 845-2017（条款待核）"), Power(float(said("power_low")), float(said("power_high"))),
        Again(int(said("repeats")), int(said("of_last")), int(said("months"))), int(said("recall_days")),
    )  # fmt: skip
