"""六个百分百 and the flag of a site (扬尘红黄绿旗): local practice, its thresholds are settings."""

from collections.abc import Mapping
from dataclasses import dataclass

ITEMS = {
    "fence": "工地周边围挡", "cover": "物料堆放覆盖", "wash": "出入车辆冲洗", "paved": "施工现场地面硬化", "wet": "拆迁土方湿法作业", "sealed": "渣土车辆密闭运输",
}  # fmt: skip
"""The six of 六个百分百, by the name of their question."""
GREEN, YELLOW, RED, NONE = "green", "yellow", "red", ""


@dataclass(frozen=True)
class Score:
    """What an inspection found: items that passed, that were due, and that failed (in their order)."""

    passed: int
    due: int
    failed: tuple[str, ...]

    @property
    def rate(self) -> float | None:
        """达标率: passed of due; None where nothing was due."""
        return self.passed / self.due if self.due else None

    @property
    def met(self) -> bool | None:
        """6/6: no due item failed; None where nothing was due."""
        return not self.failed if self.due else None


def score(said: Mapping[str, str]) -> Score:
    """Of the answers yes, no and na (not applicable now, left out); an item that was not answered was not due."""
    failed = tuple(item for item in ITEMS if said.get(item) == "no")
    passed = sum(said.get(item) == "yes" for item in ITEMS)
    return Score(passed, passed + len(failed), failed)


@dataclass(frozen=True)
class Thresholds:
    """red_items: failed items from which on the flag is red. red_days: days above the limit of the last week from which on it is; 1 is yellow."""

    red_items: int
    red_days: int


@dataclass(frozen=True)
class Standing:
    """What is known of a site. failed: items of its newest inspection, None where nobody has looked at it. over_days, judged_days: of the last seven days."""

    failed: int | None
    over_days: int
    judged_days: int
    falsified: bool = False
    refused: bool = False
    monitored: bool = True


def flag(site: Standing, by: Thresholds) -> str:
    """red: falsified, refused, or too much of either; yellow: anything failed or above; green: 6/6 and a week without excess that was measured; else none.

    A site without an inspection, or whose monitor told of no day, has no green flag: nothing is known.
    """
    failed = site.failed or 0
    if site.falsified or site.refused or failed >= by.red_items or site.over_days >= by.red_days:
        return RED
    if failed or site.over_days:
        return YELLOW
    if site.failed is None or (site.monitored and not site.judged_days):
        return NONE
    return GREEN
