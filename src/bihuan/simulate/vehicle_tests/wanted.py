"""What is asked for, and what stands for the methods: how long they take, how often they are used, which deeds there are."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
BLOCK = 20_000
GAS = {"asm": 90, "vmas": 195, "double_idle": 130}
DIESEL = {"lugdown": 120, "free": 75}
SHARE = {"asm": 0.35, "vmas": 0.35, "double_idle": 0.05, "lugdown": 0.17, "free": 0.08}
CURVES = ("co", "co2", "hc", "no", "o2", "k", "speed", "power")
TEST_DEEDS = (
    "copied_exact", "copied_noisy", "copied_shifted", "copied_scaled", "frozen", "diluted", "too_short", "zero_smoke", "short_sweep", "overlap",
    "too_close", "two_places", "lottery", "method_changed", "same_obd", "calibration_clone", "wrong_result",
)  # fmt: skip
STATION_DEEDS = ("same_air", "software", "no_daily", "first_pass")
DEEDS = (*TEST_DEEDS, *STATION_DEEDS)
MAKERS = ("LSV", "LFV", "LGB", "LVS", "LZW", "LS5", "LGX", "LBE", "LHG", "LJD", "LDC", "LGW")


@dataclass(frozen=True)
class Wanted:
    """How much to make. share: of the tests that each deed of tests touches at a station that does it. every: one station in so many does a deed of stations."""

    tests: int
    stations: int
    begin: datetime
    seed: int
    share: float = 0.002
    length: int | None = None  # all curves as long as this [s]; None: as the method takes
    deeds: tuple[str, ...] = DEEDS
