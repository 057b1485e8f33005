"""A ledger taken in as it was shown, as one batch of the history, and taken back: each case by a step of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import reporting
from bihuan.cases.actions import take
from bihuan.cases.errors import IllegalMove
from bihuan.cases.ledger import AMEND
from bihuan.cases.models import Case
from bihuan.kit.case_ledger.columns import shown
from bihuan.kit.case_ledger.plan import Plan, Row, Trouble
from bihuan.kit.registers.exchange import Kept
from bihuan.registry.audit import record
from bihuan.registry.changes import Batch, Change, enter_batch
from bihuan.registry.models import Person

KIND = Case._meta.label_lower
LONGEST = 400
STEP = "step"
"""In a change: by which step it was made."""
NOTE, NOTE_BACK = "台账导入", "撤销台账导入"
VERSION = "version"
"""In a change: of the case after the step, so that taking it back sees whether something was done since."""


def apply(plan: Plan, by: Person, reason: str, file: Kept) -> Batch:
    """Write the sound rows of a plan. Raises IllegalMove (nothing is written then)."""
    why = _reason(reason)
    if not plan.effective:
        raise IllegalMove(_("没有可以导入的行。"))
    with transaction.atomic():
        changes = [_written(row, by) for row in plan.effective]
        batch = _batch(by, why, changes, file=file.file, blob=file.blob)
        record(by, "ledger.imported", file.file, reason=why)
    return batch


def _reason(text: str) -> str:
    if not text.strip():
        raise IllegalMove(_("请写明理由"), "reason")
    return text.strip()[:LONGEST]


def _batch(by: Person, reason: str, changes: list[Change], **more: Any) -> Batch:
    batch = Batch(kind=KIND, person=by, reason=reason, at=clock.now(), real_at=datetime.now(UTC), **more)
    return enter_batch(batch, changes)


def _written(row: Row, by: Person) -> Change:
    if row.case is None:
        case = reporting.report(by, note=NOTE, **row.fields)
        after = {"title": case.title, VERSION: case.version}
        return Change(kind=KIND, key=case.number, action=Change.Action.NEW, after=after)
    case = row.case
    data: dict[str, Any] = {turn.name: turn.after for turn in row.turns}
    note = data.pop("progress", NOTE)
    take(case, row.action, by, note=note, **data)
    before = {STEP: row.action} | {turn.name: turn.before for turn in row.turns if turn.name != "progress"}
    after = {turn.name: turn.after for turn in row.turns} | {VERSION: case.version}
    return Change(kind=KIND, key=case.number, action=Change.Action.CHANGED, before=before, after=after)


@dataclass(frozen=True)
class TakenBack:
    """What came of taking a batch back: the batch of that (None: nothing could be), and what stays with the reason."""

    batch: Batch | None
    troubles: list[Trouble]


def take_back(batch: Batch, by: Person, reason: str) -> TakenBack:
    """Undo an import: changed cells as they were, new cases voided; what was dealt with since stays. Raises IllegalMove."""
    why = _reason(reason)
    if hasattr(batch, "undone_by") or batch.undoes_id:
        raise IllegalMove(_("这一批已经撤销，或本身就是撤销"))
    done, troubles = [], []
    with transaction.atomic():
        for change in batch.rows.order_by("-pk"):
            try:
                with transaction.atomic():
                    done.append(_undone(change, by))
            except IllegalMove as error:
                troubles.append(Trouble(change.key, "", "", str(error), _("在问题页面上办理")))
        made = _batch(by, why, done, undoes=batch) if done else None
        if made:
            record(by, "ledger.undone", batch.file, reason=why)
    return TakenBack(made, troubles)


def _undone(change: Change, by: Person) -> Change:
    case = Case.objects.select_related("region", "organisation").get(number=change.key)
    if case.version != change.after[VERSION]:
        raise IllegalMove(_("%(number)s 在导入以后又办理过，没有撤销") % {"number": case.number})
    if change.action == Change.Action.NEW:
        take(case, "void", by, note=NOTE_BACK)
        return Change(
            kind=KIND,
            key=case.number,
            action=Change.Action.REMOVED,
            before=change.after,
            after={VERSION: case.version},
        )
    data = {name: text for name, text in change.before.items() if name != STEP}
    if not data:
        raise IllegalMove(_("%(number)s 的进展已记入办理记录，不能撤销") % {"number": case.number})
    action, now = change.before.get(STEP, AMEND), {name: shown(case, name) for name in data}
    take(case, action, by, note=NOTE_BACK, **data)
    return Change(
        kind=KIND, key=case.number, action=Change.Action.CHANGED,
        before=now, after=data | {VERSION: case.version},
    )  # fmt: skip
