"""What the texts leave open or what was seen only once: choices with a default, each with its reason."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Rules:
    """Choices of an evaluation. The default of each is what can be defended best from public sources.

    concentration_rounding: how a concentration becomes what formula (1) of HJ 633 takes (integer µg/m³, CO one
        decimal). Public implementations disagree (half-even, truncate, none); GB/T 8170 is what HJ 663 names.
    particles: real-time particles by their 1 h value on the 24 h breakpoints (platform practice since 2012, and
        the text of 2026), or by the 24 h moving mean (text of HJ 633-2012; needs columns pm25_24h, pm10_24h).
    percentile_of: percentiles are taken of the published (rounded) daily values (HJ 663 annex A, practice).
    mean_of: means of a period are taken of the unrounded daily values (GB/T 8170: never round twice).
    composite_of: single indices are computed of unrounded statistics, for the same reason; bulletins that
        divide published concentrations need "published".
    incomplete: an AQI of fewer than the six items. "judged": by the edition of its date (2012 judges the others, 2026
        withholds it up to 100). "withheld": as 2026 (HJ 633-2026, 5.3.1) whatever the date, which is what a page shows:
        an index without particles says nothing about the air.
    city_share: share of a city's stations that must be valid for a city value (HJ 663, known but unsure).
    """

    concentration_rounding: Literal["half-even", "truncate", "none"] = "half-even"
    particles: Literal["1h", "24h"] = "1h"
    percentile_of: Literal["published", "exact"] = "published"
    mean_of: Literal["published", "exact"] = "exact"
    composite_of: Literal["published", "exact"] = "exact"
    incomplete: Literal["judged", "withheld"] = "judged"
    city_share: float = 0.75


DEFAULT = Rules()
SHOWN = Rules(incomplete="withheld")
