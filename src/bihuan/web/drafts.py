"""Refused forms: what was typed and the files that were accepted stay in the visitor's session until the form goes through.

They end with the session. A file that no form takes up again is swept away after two days (cases.evidence.sweep).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from bihuan.cases import evidence
from bihuan.cases.errors import BadFile
from bihuan.cases.evidence import Kept
from bihuan.printable import printable

KEY = "drafts"
MOST = 5  # forms; the oldest goes first
LONGEST = 20_000  # characters of one field: ten times what any field takes
NOT_TYPED = ("csrfmiddlewaretoken", "draft", "next")


@dataclass(frozen=True)
class Draft:
    """A form as it was sent: the last value of each field, and the files that were accepted."""

    values: dict[str, str] = field(default_factory=dict)
    files: list[Kept] = field(default_factory=list)


def load(request: HttpRequest, form: str) -> Draft:
    """What was typed into this form (a name such as `number/action`); empty when it was never refused."""
    stored = request.session.get(KEY, {}).get(form, {"values": {}, "files": []})
    return Draft(dict(stored["values"]), [_kept(row) for row in stored["files"]])


def save(request: HttpRequest, form: str, files: Sequence[Kept]) -> None:
    """Keep what the present request typed, and these files."""
    values = {
        k: printable(str(v))[:LONGEST] for k, v in request.POST.items() if k not in NOT_TYPED and len(k) <= 40
    }
    rows = [{**asdict(f), "taken_at": f.taken_at.isoformat() if f.taken_at else None} for f in files]
    others = {k: v for k, v in request.session.get(KEY, {}).items() if k != form}
    newest = dict(list(others.items())[-(MOST - 1) :])
    request.session[KEY] = {**newest, form: {"values": values, "files": rows}}


def drop(request: HttpRequest, form: str) -> None:
    """The form went through."""
    kept = request.session.get(KEY, {})
    if kept.pop(form, None) is not None:
        request.session[KEY] = kept


def files_of(request: HttpRequest, form: str, name: str) -> tuple[list[Kept], list[BadFile]]:
    """The form's files: those kept from an earlier try that are still wanted, and the new ones of the field `name`.

    Files that are not accepted come as errors, so that the others can be offered again.
    """
    wanted = set(request.POST.getlist("draft"))
    earlier = [f for f in load(request, form).files if f.sha256 in wanted]
    try:
        sent = evidence.uploads(request.FILES.getlist(name))
    except BadFile as error:
        return earlier, [error]
    fresh, refused = evidence.accepted(sent)
    known = {f.sha256 for f in earlier}
    return [*earlier, *(f for f in fresh if f.sha256 not in known)], refused


def _kept(row: dict[str, Any]) -> Kept:
    at = row["taken_at"]
    return Kept(**{**row, "taken_at": datetime.fromisoformat(at) if at else None})
