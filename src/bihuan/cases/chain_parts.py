"""The chains of a span of cases: read as columns, each step with its files, checked, and digested for the log too.

Many cases are walked in spans by several processes.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from multiprocessing import get_context
from os import cpu_count
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from bihuan.cases import chain_process
from bihuan.cases.evidence import path_of
from bihuan.cases.expected import at_upgrade, differences
from bihuan.cases.models import Attachment, Case, Step
from bihuan.cases.names import Register
from bihuan.cases.records import FileRow, StepRow, findings_of, released, step_hash
from bihuan.cases.transitions import BY_KEY
from bihuan.registry import plain_rows
from bihuan.registry.hashing import defaults, digest, digest_without_floats
from bihuan.registry.log_check import Digest

ALONE = 10_000
"""So many cases are walked by this process itself."""
SPANS = 8
"""Into so many spans more are cut for each processor, so that none waits long for the last one."""
TARGETS = {(source.value if source else "", action): t.target.value for (source, action), t in BY_KEY.items()}


@dataclass(frozen=True)
class Break:
    """One thing that does not fit: in which case, at which step (0 = the case itself), and why."""

    case: str
    step: int
    why: str


@dataclass
class Part:
    """What a walk over a span saw: every step and file for the log, and what is broken."""

    steps: list[Digest] = field(default_factory=list)
    files: list[Digest] = field(default_factory=list)
    broken: list[Break] = field(default_factory=list)


@contextmanager
def walked(cases: Sequence[int]) -> Iterator[Iterable[Part]]:
    """The parts of all these cases (their ids, in order), walked while the caller does something else."""
    if len(cases) <= ALONE:
        yield [part(cases[0], cases[-1])] if cases else []
        return
    size = -(-len(cases) // (SPANS * (cpu_count() or 1)))
    spans = [cases[n : n + size] for n in range(0, len(cases), size)]
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=chain_process.start) as pool:
        yield pool.map(chain_process.part, [s[0] for s in spans], [s[-1] for s in spans])


def part(first: int, last: int) -> Part:
    """Walk the cases with ids from first to last."""
    found, names, faults = Part(), Register(), _Faults()
    cases = {
        values[0]: _CASE(values) for values in plain_rows.read(Case.objects.filter(pk__range=(first, last)))
    }
    files, findings, before = _files(first, last, cases, found), _findings_of(first, last), at_upgrade()
    seen = set()
    rows = _steps(first, last, cases, found)
    for pk, group in groupby(rows, key=lambda step: step.case_id):
        chain, case = list(group), cases[pk]
        seen.add(pk)
        number = case["number"]
        found.broken += [Break(number, at, why) for at, why in _check(case, chain, files, faults)]
        found.broken += [Break(number, 0, why) for why in differences(case, chain, before.get(number))]
        found.broken += [Break(number, at, why) for at, why in _of_findings(findings[pk], chain)]
        found.broken += [Break(number, 0, why) for why in names.differences(case["region_id"], chain)]
    found.broken += [
        Break(c["number"], 0, "the case has no steps") for pk, c in cases.items() if pk not in seen
    ]
    return found


Columns = Mapping[str, Any]
Said = Iterator[tuple[int, str]]
"""Steps (0 = the case itself), each with what is wrong with it."""
_CASE = plain_rows.written(Case)


def _steps(first: int, last: int, cases: Mapping[int, Columns], found: Part) -> Iterator[StepRow]:
    """The steps of the cases that are there (of others the log says that they are gone), digested on their way."""
    written, usual = plain_rows.written(Step, without=("data",)), defaults(Step)
    names = [f.attname for f in plain_rows.columns_of(Step)]
    case_of, data_of = names.index("case_id"), names.index("data")
    query = Step.objects.filter(case__gte=first, case__lte=last).order_by("case_id", "seq")
    for values in plain_rows.read(query):
        if (case := cases.get(values[case_of])) is not None:
            row, (data, said) = written(values), plain_rows.loaded_and_said(values[data_of])
            floats = data is not said
            content = {
                k: v for k, v in (row | {"data": said}).items() if k not in Step.UNLOGGED and v != usual[k]
            }
            there = (digest if floats else digest_without_floats)(content)
            found.steps.append((f"{case['number']}/{row['seq']}", there, ()))
            yield StepRow(**row, data=data, floats=floats)


def _files(first: int, last: int, cases: Mapping[int, Columns], found: Part) -> Mapping[int, list[FileRow]]:
    """The files of their steps, by step, digested on their way."""
    written, usual = plain_rows.written(Attachment), defaults(Attachment)
    query = Attachment.objects.filter(step__case__gte=first, step__case__lte=last).order_by("pk")
    by_step = defaultdict(list)
    for *values, case, seq in plain_rows.read(query, "step__case_id", "step__seq"):
        row = written(values)
        by_step[row["step_id"]].append(FileRow(**row))
        if case in cases:
            content = {k: v for k, v in row.items() if k not in Attachment.UNLOGGED and v != usual[k]}
            found.files.append((f"{cases[case]['number']}/{seq}/{row['id']}", digest(content), ()))
    return by_step


def _findings_of(first: int, last: int) -> Mapping[int, dict[int, str]]:
    """The findings of each case, with the digest of their evidence."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    links = Case.findings.through.objects.filter(case__gte=first, case__lte=last)
    evidence = Cast("finding__evidence", TextField())
    for case, finding, text in links.values_list("case_id", "finding_id", evidence).iterator(chunk_size=5000):
        found[case][finding] = digest(plain_rows.loaded(text))
    return found


