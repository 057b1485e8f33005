"""What the ledger says of a case besides its state: requirement, person liable, measures, planned day, remark."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.transitions import AMEND_MAY, LEDGER_MAY, Need, Transition

AMEND, PROGRESS = "amend", "progress"
ACTIONS = (AMEND, PROGRESS)
"""The steps that change it: the office's own, and the unit's report."""
OF_THE_CASE = tuple(need.key for need in AMEND_MAY if need is not Need.NOTE)
OF_THE_UNIT = tuple(need.key for need in LEDGER_MAY)


def changed(case: Case, row: Transition, data: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the case that a step changes. Raises IllegalMove for a day that is none, and where the office changes
    nothing."""
    may = OF_THE_CASE if row.action == AMEND else OF_THE_UNIT
    given = {
        name: _day(data[name]) if name == Need.PLANNED.key else data[name] for name in may if name in data
    }
    found = {name: value for name, value in given.items() if getattr(case, name) != value}
    if row.action == AMEND and not found:
        raise IllegalMove(_("没有改动"))
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise IllegalMove(
            _("计划完成“%(text)s”不是日期，写成 2019-01-18") % {"text": text[:40]}, Need.PLANNED.key
        ) from error
