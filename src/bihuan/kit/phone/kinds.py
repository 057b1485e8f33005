"""What an item can ask for. Each kind is done by the same action that the pages use, with the same rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import reporting
from bihuan.cases.actions import case_for, take
from bihuan.cases.deadlines import CHINA
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.evidence import Kept
from bihuan.cases.models import Case, Step
from bihuan.cases.transitions import Need
from bihuan.kit.phone.sent import Sent
from bihuan.registry.models import Person

FILLED = (Need.NOTE, Need.DAYS, Need.COMPANION, Need.METHOD, Need.LIABLE, Need.RECEIVER)
"""What a phone can fill in of a step, besides photos; the other needs ask for lists of the whole city."""
TOLD = ("title", "description", "place", "source", "level")
"""What a phone can say of a new problem, besides where it is."""


@dataclass(frozen=True)
class Done:
    """What an item led to."""

    case: Case
    step: Step | None


Do = Callable[[Person, Sent, Sequence[Kept]], Done]


def _step(by: Person, sent: Sent, files: Sequence[Kept]) -> Done:
    """A step of a case, if the case is still as the phone saw it."""
    case = case_for(by, sent.chain)
    if case.version != sent.version:
        raise ChangedMeanwhile(_moved(case))
    keys = {need.key for need in FILLED}
    given: dict[str, Any] = {k: v for k, v in sent.given.items() if k in keys and v.strip()}
    return Done(case, take(case, sent.given.get("action", ""), by, files=files, **given))


def _moved(case: Case) -> str:
    last = case.steps.select_related("actor").order_by("-seq").first()
    said = {"state": _(case.get_state_display())}
    if last is None:
        return _("问题现在是“%(state)s”，与手机上看到的不同") % said
    at = f"{last.at.astimezone(CHINA):%m-%d %H:%M}"
    return _("%(who)s已于 %(at)s %(step)s，问题现在是“%(state)s”，与手机上看到的不同") % {
        **said, "who": last.who, "at": at, "step": _(last.label),
    }  # fmt: skip


def _report(by: Person, sent: Sent, files: Sequence[Kept]) -> Done:
    """A problem that the person saw."""
    region = next((r for r in reporting.regions(by) if r.pk == sent.given.get("region")), None)
    if region is None:
        raise IllegalMove(_("请选择区划"), "region")
    fields: dict[str, Any] = {name: sent.given.get(name, "") for name in (*TOLD, "lat", "lon")}
    case = reporting.report(by, region=region, files=files, **fields)
    return Done(case, case.steps.order_by("seq").first())


KINDS: Mapping[str, Do] = {"step": _step, "report": _report}
