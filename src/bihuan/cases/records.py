"""What the chain says of a step, its files and findings: what is hashed, and how it is read back from the step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bihuan.cases.models import Attachment, Finding, Step
from bihuan.registry.hashing import columns, digest, digest_without_floats, instant

RELEASED = "released"
"""Key of `Step.data` under which a step keeps the findings that left the case."""


class FileRow(NamedTuple):
    """The columns of an `Attachment` as they are written down before they are hashed, for a walk over very many."""

    id: int
    name: str
    sha256: str
    media_type: str
    size: int
    taken_at: str | None
    lat: float | None
    lon: float | None
    step_id: int


class StepRow(NamedTuple):
    """The columns of a `Step` as they are written down before they are hashed, for a walk over very many.

    data: as Django gives it back; floats: there are some in it.
    """

    id: int
    case_id: int
    seq: int
    action: str
    from_state: str
    to_state: str
    actor_id: int | None
    post: str
    by_unit: bool
    at: str
    note: str
    organisation_id: int | None
    due: str | None
    original_due: str | None
    previous_hash: str
    hash: str
    data: Any
    floats: bool


def _instant(at: datetime | str | None) -> str | None:
    return instant(at) if isinstance(at, datetime) else at


def file_record(file: Attachment | FileRow) -> dict[str, Any]:
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


def step_hash(step: Step | StepRow, number: str, files: Sequence[Attachment | FileRow]) -> str:
    """The hash of a step: everything in it, its files, and the hash of the step before."""
    floats = not isinstance(step, StepRow) or step.floats or any(f.lat or f.lon for f in files)
    return (digest if floats else digest_without_floats)(
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


def findings_of(step: Step | StepRow) -> list[dict[str, Any]]:
    """The findings that a step brought into the case, as they then were."""
    found = step.data.get("findings") if isinstance(step.data, dict) else None
    return [f for f in found if isinstance(f, dict) and "id" in f] if isinstance(found, list) else []


def released(step: Step | StepRow) -> list[int]:
    """The findings that left the case with a step (cases.families)."""
    found = step.data.get(RELEASED) if isinstance(step.data, dict) else None
    return [pk for pk in found if isinstance(pk, int)] if isinstance(found, list) else []
