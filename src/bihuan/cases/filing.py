"""From a check's table to findings, in few queries whatever their number; rows of unknown targets are counted."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Q, Subquery

from bihuan import clock
from bihuan.cases.grouping import GAP
from bihuan.cases.incident_models import Incident
from bihuan.cases.incidents import IN_OPEN_CASE, Placing, of_finding, settle_roots
from bihuan.cases.joining import TITLE_LENGTH, Candidate, Row, declare, home_of, title_of
from bihuan.cases.models import Case, Finding, Step
from bihuan.cases.targets import Target, targets_of
from bihuan.cases.transitions import DROPPED
from bihuan.domain.checks import Check
from bihuan.registry.hashing import digest
from bihuan.registry.log import enter

Status = Finding.Status
GROWING = (
    "started_at", "until", "title", "phrase", "magnitude", "severity", "latest", "running",
    "facet", "cause", "explained_by",
)  # fmt: skip


@dataclass(frozen=True)
class Filed:
    """What became of a check's rows; `unknown` are the targets that no register knows, one entry per row."""

    new: int = 0
    extended: int = 0
    unknown: tuple[str, ...] = ()


def file_findings(check: Check, found: pl.DataFrame) -> Filed:
    """File all rows of a check's table in one transaction."""
    kinds = found.group_by("target_kind").agg(pl.col("target").unique())
    known = {kind: targets_of(kind, codes) for kind, codes in kinds.iter_rows()}
    rows, unknown = [], []
    for found_row in found.sort("start").iter_rows(named=True):
        target = known[found_row["target_kind"]].get(found_row["target"])
        if target is None:
            unknown.append(str(found_row["target"]))
        else:
            rows.append(_row(check, found_row, target))
    _, new = file_rows(rows)
    return Filed(new, len(rows) - new, tuple(unknown))


def _row(check: Check, found: dict[str, Any], target: Target) -> Row:
    return Row(
        check_key=check.key,
        item=found["item"] or "",
        target_kind=found["target_kind"],
        target=found["target"],
        target_name=target.name,
        region=target.region,
        organisation=target.organisation,
        vendor=target.vendor,
        title=found["title"],
        phrase=found["phrase"] or "",
        start=found["start"],
        until=found["until"],
        magnitude=found["magnitude"],
        unit=found["unit"],
        severity=found.get("severity") or check.severity,
        evidence=json.loads(found["evidence"]),
        basis=check.basis,
        simulated=target.simulated,
        belonging=check.belonging,
    )


@transaction.atomic
def file_rows(rows: Sequence[Row]) -> tuple[list[Finding], int]:
    """File rows of one check; the finding to which each went, and how many of the findings are new."""
    if not rows:
        return [], 0
    filing = Filing(clock.now(), _candidates(rows))
    homes = [filing.place(row) for row in rows]
    new = filing.write()
    return [filing.standing(finding) for finding in homes], new


@transaction.atomic
def file_alone(row: Row) -> Finding:
    """File a row that joins nothing that is there, such as an accepted measure: a finding and an incident of its own."""
    now = clock.now()
    check, kind, item, target = row.key
    before = Finding.objects.filter(check_key=check, target_kind=kind, item=item, target=target)
    before.filter(running=True).update(running=False)
    made = _new(row, now)
    made.incident = Incident.objects.create(opened_at=now)
    made.save(force_insert=True)
    settle_roots([made.incident_id])
    return made


def _candidates(rows: Sequence[Row]) -> dict[tuple[str, ...], list[Candidate]]:
    """The findings that rows of one check may join, and the running one of each key; locked until the rows are filed."""
    first = min(r.start for r in rows)
    cases = Case.objects.filter(of_finding("findings"))
    closed = cases.filter(closed_at__isnull=False).order_by("-closed_at").values("closed_at")[:1]
    dropped = Step.objects.filter(of_finding("case__findings"), to_state__in=DROPPED).order_by("-at")
    found = (
        Finding.objects.filter(check_key=rows[0].check_key, target__in={r.target for r in rows})
        .exclude(status=Status.MERGED)
        .annotate(
            in_open_case=IN_OPEN_CASE,
            case_closed=Subquery(closed),
            case_dropped=Subquery(dropped.values("at")[:1]),
        )
        .filter(
            Q(running=True) | Q(until__gte=first - GAP) | Q(silenced_until__gt=first) | Q(in_open_case=True)
        )
    )
    by_key = defaultdict(list)
    for finding in found.select_for_update(of=("self",)):
        ended = (None, None) if finding.in_open_case else (finding.case_closed, finding.case_dropped)
        by_key[_key(finding)].append(Candidate(finding, finding.in_open_case, *ended))
    return by_key


