"""The figures of the manifest."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from bihuan.scenarios.manifests import manifest_of

GROUPS = {
    "weight_copied": ("copied", "frozen"),
    "weight_curves": ("diluted", "too_short", "zero_smoke", "short_sweep"),
    "weight_records": (
        "overlap", "two_places", "lottery", "wrong_result", "calibration_clone", "same_obd", "method_changed", "no_daily",
    ),
    "weight_software": ("software", "same_air", "too_close"),
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """weights: points by kind of suspicion. rate: of a pass rate far above. full: the share at which a weight counts whole. b_from: first day of limits b."""

    weights: dict[str, float]
    rate: float
    full: float
    b_from: date


@cache
def in_force() -> Settings:
    """What the manifest says."""
    said = manifest_of("inspection_stations").value
    weights = {kind: float(said(name)) for name, kinds in GROUPS.items() for kind in kinds}
    b_from = datetime.strptime(str(int(said("level_b_from"))), "%Y%m%d").date()  # noqa: DTZ007
    return Settings(weights, float(said("weight_rate")), float(said("full")), b_from)


def level_on(day: date) -> str:
    """Which limits hold in the city."""
    return "b" if day >= in_force().b_from else "a"
