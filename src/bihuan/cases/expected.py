"""What a case must be by its steps: each step keeps the columns that it changed, the first one all of them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Model

from bihuan.cases.models import Case
from bihuan.cases.records import StepRow
from bihuan.registry.hashing import columns, plain
from bihuan.registry.log import LogEntry

KEPT = "case"
"""Key of `Step.data` under which the changed columns are kept."""
CASE_KIND = "cases.case"
"""Kind under which cases of before were entered at the upgrade, by number, with all their columns."""


def changed(case: Case, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a step keeps of the case's row: what it changes, and of a case that has no step yet everything."""
    said = {} if case.version else columns(case)
    fields = {f.name: f for f in Case._meta.concrete_fields}
    for name, value in changes.items():
        field = fields[name]
        said[field.attname] = plain(field, value.pk if isinstance(value, Model) else value)
    return said


def at_upgrade() -> dict[str, dict[str, Any]]:
    """Cases that are older than the log: number -> their columns when they were entered."""
    rows = LogEntry.objects.filter(kind=CASE_KIND).order_by("seq").values_list("key", "content")
    return {number: content for number, content in rows if content}


def _kept(step: StepRow) -> dict[str, Any]:
    """The columns that a step kept; nothing where its data were made into something else."""
    found = step.data.get(KEPT) if isinstance(step.data, dict) else None
    return found if isinstance(found, dict) else {}


def expected(steps: Sequence[StepRow], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The columns of the case after its steps; nothing when nothing says how it was opened.

    before: its columns when it was entered at an upgrade, which count for the steps until then.
    """
    known = dict(before or _kept(steps[0]))
    for step in steps if known else ():
        if step.seq > known.get("version", 0):
            known |= _kept(step)
    return known


def differences(
    case: Mapping[str, Any], steps: Sequence[StepRow], before: Mapping[str, Any] | None
) -> Iterator[str]:
    """Columns of the case's row (as they are stored) that are not what its steps make them: name, stored, expected."""
    must = expected(steps, before)
    if not must:
        yield "no step and no upgrade says how the case was opened"
        return
    for name, stored in case.items():
        should = must[name] if name in must else _usual()[name]
        if stored != should:
            yield f"{name} of the case is {_short(stored)}, by its steps it must be {_short(should)}"


@lru_cache(maxsize=1)
def _usual() -> dict[str, Any]:
    return columns(Case())


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
