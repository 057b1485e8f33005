"""排名: groups by how they keep deadlines, and how each moved since the span before."""

from collections.abc import Mapping
from dataclasses import dataclass

from bihuan.cases.statistics import ALL, Statistics

RULE = "按期完成率高者在前；相同的，依次看超期率、反弹率、办理天数中位数，低者在前；没有到期问题的不排名"
"""How it is ranked, as the page says it. Our setting."""
IN_TIME, LATE, REBOUND = "按期完成率", "超期率", "反弹率"


@dataclass(frozen=True)
class Ranked:
    """A line of the board. place: None where nothing was due. moved: places up (+) or down since the span before; None where
    it had none then."""

    name: str
    of: Statistics
    place: int | None
    moved: int | None

    @property
    def down(self) -> int:
        """Places lost."""
        return -(self.moved or 0)


def _order(of: Statistics) -> tuple[float, float, float, float]:
    rates = of.rates
    return -(rates[IN_TIME] or 0.0), rates[LATE] or 0.0, rates[REBOUND] or 0.0, of.median_days or 0.0


def places(groups: Mapping[str, Statistics]) -> dict[str, int]:
    """The place of each group in which something was due, from 1; equal ones share theirs."""
    orders = {name: _order(of) for name, of in groups.items() if of.due and name != ALL}
    return {name: 1 + sum(other < order for other in orders.values()) for name, order in orders.items()}


def ranked(groups: Mapping[str, Statistics], before: Mapping[str, Statistics]) -> list[Ranked]:
    """The board, best first; groups without a place last, by name."""
    now, then = places(groups), places(before)
    lines = [
        Ranked(name, of, now.get(name), then[name] - now[name] if name in now and name in then else None)
        for name, of in groups.items()
        if name != ALL
    ]
    return sorted(lines, key=lambda line: (line.place is None, line.place or 0, line.name))
