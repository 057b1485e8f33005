"""What the office does with a report: hand it over as a case, join it to one, or say why it is not taken up. Once each."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import reporting
from bihuan.cases.actions import case_for
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.evidence import Kept
from bihuan.cases.models import Case
from bihuan.cases.texts import needed
from bihuan.cases.transitions import UNFINISHED
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.models import Organisation, Person
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.citizens.models import Act, Photo, Report
from bihuan.scenarios.citizens.services import TITLES

ANSWER_LENGTH = 400
TITLE_LENGTH = 40


def may_decide(person: Person, report: Report) -> bool:
    """May the person take up the report, by a post of the office that covers its region?"""
    return may(person, *OFFICE, region=report.region_id)


def hand_over(
    report: Report,
    by: Person,
    organisation: Organisation,
    answer: str,
    *,
    level: str = "",
    due: datetime | None = None,
) -> Case:
    """Make it a case of a unit, with its photos. Raises IllegalMove, ChangedMeanwhile; then nothing has happened."""
    answer = _allowed(report, by, answer)
    with transaction.atomic():
        case = reporting.report(
            by, region=report.region, title=title_of(report), organisation=organisation, due=due,
            files=[_kept(photo) for photo in report.photos.all()], source=Case.Source.COMPLAINT, level=level,
            description=report.text, place=report.place, lat=report.lat, lon=report.lon, simulated=report.simulated,
        )  # fmt: skip
        _decided(report, Act.Kind.HANDED, by, answer, case)
    return case


def join(report: Report, by: Person, number: str, answer: str) -> Case:
    """It is about a case that is open. Raises IllegalMove, NotVisible, ChangedMeanwhile."""
    answer = _allowed(report, by, answer)
    case = case_for(by, number.strip())
    if case.state not in UNFINISHED:
        said = {"number": case.number, "state": _(case.get_state_display())}
        raise IllegalMove(_("%(number)s 已是“%(state)s”，不能并入；请另行交办") % said, "number")
    with transaction.atomic():
        _decided(report, Act.Kind.JOINED, by, answer, case)
    return case


def refuse(report: Report, by: Person, answer: str) -> None:
    """Not taken up; the answer says why. Raises IllegalMove, ChangedMeanwhile."""
    answer = _allowed(report, by, answer)
    with transaction.atomic():
        _decided(report, Act.Kind.REFUSED, by, answer, None)


def title_of(report: Report) -> str:
    """The title of the case: the kind, and how the text begins."""
    begin = " ".join(report.text.split())[:TITLE_LENGTH] or report.place
    return f"{TITLES[report.service]}：{begin}" if begin else TITLES[report.service]


def _allowed(report: Report, by: Person, answer: str) -> str:
    """The answer as it is kept. Raises IllegalMove."""
    if not may_decide(by, report):
        raise IllegalMove(_("举报由所在区域的调度岗或负责人受理"))
    return needed(answer, "答复", ANSWER_LENGTH, _("请写明给举报人的答复"), "answer")


def _decided(report: Report, kind: Act.Kind, by: Person, answer: str, case: Case | None) -> None:
    act = Act(report=report, kind=kind, by=by, at=clock.now(), answer=answer, case=case)
    try:
        with transaction.atomic():
            act.save()
    except IntegrityError as error:
        raise ChangedMeanwhile(_("这条举报已受理，请刷新后再看")) from error
    detail: dict[str, Any] = {"case": case.number} if case else {}
    record(by, f"report.{kind}", str(report), answer=answer, **detail)


def _kept(photo: Photo) -> Kept:
    return Kept(photo.name, photo.sha256, photo.media_type, photo.size, photo.taken_at, photo.lat, photo.lon)
