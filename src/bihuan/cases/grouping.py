"""Which incident a new finding joins, whose verdict it takes over, and which finding is the root. Pure: no Django here.

Two findings belong together when they are sides of one matter at one target and time, cause and consequence there, or
shown at once by many targets that one cause can reach (`domain.checks.Belonging`; decision 0021). Only new findings are
placed; of those that are there whole incidents may be united, while nobody has judged or regrouped them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations

from bihuan.cases.crowds import crowds
from bihuan.cases.sides import Side

# A problem that pauses no longer than this goes on; after a longer pause it is a new one.
GAP = timedelta(hours=6)
# What one break of a line stops, begins within this time: loggers send at different minutes.
AT_ONCE = timedelta(hours=1)
# Kinds of kinship, closest first.
SAME, OTHER_ITEM, OUR_OUTAGE, CONSEQUENCE, SAME_FACET, SAME_LINE, CROWD = range(7)


@dataclass
class Group:
    """What becomes one incident: new findings, and the incidents that are there, of which the first takes the others in.

    leaders: of new findings those that take over the verdict of a judged one, with that one's key.
    """

    new: list[Side] = field(default_factory=list)
    incidents: list[int] = field(default_factory=list)
    leaders: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """Two findings that belong together, and how closely; `new` is always one that is being placed."""

    kin: int
    new: Side
    other: Side


def grouped(new: Sequence[Side], there: Sequence[Side]) -> list[Group]:
    """The incidents of new findings, in the order of the first of each. `there`: those of the incidents that may matter."""
    links = list(_links(new, there))
    by_new: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        by_new[link.new.key].append(link)
    settled = {side.key: home for side in new if (home := _fixed_home(by_new[side.key])) is not None}
    for link in (link for link in links if link.other.incident is None):
        for one, another in ((link.new, link.other), (link.other, link.new)):
            if another.key in settled and not _open_links(by_new[one.key]):
                settled.setdefault(one.key, settled[another.key])
    groups = _united([s for s in new if s.key not in settled], links) + _joined(new, settled)
    for group in groups:
        group.leaders = dict(_leaders(group, by_new))
    order = {side.key: n for n, side in enumerate(new)}
    return sorted(groups, key=lambda g: min(order[s.key] for s in g.new))


def kinship(a: Side, b: Side) -> int | None:
    """How closely two findings belong together, None: not at all. Crowds are seen by `crowds`."""
    if {a.cause, b.cause} == {"centre", "line"}:
        ours, other = (a, b) if a.cause == "centre" else (b, a)
        # What was silent before we were down is not our doing.
        began = ours.start - AT_ONCE <= other.start <= ours.until
        return OUR_OUTAGE if began and a.area == b.area else None
    if a.target == b.target and _near(a, b):
        if a.check == b.check:
            return SAME if a.item == b.item else OTHER_ITEM
        if a.check in b.explained_by or b.check in a.explained_by:
            return CONSEQUENCE
        return SAME_FACET if a.facet and a.facet == b.facet else None
    together = a.line and a.line == b.line and abs(a.start - b.start) <= AT_ONCE
    return SAME_LINE if a.cause == b.cause == "line" and together else None


def root_of(sides: Iterable[Side]) -> Side:
    """The finding that explains the others: explained by none of them, then the most serious, then the first."""
    every = list(sides)
    checks = {s.check for s in every}
    return min(
        every,
        key=lambda s: (s.cause != "centre", bool(checks & set(s.explained_by)), -s.rank, s.start, s.key),
    )


def cause_of(sides: Iterable[Side]) -> str:
    """What they have in common: centre, target, line, vendor, network or weather; hand: what only people put together."""
    every = list(sides)
    if any(s.cause == "centre" for s in every):
        return "centre"
    if len({s.target for s in every}) == 1:
        return "target"
    if every[0].line and len({s.line for s in every}) == 1:
        return "line"
    shared = {s.cause for s in every}
    if "line" in shared and every[0].vendor and len({s.vendor for s in every}) == 1:
        return "vendor"
    return "weather" if "weather" in shared else "network" if "line" in shared else "hand"


def _near(a: Side, b: Side) -> bool:
    return a.start <= b.until + GAP and b.start <= a.until + GAP


def _links(new: Sequence[Side], there: Sequence[Side]) -> Iterator[Link]:
    """Every link of a new finding with another, which is new too or stands in an incident."""
    fresh = {side.key for side in new}
    for one, another in _pairs([*new, *there]):
        kin = kinship(one, another)
        if kin is not None:
            yield from _link(kin, one, another, fresh)
    for one, another in crowds([*new, *there], fresh):
        yield from _link(CROWD, one, another, fresh)


def _link(kin: int, one: Side, another: Side, fresh: set[int]) -> Iterator[Link]:
    if one.key in fresh:
        yield Link(kin, one, another)
    if another.key in fresh:
        yield Link(kin, another, one)


def _pairs(sides: Sequence[Side]) -> Iterator[tuple[Side, Side]]:
    """Pairs that can be kin: of one target, or of one line; an outage of ours with everybody on a line."""
    places: dict[tuple[str, ...], list[Side]] = defaultdict(list)
    for side in sides:
        places[("target", *side.target)].append(side)
        if side.cause == "line" and side.line:
            places["line", side.line].append(side)
    for together in places.values():
        yield from combinations(together, 2)
    for ours in (s for s in sides if s.cause == "centre"):
        yield from ((ours, side) for side in sides if side.cause == "line")


def _fixed_home(links: Sequence[Link]) -> int | None:
    """The incident that a new finding joins by itself, because it is united with no other; None: another way is closer.

    What falls silent with half the city belongs there, not to what its own logger had the day before.
    """
    shared = [link for link in links if link.kin in (SAME, OUR_OUTAGE, CROWD)]
    in_crowd = any(link.kin == CROWD for link in links)
    known = [link for link in (shared if in_crowd else links) if link.other.incident is not None]
    best = min(known, key=lambda k: (k.kin, k.other.fixed, -(k.other.incident or 0)), default=None)
    return best.other.incident if best is not None and best.other.fixed else None


def _open_links(links: Iterable[Link]) -> bool:
    return any(link.other.incident is not None and not link.other.fixed for link in links)


def _united(new: Sequence[Side], links: Sequence[Link]) -> list[Group]:
    """Groups of what hangs together among new findings and incidents that may be united; the oldest takes the others in."""
    free = {side.key for side in new}
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for link in (link for link in links if link.new.key in free and not link.other.fixed):
        other = ("new", link.other.key) if link.other.incident is None else ("incident", link.other.incident)
        if other[0] == "incident" or other[1] in free:
            parent[find(("new", link.new.key))] = find(other)
    groups: dict[tuple[str, int], Group] = defaultdict(Group)
    for side in new:
        groups[find(("new", side.key))].new.append(side)
    for node in [node for node in parent if node[0] == "incident"]:
        groups[find(node)].incidents.append(node[1])
    for group in groups.values():
        group.incidents.sort()
    return list(groups.values())


def _joined(new: Sequence[Side], settled: dict[int, int]) -> list[Group]:
    """Groups of those that join an incident without uniting it with others."""
    groups: dict[int, Group] = {}
    for side in (s for s in new if s.key in settled):
        home = settled[side.key]
        groups.setdefault(home, Group(incidents=[home])).new.append(side)
    return list(groups.values())


def _leaders(group: Group, by_new: dict[int, list[Link]]) -> Iterator[tuple[int, int]]:
    """New findings that take over a verdict: of a judged one at least as serious.

    What comes back to its own judged finding does not: the rules of joining have already said that it is new.
    """
    for side in group.new:
        links = [link for link in by_new[side.key] if link.other.incident in group.incidents]
        leads = [link for link in links if link.other.leads and link.other.rank >= side.rank]
        if leads and all(link.kin != SAME for link in links):
            yield side.key, min(leads, key=lambda k: (k.kin, -k.other.rank, k.other.key)).other.key
