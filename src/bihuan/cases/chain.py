"""The walk over the hash chains of all cases, which finds what was changed afterwards."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from bihuan.cases import chain_parts
from bihuan.cases.chain_parts import Break, Part
from bihuan.cases.deadlines import number_of
from bihuan.cases.models import Attachment, Case, Counter, Step
from bihuan.registry.installation import number_prefix
from bihuan.registry.log import LogEntry
from bihuan.registry.log_check import Digest, Fault, check_log

NUMBER = re.compile(r"(.*)〔(\d{4})〕(\d{4,})")
"""Prefix, year and count of a case's number."""


@dataclass
class Report:
    """What a walk over all chains saw."""

    cases: int = 0
    steps: int = 0
    broken: list[Break] = field(default_factory=list)


def verify_chains() -> Report:
    """Walk every chain: hashes, order, table, files on disk, the case's row, its findings; then the log over all.

    People go on working meanwhile: what seems broken in one walk and not in the next was just being written.
    """
    before = LogEntry.objects.count()
    report = _walked()
    if report.broken and LogEntry.objects.count() != before:
        again = set(_walked().broken)
        report.broken = [b for b in report.broken if b in again]
    return report


def _walked() -> Report:
    numbers = dict(Case.objects.order_by("pk").values_list("pk", "number"))
    report = Report(cases=len(numbers))
    with chain_parts.walked(list(numbers)) as parts:
        found = list[Part]()
        log = check_log(lambda: _digests(parts, found))
    report.steps, report.broken = sum(len(p.steps) for p in found), [b for p in found for b in p.broken]
    report.broken += _numbers(set(numbers.values()))
    report.broken += _besides(log, report.broken)
    return report


def _digests(parts: Iterable[Part], found: list[Part]) -> dict[str, Iterable[Digest]]:
    """The steps and files of all parts for the log, when they are there; the parts themselves go to `found`."""
    found += parts
    return {
        Step._meta.label_lower: chain.from_iterable(p.steps for p in found),
        Attachment._meta.label_lower: chain.from_iterable(p.files for p in found),
    }


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


def _besides(log: list[Fault], known: list[Break]) -> list[Break]:
    """What the log says besides: nothing of a step that is named already, nor of the steps of a case that has none."""
    named = {(b.case, b.step) for b in known}
    gone = {b.case for b in known if b.why in ("the case has no steps", "the whole case is missing")}
    found = [break_of(fault) for fault in log]
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
