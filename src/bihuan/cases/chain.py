"""The hash chain of a case: how a step's hash is made, and the walk that finds what was changed afterwards."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from bihuan.cases.deadlines import number_of
from bihuan.cases.evidence import path_of
from bihuan.cases.expected import at_upgrade, differences
from bihuan.cases.models import Attachment, Case, Counter, Finding, Step
from bihuan.cases.names import Register
from bihuan.cases.transitions import BY_KEY, State
from bihuan.registry.hashing import columns, digest, instant
from bihuan.registry.installation import number_prefix
from bihuan.registry.log import LogEntry
from bihuan.registry.log_check import Fault, check_log

NUMBER = re.compile(r"(.*)〔(\d{4})〕(\d{4,})")
"""Prefix, year and count of a case's number."""
RELEASED = "released"
"""Key of `Step.data` under which a step keeps the findings that left the case."""


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


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at else None


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
    """What the opening step keeps of a finding: all of it, as it was handed over. Papers print this."""
    return columns(finding)


def verify_chains() -> Report:
    """Walk every chain: hashes, order, table, files on disk, the case's row, its findings; then the log over all."""
    cases = {c.pk: c for c in Case.objects.prefetch_related("findings").iterator(chunk_size=500)}
    report, seen, before, names = Report(cases=len(cases)), set(), at_upgrade(), Register()
    rows = Step.objects.prefetch_related("files").order_by("case_id", "seq").iterator(chunk_size=2000)
    for pk, group in groupby(rows, key=lambda s: s.case_id):
        if pk in cases:  # of a step without a case the log says that it is gone
            chain, case = list(group), cases[pk]
            seen.add(pk)
            report.steps += len(chain)
            report.broken += _check(case, chain, before.get(case.number))
            report.broken += [Break(case.number, 0, why) for why in names.differences(case, chain)]
    report.broken += [
        Break(c.number, 0, "the case has no steps") for pk, c in cases.items() if pk not in seen
    ]
    report.broken += _numbers({c.number for c in cases.values()})
    report.broken += _of_log(report.broken)
    return report


def _numbers(there: set[str]) -> Iterator[Break]:
    """Numbers that were given but are no longer there, and the other way round."""
    prefixes = _prefixes()
    given = {
        number_of(prefixes.get((c.year, n), number_prefix()), c.year, n): None
        for c in Counter.objects.all()
        for n in range(1, c.last + 1)
    }
    for number in given:
        if number not in there:
            yield Break(number, 0, "the whole case is missing")
    for number in sorted(there - given.keys()):
        yield Break(number, 0, "its number was never given: the counter of the year was changed")


def _prefixes() -> dict[tuple[int, int], str]:
    """What each number began with when it was given, by year and count: the log names the first step of every case."""
    keys = (
        LogEntry.objects.filter(kind="cases.step", key__endswith="/1")
        .order_by("-seq")
        .values_list("key", flat=True)
    )
    numbers = (NUMBER.fullmatch(key.removesuffix("/1")) for key in keys)
    return {(int(n[2]), int(n[3])): n[1] for n in numbers if n}


def _of_log(known: list[Break]) -> list[Break]:
    """What the log says besides: nothing of a step that is named already, nor of the steps of a case that has none."""
    named = {(b.case, b.step) for b in known}
    gone = {b.case for b in known if b.why in ("the case has no steps", "the whole case is missing")}
    found = [break_of(fault) for fault in check_log()]
    return [b for b in found if not b.step or ((b.case, b.step) not in named and b.case not in gone)]


def break_of(fault: Fault) -> Break:
    """A fault of the log: of a step or a file by case and step, of a finding by its case, else by its kind and key."""
    if fault.kind in ("cases.step", "cases.attachment"):
        number, seq, *file = fault.key.split("/")
        what = "a file" if file else "the step"
        return Break(number, int(seq), f"{what} {fault.why}")
    if fault.kind == "cases.finding":
        case = Case.objects.filter(findings=int(fault.key)).first()
        return Break(case.number if case else "", 1 if case else 0, f"finding {fault.key} {fault.why}")
    return Break("", 0, f"{fault.kind} {fault.key} {fault.why}".strip())


def _check(case: Case, chain: list[Step], before: dict[str, Any] | None) -> Iterator[Break]:
    previous, state = "", ""
    for place, step in enumerate(chain, 1):
        for why in _faults(case, step, place, previous, state):
            yield Break(case.number, step.seq, why)
        previous, state = step.hash, step.to_state
    last = chain[-1]
    if case.version != last.seq:
        yield Break(case.number, 0, f"the case counts {case.version} steps, the chain ends at {last.seq}")
    for why in differences(case, chain, before):
        yield Break(case.number, 0, why)
    yield from _findings(case, chain)


def _faults(case: Case, step: Step, place: int, previous: str, state: str) -> Iterator[str]:
    files = list(step.files.all())
    if step.seq != place:
        yield f"expected step {place} here: a step is missing or out of order"
    if step.previous_hash != previous:
        yield "does not follow the step before it"
    if step.hash != step_hash(step, case.number, files):
        yield "its content was changed after it was written"
    source = State(state) if state in State.values else None
    row = BY_KEY.get((source, step.action))
    if step.from_state != state or row is None or row.target != step.to_state:
        yield f"{step.from_state or 'nothing'} -> {step.to_state} by {step.action} is not in the table"
    for file in files:
        path = path_of(file.sha256)
        if not path.is_file():
            yield f"file {file.name} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            yield f"file {file.name} was changed"


def _findings(case: Case, chain: list[Step]) -> Iterator[Break]:
    """The findings that the steps name, and the evidence that they were handed over with."""
    kept: dict[int, tuple[int, dict[str, Any]]] = {}
    for step in chain:
        kept |= {f["id"]: (step.seq, f) for f in findings_of(step)}
        for pk in released(step):
            kept.pop(pk, None)
    linked = {f.pk: f for f in case.findings.all()}
    for pk in linked.keys() - kept.keys():
        yield Break(case.number, 0, f"finding {pk} belongs to the case, but no step names it")
    for pk, (seq, record) in kept.items():
        finding = linked.get(pk)
        if finding is None:
            yield Break(case.number, seq, f"finding {pk} is missing from the case")
        elif digest(finding.evidence) != record.get("evidence_hash"):
            yield Break(case.number, seq, f"the evidence of finding {pk} was changed")


def findings_of(step: Step) -> list[dict[str, Any]]:
    """The findings that a step brought into the case, as they then were."""
    found = step.data.get("findings") if isinstance(step.data, dict) else None
    return [f for f in found if isinstance(f, dict) and "id" in f] if isinstance(found, list) else []


def released(step: Step) -> list[int]:
    """The findings that left the case with a step (cases.families)."""
    found = step.data.get(RELEASED) if isinstance(step.data, dict) else None
    return [pk for pk in found if isinstance(pk, int)] if isinstance(found, list) else []
