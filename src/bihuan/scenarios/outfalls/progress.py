"""How far the counties are with the goals of the year: surveyed, traced and put right, of all outfalls that count."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bihuan.kit.spans import today
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region
from bihuan.registry.subjects import there_on
from bihuan.scenarios.outfalls.models import Goal, Outfall
from bihuan.scenarios.outfalls.transitions import LEFT_OUT, SURVEYED, TRACED, TREATED, Clarity

COUNTY = 6
"""Digits of the code of a county."""
Stages = Mapping[tuple[str, str], int]
"""How many outfalls there are by stage and conclusion of tracing."""


@dataclass(frozen=True)
class Share:
    """Of `total` outfalls `done` are through; goal [%]: None where none was set."""

    done: int
    total: int
    goal: float | None

    @property
    def share(self) -> float | None:
        """The share done, 0 to 1; None of nothing."""
        return self.done / self.total if self.total else None

    @property
    def missing(self) -> int:
        """How many more have to be through to reach the goal."""
        if self.goal is None:
            return 0
        wanted = -(-round(self.goal * self.total, 6) // 100)
        return max(0, int(wanted) - self.done)


@dataclass(frozen=True)
class Progress:
    """One county, or all of them together."""

    region: Region | None
    total: int
    surveyed: Share
    traced: Share
    treated: Share

    @property
    def shares(self) -> tuple[Share, Share, Share]:
        """The three in their order."""
        return self.surveyed, self.traced, self.treated


@dataclass(frozen=True)
class Year:
    """The counties in a year, and the whole."""

    year: int
    rows: tuple[Progress, ...]
    whole: Progress


def year_of(person: Person) -> Year:
    """The year that runs, of what the person may see. Traced is what names who is responsible, all of it."""
    year = today().year
    goals = {g.region_id: g for g in visible(Goal.objects.filter(year=year), person)}
    rows = visible(Outfall.objects.filter(there_on(today())).exclude(stage__in=LEFT_OUT).order_by(), person)
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for region, stage, clarity in rows.values_list("region_id", "stage", "clarity"):
        counts.setdefault(region[:COUNTY], Counter())[stage, clarity] += 1
    regions = Region.objects.filter(pk__in={*counts, *goals}).order_by("code")
    made = tuple(_progress(r, counts.get(r.code, Counter()), goals.get(r.code)) for r in regions)
    return Year(year, made, _whole(made))


def _progress(region: Region, counts: Stages, goal: Goal | None) -> Progress:
    total = sum(counts.values())

    def share(done: Iterator[int], aim: float | None) -> Share:
        return Share(sum(done), total, aim)

    items = counts.items()
    return Progress(
        region,
        total,
        share((n for (stage, _), n in items if stage in SURVEYED), goal.surveyed if goal else None),
        share((n for (stage, clarity), n in items if stage in TRACED and clarity == Clarity.CLEAR), goal.traced if goal else None),
        share((n for (stage, _), n in items if stage in TREATED), goal.treated if goal else None),
    )  # fmt: skip


def _whole(rows: Iterable[Progress]) -> Progress:
    """The sums; a goal of the whole is what the counties' goals come to, where each has one."""
    parts = tuple(rows)
    total = sum(row.total for row in parts)

    def share(each: tuple[Share, ...]) -> Share:
        goals = [s.goal for s in each]
        known = [s.goal * s.total for s in each if s.goal is not None]
        goal = sum(known) / total if total and None not in goals else None
        return Share(sum(s.done for s in each), total, goal)

    return Progress(None, total, *(share(tuple(row.shares[n] for row in parts)) for n in range(3)))
