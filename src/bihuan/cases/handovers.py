"""Handing a shift over: the leaving officer signs what stood, another one countersigns. Neither can be changed."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.handover_models import Handover, Takeover
from bihuan.cases.rules import post_text
from bihuan.cases.texts import clean
from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, may, posts_for, visible
from bihuan.registry.audit import record
from bihuan.registry.city import own_city
from bihuan.registry.models import Person, Post, Region
from bihuan.registry.roles import OFFICE

NOTE, NOTE_LENGTH = "交班说明", 2000
USUAL_SHIFT = timedelta(hours=12)
"""How far the first handover of an installation looks back."""


def may_sign(person: Person) -> bool:
    """May the person hand a shift over or take one: dispatcher or chief of the whole city?"""
    return may(person, *OFFICE, region=CITY)


def known(person: Person) -> QuerySet[Handover]:
    """The handovers that the person may read, as of the clock, newest first."""
    rows = Handover.objects.filter(at__lte=clock.now()).select_related("by", "taken__by", "region")
    return visible(rows, person)


def handover_for(person: Person, pk: int) -> Handover:
    """The handover, if the person may read it. Raises NotVisible (a 404)."""
    found = known(person).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的交接班记录") % {"number": pk})
    return found


def shift_began(now: datetime) -> datetime:
    """When the running shift began: as the last one was handed over; without any, 12 hours ago."""
    last = Handover.objects.filter(at__lte=now).first()
    return last.at if last else now - USUAL_SHIFT


@transaction.atomic
def sign(by: Person, content: list[dict[str, Any]], since: datetime, note: str = "") -> Handover:
    """交班: freeze what stands now. `since`: where the content begins.

    Raises NotAllowed, IllegalMove (note too long, no city yet), ChangedMeanwhile (somebody else has just signed).
    """
    post, now, city = _post(by), clock.now(), own_city()
    if city is None:
        raise IllegalMove(_("还没有登记城市，不能交班：请先在区划中登记"))
    Region.objects.select_for_update().get(pk=city.pk)  # one signs after the other
    if Handover.objects.filter(at__gt=since, at__lte=now).exists():
        raise ChangedMeanwhile(_("刚有人交过班，请刷新后再签"))
    made = Handover.objects.create(
        region=city, since=since, at=now, by=by, post=post_text(post), content=content,
        note=clean(note, NOTE, NOTE_LENGTH, "note"),
    )  # fmt: skip
    record(by, "handover.signed", str(made.pk))
    return made


@transaction.atomic
def countersign(by: Person, handover: Handover, note: str = "") -> Takeover:
    """接班: another officer has read it and takes over. Raises NotAllowed, IllegalMove."""
    post = _post(by)
    if handover.by_id == by.pk:
        raise IllegalMove(_("交班人不能自己接班，请由接班人签字"))
    if Takeover.objects.filter(handover=handover).exists():
        raise ChangedMeanwhile(_("这一班已有人接班签字"))
    try:
        with transaction.atomic():
            made = Takeover.objects.create(
                handover=handover, by=by, post=post_text(post), at=clock.now(),
                note=clean(note, NOTE, NOTE_LENGTH, "note"),
            )  # fmt: skip
    except IntegrityError as error:
        raise ChangedMeanwhile(_("这一班已有人接班签字")) from error
    record(by, "handover.taken", str(handover.pk))
    return made


def waiting_to_be_taken(person: Person) -> Handover | None:
    """The newest handover that nobody has taken, for one who may take it."""
    if not may_sign(person):
        return None
    newest = known(person).first()
    return newest if newest and not hasattr(newest, "taken") and newest.by_id != person.pk else None


def _post(person: Person) -> Post:
    posts = posts_for(person, *OFFICE, region=CITY)
    if not posts:
        raise NotAllowed(_("交接班由全市的调度岗或负责人签字。"))
    return posts[0]
