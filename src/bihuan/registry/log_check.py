"""The walk over the log of the installation: is the chain whole, and is every row what was entered?"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from bihuan.registry import plain_rows
from bihuan.registry.anchors import Root
from bihuan.registry.hashing import digest, digest_without_floats
from bihuan.registry.log import UPGRADE, LogEntry, Logged, WrittenOnce, content_of, said

Digest = tuple[str, str, tuple[str, ...]]
"""Of one row: its key, the digest of what it says, what is wrong with itself."""
COLUMNS = ("seq", "at", "kind", "key", "digest", "note", "previous", "hash")
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
    """What the entries say: by kind and key the last one of each row, and what does not fit among the entries themselves."""

    last: dict[str, dict[str, tuple[int, str]]] = field(default_factory=lambda: defaultdict(dict))
    faults: list[Fault] = field(default_factory=list)


def logged_models() -> list[type[Logged]]:
    """Every kind of row that is entered, by name."""
    found = [m for m in apps.get_models() if issubclass(m, Logged)]
    return sorted(found, key=lambda m: m._meta.label_lower)


def check_log(given: Callable[[], Mapping[str, Iterable[Digest]]] = dict) -> list[Fault]:
    """Entries that do not follow each other, and rows that are gone, changed or not entered.

    `given`: by kind, the rows that the caller has read anyway; asked when the entries have been walked.
    """
    walk, read = _walk(), given()
    for model in logged_models():
        kind = model._meta.label_lower
        walk.faults += _rows(model, read[kind] if kind in read else digests(model), walk.last[kind])
    return walk.faults


def _walk() -> Walk:
    walk, before, place = Walk(), "", 0
    once = {m._meta.label_lower for m in logged_models() if issubclass(m, WrittenOnce)}
    entries = LogEntry.objects.order_by("seq").values_list(*COLUMNS, named=True)
    for entry in entries.iterator(chunk_size=plain_rows.AT_ONCE):
        last, place = walk.last[entry.kind], place + 1
        for why in _faults(entry, place, before):
            walk.faults.append(Fault(entry.kind, entry.key, entry.seq, why))
        if entry.key in last and entry.kind in once and not entry.note.startswith(UPGRADE):
            why = "was entered a second time, but is written once"
            walk.faults.append(Fault(entry.kind, entry.key, entry.seq, why))
        if entry.note not in ("", UPGRADE):
            why = f"was {entry.note} (log entry {entry.seq})"
            walk.faults.append(Fault(entry.kind, entry.key, entry.seq, why))
        last[entry.key] = (entry.seq, entry.digest)
        before, place = entry.hash, entry.seq
    return walk


def _faults(entry: Any, place: int, before: str) -> Iterator[str]:
    if entry.seq != place:
        yield f"log entries {place} to {entry.seq - 1} are missing"
    elif entry.previous != before:
        yield f"log entry {entry.seq} does not follow the entry before it"
    if entry.hash != digest_without_floats(said(entry)):
        yield f"log entry {entry.seq} was changed"


def digests(model: type[Logged]) -> Iterator[Digest]:
    """Every row that the log must hold, by key, with the digest of what it says now and what is wrong with itself."""
    if model.covered is not Logged.covered or model.faults is not Logged.faults:
        for row in model.entered_rows().iterator(chunk_size=2000):
            yield row.log_key, digest(content_of(row)), tuple(row.faults())
        return
    content, size = plain_rows.contents(model, model.UNLOGGED), len(model._meta.concrete_fields)
    for values in plain_rows.read(model.entered_rows(), *model.KEY):
        yield "/".join(map(str, values[size:])), digest(content(values)), ()


def _rows(model: type[Logged], read: Iterable[Digest], left: dict[str, tuple[int, str]]) -> Iterator[Fault]:
    """left: the last entry of each row of this kind, by key; what has been met is taken out."""
    kind = model._meta.label_lower
    for key, there, faults in read:
        seq, entered = left.pop(key, (0, ""))
        if not seq:
            yield Fault(kind, key, 0, "is not in the log")
        elif entered != there:
            yield _changed(kind, key, seq)
        for why in faults:
            yield Fault(kind, key, 0, why)
    others = _uncovered(model, left)
    for key, (seq, entered) in left.items():
        if key in others:
            if entered != digest(content_of(others[key])):
                yield _changed(kind, key, seq)
        elif entered != NOTHING:
            yield Fault(kind, key, seq, f"is gone, but was entered (log entry {seq})")


def _changed(kind: str, key: str, seq: int) -> Fault:
    return Fault(kind, key, seq, f"was changed after it was entered (log entry {seq})")


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
