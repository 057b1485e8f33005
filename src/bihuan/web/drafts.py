"""Refused forms: what was typed and the files that were accepted stay in the visitor's session until the form goes through.

They end with the session. A file that no form takes up again is swept away after two days (cases.evidence.sweep).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from bihuan.cases import evidence
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import Kept
from bihuan.printable import printable

KEY = "drafts"
MOST = 5  # forms; the oldest goes first
MOST_TICKS = 200
LONGEST = 20_000  # characters of one field: ten times what any field takes
NOT_TYPED = ("csrfmiddlewaretoken", "draft", "next")


@dataclass(frozen=True)
class Draft:
    """A form as it was sent: the last value of each field, the boxes that were ticked, and the files that were accepted.

    why: the sentence of the refusal; field: what it is about, where it is about one.
    """

    values: dict[str, str] = field(default_factory=dict)
    files: list[Kept] = field(default_factory=list)
    ticked: list[str] = field(default_factory=list)
    field: str = ""
    why: str = ""


def load(request: HttpRequest, form: str) -> Draft:
    """What was typed into this form (a name such as `number/action`); empty when it was never refused."""
    return all_of(request).get(form, Draft())


def all_of(request: HttpRequest) -> dict[str, Draft]:
    """The refused forms of this visitor by their names."""
    return {form: _draft(**stored) for form, stored in request.session.get(KEY, {}).items()}


def _draft(values: dict[str, str], files: list[dict[str, Any]], **more: Any) -> Draft:
    return Draft(dict(values), [_kept(row) for row in files], **more)


def refused(
    request: HttpRequest,
    form: str,
    error: IllegalMove | BadFile,
    files: Sequence[Kept] = (),
    *,
    ticks: str = "",
) -> None:
    """Keep a form that was refused, and say why: above the next page, and in the form at the field that it is about.

    ticks: the name that its boxes share.
    """
    about = error.field if isinstance(error, IllegalMove) else ""
    messages.error(request, str(error))
    ticked = [key[:40] for key in request.POST.getlist(ticks)[:MOST_TICKS]] if ticks else []
    save(request, form, files, ticked=ticked, field=about, why=str(error))


def save(request: HttpRequest, form: str, files: Sequence[Kept], **more: Any) -> None:
    """Keep what the present request typed, these files, and further fields of the draft."""
    values = {
        k: printable(str(v))[:LONGEST] for k, v in request.POST.items() if k not in NOT_TYPED and len(k) <= 40
    }
    rows = [{**asdict(f), "taken_at": f.taken_at.isoformat() if f.taken_at else None} for f in files]
    others = {k: v for k, v in request.session.get(KEY, {}).items() if k != form}
    newest = dict(list(others.items())[-(MOST - 1) :])
    request.session[KEY] = {**newest, form: {"values": values, "files": rows, **more}}


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
