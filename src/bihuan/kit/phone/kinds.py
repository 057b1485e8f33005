"""What an item can ask for. Each kind is done by the same action that the pages use, with the same rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import reporting
from bihuan.cases.actions import case_for, take
from bihuan.cases.deadlines import CHINA
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.evidence import Kept
from bihuan.cases.models import Case, Step
from bihuan.cases.transitions import Need
from bihuan.domain.timeaxis import parse_moment
from bihuan.kit.inspection import answers
from bihuan.kit.inspection.declared import Form
from bihuan.kit.patrol.declared import PatrolObjects
from bihuan.kit.patrol.receiving import begin
from bihuan.kit.patrol.stops import record_stop, seen_of
from bihuan.kit.phone.sent import Sent, refuse_markup
from bihuan.registry.models import Person

FILLED = (Need.NOTE, Need.DAYS, Need.COMPANION, Need.METHOD, Need.LIABLE, Need.RECEIVER)
"""What a phone can fill in of a step, besides photos; the other needs ask for lists of the whole city."""
TOLD = ("title", "description", "place", "source", "level")
"""What a phone can say of a new problem, besides where it is."""


@dataclass(frozen=True)
class Offered:
    """What the lines of business give to phones: forms of inspection, and what is patrolled."""

    forms: Mapping[str, Form]
    patrolled: Mapping[str, PatrolObjects]


@dataclass(frozen=True)
class Done:
    """What an item led to; `refused`: why it was not done, where that is written down already."""

    case: Case | None = None
    step: Step | None = None
    refused: str = ""


Do = Callable[[Person, Sent, Sequence[Kept], Offered], Done]


def _step(by: Person, sent: Sent, files: Sequence[Kept], _offered: Offered) -> Done:
    """A step of a case, if the case is still as the phone saw it."""
    refuse_markup(sent.given)
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


def _report(by: Person, sent: Sent, files: Sequence[Kept], _offered: Offered) -> Done:
    """A problem that the person saw."""
    refuse_markup(sent.given)
    region = next((r for r in reporting.regions(by) if r.pk == sent.given.get("region")), None)
    if region is None:
        raise IllegalMove(_("请选择区划"), "region")
    fields: dict[str, Any] = {name: sent.given.get(name, "") for name in (*TOLD, "lat", "lon")}
    case = reporting.report(by, region=region, files=files, **fields)
    return Done(case, case.steps.order_by("seq").first())


def _answer(by: Person, sent: Sent, files: Sequence[Kept], offered: Offered) -> Done:
    """An inspection form that was filled in: `form`, `target`, `xml`. What is refused is kept as a refused answer, too."""
    form = offered.forms.get(sent.given.get("form", ""))
    if form is None:
        raise IllegalMove(_("没有编号为 %(key)s 的检查表") % {"key": sent.given.get("form", "")[:40]}, "form")
    place = answers.place_for(form, by, sent.given.get("target", ""))
    filled_in = answers.Sent(sent.given.get("xml", "").encode(errors="replace"), files, sent.saved_at)
    try:
        answers.receive(form, by, place, filled_in)
    except answers.Refused as error:
        return Done(refused=str(error))
    return Done()


def _stop(by: Person, sent: Sent, files: Sequence[Kept], offered: Offered) -> Done:
    """A stop of the patrol that is the item's chain; the patrol may begin with it, for its track comes by a way of its own."""
    refuse_markup(sent.given)
    patrol = begin(by, sent.chain, _moment(sent, "started"))
    record_stop(by, patrol, seen_of(sent.id, _moment(sent, "at"), sent.given), files, offered.patrolled)
    return Done()


def _moment(sent: Sent, name: str) -> datetime:
    try:
        return parse_moment(sent.given.get(name, ""))
    except ValueError as error:
        raise IllegalMove(_("%(name)s 应为带时区的时间") % {"name": name}, name) from error


KINDS: Mapping[str, Do] = {"step": _step, "report": _report, "answer": _answer, "stop": _stop}
