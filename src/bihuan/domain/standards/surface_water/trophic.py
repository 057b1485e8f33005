"""湖库营养状态: the trophic level index TLI(Σ) of chlorophyll, TP, TN, transparency and permanganate (总站生字〔2001〕090号)."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

PARTS: Mapping[str, tuple[float, float, float]] = {
    "chla": (2.5, 1.086, 1.0),
    "tp": (9.436, 1.624, 0.84),
    "tn": (5.453, 1.694, 0.82),
    "sd": (5.118, -1.94, 0.83),
    "codmn": (0.109, 2.661, 0.83),
}
"""10 (a + b ln x) of chlorophyll [mg/m³], TP, TN, CODMn [mg/L] and transparency [m]; r with chlorophyll, whose squares are the weights."""
LEVELS = ((30, "贫营养"), (50, "中营养"), (60, "轻度富营养"), (70, "中度富营养"))
WORST = "重度富营养"
LEVEL_NAMES = (*(name for _bound, name in LEVELS), WORST)


@dataclass(frozen=True)
class Trophic:
    """The index, its level, and which of the five items it was made of."""

    index: float
    level: str
    items: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Were all five known?"""
        return len(self.items) == len(PARTS)


def trophic(values: Mapping[str, float | None]) -> Trophic | None:
    """TLI(Σ) of what is known, weights shared out among these; None without chlorophyll, on which all weights hang."""
    known = {n: v for n in PARTS if (v := values.get(n)) is not None and v > 0}
    if "chla" not in known:
        return None
    weights = {n: PARTS[n][2] ** 2 for n in known}
    parts = {n: 10 * (PARTS[n][0] + PARTS[n][1] * log(v)) for n, v in known.items()}
    index = sum(weights[n] * parts[n] for n in known) / sum(weights.values())
    return Trophic(index, level_of(index), tuple(known))


def level_of(index: float) -> str:
    """< 30 贫, 30 to 50 中, above 50 轻度富, above 60 中度富, above 70 重度富."""
    if index < LEVELS[0][0]:
        return LEVELS[0][1]
    return next((name for bound, name in LEVELS[1:] if index <= bound), WORST)
