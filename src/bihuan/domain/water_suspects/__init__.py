"""Who may have caused what a section of a river showed: discharges upstream, weighed and ranked, with the evidence of each."""

from bihuan.domain.water_suspects.given import LOGGED, WATCHED, Discharge, Event, Weights
from bihuan.domain.water_suspects.ranking import FACTORS, suspects
from bihuan.domain.water_suspects.words import Evidence, evidence

__all__ = [
    "FACTORS",
    "LOGGED",
    "WATCHED",
    "Discharge",
    "Event",
    "Evidence",
    "Weights",
    "evidence",
    "suspects",
]
