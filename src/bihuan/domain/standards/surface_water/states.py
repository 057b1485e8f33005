"""河流、流域、区域水质状况 by shares of classes, and how it changed (环办〔2011〕22号, sections 3 and 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import polars as pl

from bihuan.domain.standards.surface_water.classes import NAMES, WORSE, with_classes
from bihuan.domain.standards.surface_water.items import items
from bihuan.domain.standards.surface_water.main_pollutants import III, named, ranks
from bihuan.domain.standards.surface_water.means import rounded

FEW = 5
"""With fewer sections the items are averaged over them instead."""


class State(IntEnum):
    """水质状况, from the best to the worst."""

    GOOD = 1
    FAIR = 2
    LIGHT = 3
    MIDDLE = 4
    HEAVY = 5

    @property
    def chinese(self) -> str:
        """As reports name it."""
        return NAMES[self]


@dataclass(frozen=True)
class Shares:
    """Of some sections with a class: how many are Ⅰ to Ⅲ and 劣Ⅴ. Sections without a class are not counted."""

    sections: int
    good: int
    worse: int

    @property
    def good_share(self) -> float | None:
        """优良比例 [%]; None without sections."""
        return 100 * self.good / self.sections if self.sections else None

    @property
    def worse_share(self) -> float | None:
        """劣Ⅴ类比例 [%]; None without sections."""
        return 100 * self.worse / self.sections if self.sections else None


def shares(classes: Sequence[int | None]) -> Shares:
    """The shares of the classes of sections."""
    known = [c for c in classes if c is not None]
    return Shares(len(known), sum(c <= III for c in known), sum(c == WORSE for c in known))


def state_by_shares(found: Shares) -> State | None:
    """The state of a river, basin or region with five sections or more; None without any.

    60 % Ⅰ to Ⅲ with 40 % 劣Ⅴ is MIDDLE: the worst state needs less than 60 %.
    """
    if not found.sections:
        return None
    good, worse, all_ = 100 * found.good, 100 * found.worse, found.sections
    if good >= 90 * all_:
        return State.GOOD
    if good >= 75 * all_:
        return State.FAIR
    if good < 60 * all_ and worse >= 40 * all_:
        return State.HEAVY
    return State.MIDDLE if worse >= 20 * all_ else State.LIGHT


def state_of(sections: pl.DataFrame) -> tuple[State | None, str]:
    """The state and the main pollutants of a river. sections: a row for each, of `with_classes`, with the items and `kind`.

    Five sections or more: by shares, the three items that exceed class III at most sections (rate > 0) in front. Fewer: by the items' means over the sections.
    """
    known = sections.filter(pl.col("class").is_not_null())
    if known.height >= FEW:
        state = state_by_shares(shares(known["class"].to_list()))
        return state, _by_rate(known) if state and state > State.FAIR else ""
    if known.is_empty():
        return None, ""
    names = [n for n in items() if n in known.columns]
    means = rounded(known.select(pl.col(names).mean()))
    if "kind" in known.columns and known["kind"].n_unique() == 1:
        means = means.with_columns(known["kind"].head(1))
    judged = with_classes(means, [n for n in names if items()[n].judged])
    worst = judged["class"][0]
    main = ranks(judged).select(
        pl.concat_str(
            [named(f"main_{n}", f"multiple_{n}") for n in (1, 2, 3)], separator=", ", ignore_nulls=True
        )
    )
    return State(max(1, worst - 1)), main.item() if main.height else ""


def _by_rate(known: pl.DataFrame) -> str:
    """The three items whose rate of sections worse than III is highest."""
    judged = [i for i in items().values() if i.judged and f"class_{i.name}" in known.columns]
    counts = {i.short: known.filter(pl.col(f"class_{i.name}") > III).height for i in judged}
    first = sorted((n for n in counts if counts[n]), key=lambda n: -counts[n])[:3]
    return ", ".join(f"{n} ({100 * counts[n] / known.height:.1f}%)" for n in first)


CHANGES: Mapping[int, str] = {-2: "明显变差", -1: "有所变差", 0: "无明显变化", 1: "有所好转", 2: "明显好转"}


def change_of_shares(before: Shares, after: Shares) -> int | None:
    """How a river changed between two periods, -2 to 2 (`CHANGES`); None where one has no sections.

    d = change of the share of Ⅰ to Ⅲ less that of 劣Ⅴ, in percentage points: up to 10 none, up to 20 some, beyond 明显.
    """
    if not (before.sections and after.sections):
        return None
    points = (
        100 * (after.good - after.worse) * before.sections
        - 100 * (before.good - before.worse) * after.sections
    )
    scale = before.sections * after.sections
    size = 0 if abs(points) <= 10 * scale else 1 if abs(points) <= 20 * scale else 2
    return size if points > 0 else -size


def change_of_class(before: int | None, after: int | None) -> int | None:
    """How a section changed: one class 有所, two or more 明显; None where one is not known."""
    if before is None or after is None:
        return None
    return max(-2, min(2, before - after))
