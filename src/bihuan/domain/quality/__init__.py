"""Is this value believable? One file per check; pure functions of wide hours and sites, that give FINDINGS.

beyond_range(hours, sites)           the instrument cannot show that
stuck(hours, sites)                  the same value hour after hour
spike(hours, sites)                  an hour that stands alone in time and space
pm_inversion(hours, sites)           PM2.5 above PM10
neighbour_deviation(hours, sites)    one item leaves the neighbours
site_gap, network_gap                hours that did not come: of a site or item; of a city at once
sudden_drop(hours, sites)            falls while the neighbours stay (interference)
cut_off(hours, sites)                piled up under a threshold (interference)

apply_decisions(hours, decisions)    values that a reviewer excluded become null; `states`, `decided_hours`
quality_strip(hours, findings, decisions, until=...)    valid, doubtful, excluded, missing per hour
exclusion_effect(hours, site, items, start, until)      what would change: days, months, ranking
"""

from bihuan.domain.quality.cutoff import cut_off
from bihuan.domain.quality.decisions import DECISIONS, apply_decisions, decided_hours, states
from bihuan.domain.quality.deviation import neighbour_deviation
from bihuan.domain.quality.drop import sudden_drop
from bihuan.domain.quality.effect import Effect, exclusion_effect
from bihuan.domain.quality.gaps import network_gap, site_gap
from bihuan.domain.quality.inversion import pm_inversion
from bihuan.domain.quality.limits import beyond_range
from bihuan.domain.quality.spike import spike
from bihuan.domain.quality.strip import STATES, quality_strip
from bihuan.domain.quality.stuck import stuck

__all__ = [
    "DECISIONS",
    "STATES",
    "Effect",
    "apply_decisions",
    "beyond_range",
    "cut_off",
    "decided_hours",
    "exclusion_effect",
    "neighbour_deviation",
    "network_gap",
    "pm_inversion",
    "quality_strip",
    "site_gap",
    "spike",
    "states",
    "stuck",
    "sudden_drop",
]