class _Faults(dict[str, str]):
    """What is wrong with the content of a stored file, by its hash; each is read once."""

    def __missing__(self, sha256: str) -> str:
        path = path_of(sha256)
        if not path.is_file():
            self[sha256] = "is missing"
        else:
            same = hashlib.sha256(path.read_bytes()).hexdigest() == sha256
            self[sha256] = "" if same else "was changed"
        return self[sha256]


def _check(
    case: Columns, chain: Sequence[StepRow], files: Mapping[int, list[FileRow]], faults: Mapping[str, str]
) -> Said:
    previous, state, number = "", "", case["number"]
    for place, step in enumerate(chain, 1):
        attached = files.get(step.id, [])
        if step.seq != place:
            yield step.seq, f"expected step {place} here: a step is missing or out of order"
        if step.previous_hash != previous:
            yield step.seq, "does not follow the step before it"
        if step.hash != step_hash(step, number, attached):
            yield step.seq, "its content was changed after it was written"
        if step.from_state != state or TARGETS.get((state, step.action)) != step.to_state:
            said = f"{step.from_state or 'nothing'} -> {step.to_state} by {step.action}"
            yield step.seq, f"{said} is not in the table"
        for file in attached:
            if why := faults[file.sha256]:
                yield step.seq, f"file {file.name} {why}"
        previous, state = step.hash, step.to_state
    if case["version"] != chain[-1].seq:
        yield 0, f"the case counts {case['version']} steps, the chain ends at {chain[-1].seq}"


def _of_findings(linked: Mapping[int, str], chain: Sequence[StepRow]) -> Said:
    """The findings that the steps name, and the evidence that they were handed over with."""
    kept: dict[int, tuple[int, dict[str, Any]]] = {}
    for step in chain:
        kept |= {f["id"]: (step.seq, f) for f in findings_of(step)}
        for pk in released(step):
            kept.pop(pk, None)
    for pk in linked.keys() - kept.keys():
        yield 0, f"finding {pk} belongs to the case, but no step names it"
    for pk, (seq, record) in kept.items():
        if pk not in linked:
            yield seq, f"finding {pk} is missing from the case"
        elif linked[pk] != record.get("evidence_hash"):
            yield seq, f"the evidence of finding {pk} was changed"