def _key(finding: Finding) -> tuple[str, ...]:
    return finding.check_key, finding.target_kind, finding.item, finding.target


class Filing:
    """Rows of one check being filed: placed one after the other in memory, then written together."""

    def __init__(self, now: datetime, candidates: dict[tuple[str, ...], list[Candidate]]) -> None:
        self.now = now
        self.candidates = candidates
        self.merged: list[tuple[Finding, Finding]] = []

    def place(self, row: Row) -> Finding:
        """The finding that a row joins, or a new one; what the row bridges becomes one."""
        there = self.candidates.setdefault(row.key, [])
        takers = [c for c in there if c.takes(row, self.now)]
        if not takers:
            there.append(Candidate(_new(row, self.now)))
            return there[-1].finding
        home = home_of(row, takers)
        home.extend(row)
        for other in takers:
            if home.absorbs(other):
                home.absorb(other.finding)
                there.remove(other)
                self.merged.append((other.finding, home.finding))
        return home.finding

    def standing(self, finding: Finding) -> Finding:
        """The finding itself, or the one that took it in."""
        for other, home in self.merged:
            if other is finding:
                return self.standing(home)
        return finding

    def write(self) -> int:
        """Create, extend and merge; returns how many are created."""
        self._settle_running()
        every = [c for there in self.candidates.values() for c in there]
        # Inserting over rows that are there is many times faster than bulk_update, and writes as little: GROWING.
        placing = Placing([c.finding for c in every if c.is_new], self.now)
        new = Finding.objects.bulk_create(placing.new)
        Finding.objects.bulk_create(
            [c.finding for c in every if c.changed],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=GROWING,
        )
        for other, home in self.merged:
            if other.pk is not None:
                same, into = Finding.objects.filter(pk=other.pk, status=Status.NEW), self.standing(home)
                same.update(status=Status.MERGED, merged_into=into, incident=into.incident_id)
        placing.settle(other.incident_id for other, _ in self.merged if other.pk is not None)
        for judged in (c.finding for c in every if c.changed and c.finding.status != Status.NEW):
            enter(judged)
        return len(new)

    def _settle_running(self) -> None:
        """Of each key the one that ends last is running; the others stop first, so that there are never two."""
        stopped = [other.pk for other, _ in self.merged if other.pk is not None]
        for there in self.candidates.values():
            last = max(there, key=lambda c: (c.finding.until, c.finding.started_at))
            for candidate in there:
                finding, runs = candidate.finding, candidate is last
                if finding.running != runs:
                    finding.running, candidate.changed = runs, not candidate.is_new
                    stopped += [finding.pk] if finding.pk and not runs else []
        if stopped:
            Finding.objects.filter(pk__in=stopped).update(running=False)


def _new(row: Row, now: datetime) -> Finding:
    """A finding as a row shows it first; its evidence never changes."""
    made = Finding(
        check_key=row.check_key,
        target_kind=row.target_kind,
        target=row.target,
        target_name=row.target_name,
        phrase=(row.phrase or row.title)[:TITLE_LENGTH],
        region=row.region,
        organisation=row.organisation,
        vendor=row.vendor,
        started_at=row.start,
        until=row.until,
        item=row.item,
        magnitude=row.magnitude,
        unit=row.unit,
        severity=row.severity,
        evidence=row.evidence,
        evidence_hash=digest(row.evidence),
        latest=row.evidence,
        basis=row.basis,
        found_at=now,
        simulated=row.simulated,
    )
    made.title = title_of(made)
    declare(made, row.belonging)
    return made
