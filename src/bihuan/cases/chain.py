"""The hash chain of a case: how a step's hash is made, and the walk that finds what was changed afterwards."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from bihuan.cases.evidence import path_of
from bihuan.cases.models import Attachment, Case, Counter, Finding, Step
from bihuan.cases.terms import number_of
from bihuan.cases.transitions import BY_KEY, State


@dataclass(frozen=True)
class Break:
    """One thing that does not fit: in which case, at which step (0 = the case itself), and why."""

    case: str
    step: int
    why: str


@dataclass
class Report:
    """What a walk over all chains saw."""

    cases: int = 0
    steps: int = 0
    broken: list[Break] = field(default_factory=list)


def canonical(value: Any) -> bytes:
    """The one way a JSON value is written before it is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    """sha256 of the canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None


def file_record(file: Attachment) -> dict[str, Any]:
    """What the chain says about a file."""
    return {
        "name": file.name,
        "sha256": file.sha256,
        "media_type": file.media_type,
        "size": file.size,
        "taken_at": _instant(file.taken_at),
        "lat": file.lat,
        "lon": file.lon,
    }


def step_hash(step: Step, number: str, files: list[Attachment]) -> str:
    """The hash of a step: everything in it, its files, and the hash of the step before."""
    return digest(
        {
            "case": number,
            "seq": step.seq,
            "action": step.action,
            "from": step.from_state,
            "to": step.to_state,
            "actor": step.actor_id,
            "post": step.post,
            "by_unit": step.by_unit,
            "at": _instant(step.at),
            "note": step.note,
            "data": step.data,
            "organisation": step.organisation_id,
            "due": _instant(step.due),
            "original_due": _instant(step.original_due),
            "files": [file_record(f) for f in files],
            "previous": step.previous_hash,
        }
    )


def finding_record(finding: Finding) -> dict[str, Any]:
    """What the opening step keeps of a finding."""
    return {
        "id": finding.pk,
        "check": finding.full_key,
        "target": finding.target,
        "title": finding.title,
        "evidence": finding.evidence,
        "evidence_hash": finding.evidence_hash,
        "latest": finding.latest,
    }


def verify_chains() -> Report:
    """Walk every chain: hashes, order, table, files on disk, the case's present state, the findings' evidence."""
    report = Report(cases=Case.objects.count())
    seen = set()
    steps = Step.objects.select_related("case").prefetch_related("files").order_by("case_id", "seq")
    for _, group in groupby(steps.iterator(chunk_size=2000), key=lambda s: s.case_id):
        chain = list(group)
        seen.add(chain[0].case_id)
        report.steps += len(chain)
        report.broken += _check(chain[0].case, chain)
    for number in Case.objects.exclude(pk__in=seen).values_list("number", flat=True):
        report.broken.append(Break(number, 0, "the case has no steps"))
    report.broken += [Break(number, 0, "the whole case is missing") for number in _missing()]
    return report


def _missing() -> list[str]:
    """Numbers that were given but are no longer there."""
    there = set(Case.objects.values_list("number", flat=True))
    given = (number_of(c.year, n) for c in Counter.objects.all() for n in range(1, c.last + 1))
    return [number for number in given if number not in there]


def _check(case: Case, chain: list[Step]) -> Iterator[Break]:
    previous, state = "", ""
    for place, step in enumerate(chain, 1):
        for why in _faults(case, step, place, previous, state):
            yield Break(case.number, step.seq, why)
        previous, state = step.hash, step.to_state
    last = chain[-1]
    if case.version != last.seq:
        yield Break(case.number, 0, f"the case counts {case.version} steps, the chain ends at {last.seq}")
    now = (case.state, case.organisation_id, case.due, case.original_due)
    if now != (last.to_state, last.organisation_id, last.due, last.original_due):
        yield Break(
            case.number, 0, f"state, unit or deadline of the case differ from its last step {last.seq}"
        )
    yield from _evidence(case, chain[0])


def _faults(case: Case, step: Step, place: int, previous: str, state: str) -> Iterator[str]:
    files = list(step.files.all())
    if step.seq != place:
        yield f"expected step {place} here: a step is missing or out of order"
    if step.previous_hash != previous:
        yield "does not follow the step before it"
    if step.hash != step_hash(step, case.number, files):
        yield "its content was changed after it was written"
    source = State(step.from_state) if step.from_state else None
    row = BY_KEY.get((source, step.action))
    if step.from_state != state or row is None or row.target != step.to_state:
        yield f"{step.from_state or 'nothing'} -> {step.to_state} by {step.action} is not in the table"
    for file in files:
        path = path_of(file.sha256)
        if not path.is_file():
            yield f"file {file.name} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            yield f"file {file.name} was changed"


def _evidence(case: Case, first: Step) -> Iterator[Break]:
    kept = {f["id"]: f for f in first.data.get("findings", [])}
    now = Finding.objects.in_bulk(list(kept))
    for pk, record in kept.items():
        finding = now.get(pk)
        if finding is None:
            yield Break(case.number, 1, f"finding {pk} is missing")
        elif digest(finding.evidence) != record["evidence_hash"]:
            yield Break(case.number, 1, f"the evidence of finding {pk} was changed")
