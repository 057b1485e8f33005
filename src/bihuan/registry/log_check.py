"""The walk over the log of the installation: is the chain whole, and is every row what was entered?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.apps import apps

from bihuan.registry.anchors import Root
from bihuan.registry.hashing import digest
from bihuan.registry.log import UPGRADE, LogEntry, Logged, WrittenOnce, content_of, said

Row = tuple[str, str]  # kind, key
NOTHING = digest({})
"""What is entered of a row that no longer says anything."""


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit: which row, by which entry (0 = none), and why."""

    kind: str
    key: str
    entry: int
    why: str


@dataclass
class Walk:
    """What the entries say: the last one of each row, and what does not fit among the entries themselves."""

    entries: int = 0
    last: dict[Row, tuple[int, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def logged_models() -> list[type[Logged]]:
    """Every kind of row that is entered, by name."""
    found = [m for m in apps.get_models() if issubclass(m, Logged)]
    return sorted(found, key=lambda m: m._meta.label_lower)


def check_log() -> list[Fault]:
    """Entries that do not follow each other, and rows that are gone, changed or not entered."""
    walk = _walk()
    for model in logged_models():
        walk.faults += _rows(model, walk)
    return walk.faults


def _walk() -> Walk:
    walk, before, place = Walk(), "", 0
    once = {m._meta.label_lower for m in logged_models() if issubclass(m, WrittenOnce)}
    for entry in LogEntry.objects.order_by("seq").defer("content").iterator(chunk_size=5000):
        row, place = (entry.kind, entry.key), place + 1
        for why in _faults(entry, place, before):
            walk.faults.append(Fault(*row, entry.seq, why))
        if row in walk.last and entry.kind in once and not entry.note.startswith(UPGRADE):
            walk.faults.append(Fault(*row, entry.seq, "was entered a second time, but is written once"))
        if entry.note not in ("", UPGRADE):
            walk.faults.append(Fault(*row, entry.seq, f"was {entry.note} (log entry {entry.seq})"))
        walk.last[row] = (entry.seq, entry.digest)
        before, place = entry.hash, entry.seq
    return walk


def _faults(entry: LogEntry, place: int, before: str) -> Iterator[str]:
    if entry.seq != place:
        yield f"log entries {place} to {entry.seq - 1} are missing"
    elif entry.previous != before:
        yield f"log entry {entry.seq} does not follow the entry before it"
    if entry.hash != digest(said(entry)):
        yield f"log entry {entry.seq} was changed"


def _rows(model: type[Logged], walk: Walk) -> Iterator[Fault]:
    kind = model._meta.label_lower
    left = {key: entered for (of, key), entered in walk.last.items() if of == kind}
    for row in model.entered_rows().iterator(chunk_size=2000):
        if row.log_key in left:
            yield from _compared(row, *left.pop(row.log_key))
        else:
            yield Fault(kind, row.log_key, 0, "is not in the log")
        for why in row.faults():
            yield Fault(kind, row.log_key, 0, why)
    others = _uncovered(model, left)
    for key, (seq, entered) in left.items():
        if key in others:
            yield from _compared(others[key], seq, entered)
        elif entered != NOTHING:
            yield Fault(kind, key, seq, f"is gone, but was entered (log entry {seq})")


def _compared(row: Logged, seq: int, entered: str) -> Iterator[Fault]:
    if entered != digest(content_of(row)):
        why = f"was changed after it was entered (log entry {seq})"
        yield Fault(row._meta.label_lower, row.log_key, seq, why)


def _uncovered(model: type[Logged], left: Mapping[str, object]) -> dict[str, Logged]:
    """Rows that were entered and need not be in the log now: their decision was taken back, by an action or behind its back."""
    if issubclass(model, WrittenOnce):
        return {}
    return {row.log_key: row for row in model._default_manager.filter(pk__in=list(left))}


def check_root(kept: Root) -> Iterator[Fault]:
    """What is missing or different since a root was kept."""
    if not kept.entries:
        return
    entry = LogEntry.objects.filter(seq=kept.entries).first()
    when = f"the root of {kept.at}" if kept.at else "the kept root"
    if entry is None:
        there = LogEntry.objects.count()
        yield Fault("", "", kept.entries, f"{when} counts {kept.entries} log entries, only {there} are there")
    elif entry.hash != kept.head:
        yield Fault(
            "", "", kept.entries,
            f"log entry {kept.entries} is not the one of {when}: the log was written anew up to there or before",
        )  # fmt: skip
