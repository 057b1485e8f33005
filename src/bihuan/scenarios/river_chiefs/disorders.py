"""四乱: a find on a patrol is said to be of a kind, with area, place, who is liable, what is to be done and until when; and goes on as a case."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.deadlines import end_of_day
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.cases.texts import clean, needed
from bihuan.domain.timeaxis import CST
from bihuan.errors import NotAllowed
from bihuan.kit.one_tap import as_kept
from bihuan.kit.patrol.models import Stop
from bihuan.registry.access import may, visible
from bihuan.registry.audit import record
from bihuan.registry.models import Organisation, Person
from bihuan.registry.roles import FINDERS, OFFICE
from bihuan.scenarios.river_chiefs.models import Disorder

KINDS = {word: key for key, word in (("occupied", "占"), ("mined", "采"), ("dumped", "堆"), ("built", "建"))}


@dataclass(frozen=True)
class Said:
    """What is said of a find. area: [m²]; unit: to whom it is handed over at once, None: the office decides later."""

    kind: str
    measure: str
    area: float | None = None
    liable: str = ""
    deadline: date | None = None
    unit: Organisation | None = None


def finds_of(person: Person) -> QuerySet[Finding]:
    """What was found at reaches by people, as far as a person may see it, as of the clock; newest first."""
    rows = Finding.objects.filter(
        target_kind="reach", found_at__lte=clock.now(), check_key__in=("patrol.find", "form.happy_river")
    )
    rows = rows.select_related("region", "organisation", "river_disorder").defer("region__geometry")
    return (
        visible(rows, person).prefetch_related("cases__organisation", "stops__patrol__person").order_by("-id")
    )


def kind_in(words: str) -> str:
    """The kind that words name by themselves, such as 乱堆; empty where they name none."""
    return next((key for word, key in KINDS.items() if f"乱{word}" in words), "")


def stop_of(finding: Finding) -> Stop | None:
    """The stop of a patrol at which it was found."""
    return next(iter(finding.stops.all()), None)


def may_settle(person: Person, finding: Finding) -> bool:
    """May the person say what a find is?"""
    return may(person, *FINDERS, region=finding.region_id)


def settle(by: Person, finding: Finding, said: Said) -> Disorder:
    """Say once what a find is, and bring it on its way as a case where it is none yet. Raises NotAllowed, IllegalMove naming the field."""
    if not may_settle(by, finding):
        raise NotAllowed(_("四乱由当地的网格员、调度岗、核查岗或负责人认定。"))
    if Disorder.objects.filter(finding=finding).exists():
        raise IllegalMove(_("这条发现已经认定过"))
    if said.kind not in Disorder.Kind.values:
        raise IllegalMove(_("请选择类型"), "kind")
    measure = needed(said.measure, "整改措施", 400, _("请写明要做什么"), "measure")
    liable = clean(said.liable, "责任人", 60, "liable")
    today = clock.now().astimezone(CST).date()
    if said.deadline and not today <= said.deadline <= today + timedelta(days=366):
        raise IllegalMove(_("期限应在今天以后一年以内"), "deadline")
    if said.unit and not may(by, *OFFICE, region=finding.region_id):
        raise IllegalMove(_("交办由调度岗或负责人进行，请不选承办单位"), "unit")
    stop = stop_of(finding)
    with transaction.atomic():
        made = Disorder.objects.create(
            finding=finding, kind=said.kind, area=said.area, liable=liable, measure=measure, deadline=said.deadline, by=by,
            at=clock.now(), lon=stop.lon if stop else None, lat=stop.lat if stop else None,
        )  # fmt: skip
        record(by, "river_disorder.settled", str(finding.pk), kind=said.kind)
        if not finding.cases.exists():
            _to_case(by, finding, made, said.unit, stop)
    return made


def _to_case(
    by: Person, finding: Finding, made: Disorder, unit: Organisation | None, stop: Stop | None
) -> Case:
    """The case with photos, place and what is to be done; handed over at once where a unit was named."""
    fields: dict[str, Any] = {
        "source": Case.Source.PATROL,
        "requirement": made.measure,
        "lon": made.lon,
        "lat": made.lat,
    }
    files = [as_kept(file) for file in stop.files.all()] if stop else []
    if unit is not None:
        due = end_of_day(made.deadline) if made.deadline else None
        return hand_over([finding], by, unit, due=due, liable=made.liable, files=files, **fields)
    case = open_case([finding], by, files=files, **fields)
    take(case, "submit", by)
    return case
