"""The score of a source as HJ 774-2015 is usually quoted: quantity, quality and management, with weights that are settings."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from bihuan.kit.inspection.models import Answer
from bihuan.scenarios.drinking_water.quality import Verdict
from bihuan.scenarios.drinking_water.settings import in_force

EXCELLENT, SUFFICIENT, POOR = gettext_noop("优秀"), gettext_noop("合格"), gettext_noop("不合格")


@dataclass(frozen=True)
class Score:
    """The parts of a source's score [0..100]; None where a part cannot be told, and then there is no total."""

    quantity: float | None
    quality: float | None
    management: float | None

    @property
    def total(self) -> float | None:
        """The weighted whole."""
        parts = {"quantity": self.quantity, "quality": self.quality, "management": self.management}
        known = {part: value for part, value in parts.items() if value is not None}
        return (
            sum(in_force().weights[part] * value for part, value in known.items())
            if len(known) == len(parts)
            else None
        )

    @property
    def level(self) -> str:
        """Its level, in Chinese; empty without a total."""
        if self.total is None:
            return ""
        if self.total >= in_force().excellent:
            return EXCELLENT
        return SUFFICIENT if self.total >= in_force().sufficient else POOR


def score_of(verdict: Verdict, answer: Answer | None) -> Score:
    """Quality: the share of the months measured in which every item kept its limit. Management and quantity: from the newest inspection."""
    quality = 100 * len(verdict.good_months) / len(verdict.months) if verdict.months else None
    return Score(_quantity(answer), quality, answer.score if answer else None)


def _quantity(answer: Answer | None) -> float | None:
    said = (
        next((v["text"] for v in answer.values if v["path"].endswith("/quantity_met")), "") if answer else ""
    )
    return {"yes": 100.0, "no": 0.0}.get(said)
