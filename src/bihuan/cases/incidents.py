"""New findings are put into incidents in the transaction that files them (rules: cases.grouping)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from bihuan.cases.grouping import GAP, Group, cause_of, grouped, root_of
from bihuan.cases.incident_models import Incident
from bihuan.cases.models import Case, Finding, Level
from bihuan.cases.sides import Side
from bihuan.cases.transitions import CLEARED, UNFINISHED
from bihuan.registry.audit import record
from bihuan.registry.log import enter

Status = Finding.Status
JUDGED = (Status.CONFIRMED, Status.REJECTED, Status.SILENCED, Status.HANDED)
RANKS: list[str] = list(Level.values)
# What is wrong with a rejected finding is no reason against another; what is merged stands in another.
NO_COMPANY = (Status.REJECTED, Status.MERGED)
TAKEN_OVER = ("status", "reason", "decided_by_id", "decided_at", "silenced_until")
MEETS = {"line": ("line", "centre"), "centre": ("line",), "weather": ("weather",)}
"""By the cause of a finding: those of findings elsewhere that it may belong with."""
CITY_DIGITS = 4
"""Of a region's code: those that its city shares (GB/T 2260)."""


def of_finding(path: str) -> Q:
    """In a subquery for a finding: what leads by `path` to it, or to the one whose verdict it took over."""
    return Q(**{path: OuterRef("pk")}) | Q(**{path: OuterRef("follows_id")})


IN_OPEN_CASE = Exists(Case.objects.filter(of_finding("findings"), state__in=UNFINISHED - CLEARED))
"""Of a finding in a query: does it lie in a case that has not ended?"""


class Placing:
    """New findings being placed. Each has its incident from the beginning; `settle` follows once they are created."""

    def __init__(self, new: list[Finding], now: datetime) -> None:
        self.new, self.now = new, now
        self.touched: set[int] = set()
        if not new:
            return
        company = _company(new, now)
        there = {f.pk: f for f in company.values()}
        groups = grouped([side_of(f, -n) for n, f in enumerate(new, 1)], list(company))
        made = Incident.objects.bulk_create(Incident(opened_at=now) for g in groups if not g.incidents)
        fresh = iter(made)
        for group in groups:
            home, *others = group.incidents or [next(fresh).pk]
            unite(home, others)
            self._give(group, home, there)

    def _give(self, group: Group, home: int, there: dict[int, Finding]) -> None:
        """Give new findings their incident, and the verdicts that they take over."""
        self.touched.add(home)
        for side in group.new:
            finding = self.new[-side.key - 1]
            finding.incident_id = home
            if side.key in group.leaders:
                _take_over(finding, there[group.leaders[side.key]])

    def settle(self, left: Iterable[int]) -> None:
        """Find the roots anew, also of the incidents that findings have `left`; enter verdicts that were taken over."""
        settle_roots({*self.touched, *left})
        for finding in (f for f in self.new if f.follows_id is not None):
            enter(finding)
            record(None, "finding.followed", str(finding.pk), leader=finding.follows_id)


def unite(home: int, others: Sequence[int]) -> None:
    """Move all findings of other incidents into one, and let the emptied ones lead to it."""
    if others:
        Finding.objects.filter(incident__in=others).update(incident=home)
        Incident.objects.filter(pk__in=others).update(merged_into=home, root=None)


def settle_roots(pks: Iterable[int]) -> None:
    """Root and cause of incidents as their findings now are; one that has none left leads to where they went."""
    incidents = Incident.objects.in_bulk(list(pks))
    members: dict[int, list[Finding]] = defaultdict(list)
    found = Finding.objects.filter(incident__in=incidents).exclude(status=Status.MERGED)
    for finding in found.defer("evidence", "latest"):
        members[finding.incident_id].append(finding)
    for pk, incident in incidents.items():
        if members[pk]:
            sides = [side_of(f) for f in members[pk]]
            incident.root_id, incident.cause = root_of(sides).key, cause_of(sides)
            incident.merged_into_id = None
        elif incident.root_id is not None:
            incident.merged_into_id = _home_of(incident.root_id)
            incident.root_id = None
    Incident.objects.bulk_create(
        incidents.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["root", "cause", "merged_into"],
    )


def _home_of(finding: int) -> int:
    """The incident in which a finding stands now."""
    return Finding.objects.values_list("incident_id", flat=True).get(pk=finding)


def side_of(finding: Finding, key: int | None = None) -> Side:
    """The finding as the rules of grouping see it."""
    return Side(
        key=finding.pk if key is None else key,
        check=finding.check_key,
        target=(finding.target_kind, finding.target),
        item=finding.item,
        start=finding.started_at,
        until=finding.until,
        rank=RANKS.index(finding.severity),
        facet=finding.facet,
        explained_by=tuple(finding.explained_by),
        cause=finding.cause,
        line=str(finding.organisation_id or ""),
        vendor=str(finding.vendor_id or ""),
        area=finding.region_id[:CITY_DIGITS],
    )


def _company(new: Sequence[Finding], now: datetime) -> dict[Side, Finding]:
    """Findings near in time that new ones may belong with: of their targets, or of a cause that many share."""
    first, last = min(f.started_at for f in new) - GAP, max(f.until for f in new) + GAP
    targets, causes = {f.target for f in new}, {c for f in new for c in MEETS.get(f.cause, ())}
    same = Finding.objects.filter(incident=OuterRef("incident"))
    found = (
        Finding.objects.exclude(status__in=NO_COMPANY)
        .filter(Q(target__in=targets) | Q(cause__in=causes), until__gte=first, started_at__lte=last)
        .annotate(
            in_open_case=IN_OPEN_CASE,
            waiting=Exists(same.filter(status=Status.NEW)),
            fixed=Exists(same.filter(status__in=JUDGED)),
        )
        .select_related("incident")
        .defer("evidence", "latest")
    )
    there: dict[Side, Finding] = {}
    for finding in found:
        # The matter of a case that has ended is closed: what shows itself afterwards is a matter of its own.
        if finding.status == Status.HANDED and not finding.in_open_case:
            continue
        ended = finding.silenced_until is not None and finding.silenced_until <= now
        leads = finding.status != Status.NEW and not ended and not finding.waiting
        fixed = finding.fixed or finding.incident.by_hand
        side = side_of(finding)
        there[replace(side, incident=finding.incident_id, fixed=fixed, leads=leads)] = finding
    return there


def _take_over(finding: Finding, leader: Finding) -> None:
    for name in TAKEN_OVER:
        setattr(finding, name, getattr(leader, name))
    finding.decided_magnitude = finding.magnitude
    finding.follows_id = leader.follows_id or leader.pk
