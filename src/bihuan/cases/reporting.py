"""Problems that people saw themselves: a patrol, a complaint, an order of the leader; registered without a finding."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan.cases import texts
from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import Kept, Upload, kept
from bihuan.cases.models import Case
from bihuan.cases.terms import Term
from bihuan.registry.access import may, scope_of, visible
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.outlines import TOLERANCE, Outlines
from bihuan.registry.roles import FINDERS, OFFICE

Source = Case.Source
# What a grid worker reports; orders and inspections come to the office.
SEEN = (Source.PATROL, Source.COMPLAINT, Source.DRONE)
RECEIVED = (Source.CHIEF, Source.INSPECTION, Source.PROCURATORATE)


def sources(person: Person) -> tuple[Source, ...]:
    """The sources that this person may register."""
    return (*SEEN, *RECEIVED) if scope_of(person).has(*OFFICE) else SEEN


def regions(person: Person) -> list[Region]:
    """Where this person may register a problem: from the widest to the smallest."""
    return [r for r in visible(Region.objects.order_by("code"), person) if may(person, *FINDERS, region=r)]


def reported(person: Person) -> "QuerySet[Case]":
    """我上报的: the cases that this person registered, as far as they may still be seen."""
    cases = visible(Case.objects.select_related("region", "organisation"), person)
    return cases.filter(steps__action="open", steps__actor=person)


def report(
    by: Person,
    *,
    region: Region,
    title: str,
    organisation: Organisation | None = None,
    due: datetime | Term | None = None,
    note: str = "",
    files: Sequence[Upload | Kept] = (),
    **fields: Any,
) -> Case:
    """Register a problem: with a unit it is handed over at once (which the office may), else it waits for the office.

    Raises IllegalMove, as every step does and for a place outside the region, and BadFile; then nothing is kept.
    """
    _check(by, region, title, fields)
    if organisation is not None:
        return hand_over(
            [], by, organisation, region=region, title=title, due=due, note=note, files=files, **fields
        )
    stored = kept(files)
    with transaction.atomic():
        case = open_case([], by, region=region, title=title, note=note, files=stored, **fields)
        take(case, "submit", by)
    return case


def _check(by: Person, region: Region, title: str, fields: dict[str, Any]) -> None:
    if not title.strip():
        raise IllegalMove(_("请填写标题: 一句话说明发现了什么"), "title")
    if fields.get("source") not in sources(by):
        raise IllegalMove(_("请选择问题来源"), "source")
    where = texts.case_fields({name: fields.get(name) for name in texts.MOST_DEGREES})
    outline = Outlines().of(region.pk) if len(where) == len(texts.MOST_DEGREES) else None
    metres = outline.metres_outside(_point(where)) if outline else 0.0
    if metres > TOLERANCE:
        said = {"region": region.name, "km": f"{metres / 1000:.1f}"}
        raise IllegalMove(_("位置在%(region)s边界以外 %(km)s km，请核对位置或区划") % said, "lat")


def _point(where: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [where["lon"], where["lat"]]}
