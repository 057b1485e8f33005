"""What phones send: a patrol begins, a batch of its track, a GPX file. Kept first, then read; the same twice is there once."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove, NotVisible
from bihuan.domain.patrol import batches, gpx
from bihuan.domain.patrol.batches import BadBatch
from bihuan.errors import NotAllowed
from bihuan.kit.patrol.judging import judge_anew
from bihuan.kit.patrol.models import Batch, Patrol
from bihuan.reasons import Reason
from bihuan.registry.access import may, posts_for, scope_of, visible
from bihuan.registry.models import Person, Region
from bihuan.registry.roles import FINDERS

MEGABYTES = 5
"""Of a batch or a file: twenty thousand points."""
SAID = timedelta(days=400)
"""How far back a phone may say that a patrol began: a year in a drawer."""
AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class Stored:
    """What is told of a batch that was kept: its numbers, the hash of its bytes, and the points that were left out."""

    first: int
    last: int
    sha256: str
    refused: tuple[batches.Refused, ...]


def patrols_of(person: Person) -> QuerySet[Patrol]:
    """The patrols that a person may see, as of the clock, with what each came to."""
    rows = Patrol.objects.filter(at__lte=clock.now()).select_related("person", "region", "result")
    return visible(rows, person)


def patrol_for(person: Person, key: str) -> Patrol:
    """The patrol with this number, if the person may see it. Raises NotVisible (a 404)."""
    found = patrols_of(person).filter(key=key).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(key)s 的巡查") % {"key": key[:40]})
    return found


def own_region(person: Person) -> Region | None:
    """Where a person patrols: the region of the smallest post that may register problems; None without one."""
    posts = [post for post in scope_of(person).posts if post.role in FINDERS]
    return max(posts, key=lambda post: len(post.region.prefix)).region if posts else None


def begin(by: Person, key: str, said_start: datetime, *, simulated: bool = False) -> Patrol:
    """A patrol begins, by the number that the phone gave it; sent twice it is one. Raises NotAllowed, IllegalMove."""
    region = own_region(by)
    if region is None or not may(by, *FINDERS, region=region):
        raise NotAllowed(_("巡查由网格员、调度岗、核查岗或负责人进行。"))
    key, now = number_of(key), clock.now()
    if not now - SAID <= said_start <= now + AHEAD:
        raise IllegalMove(
            _("开始时间 %(at)s 不合理，请检查手机时钟") % {"at": f"{said_start:%Y-%m-%d %H:%M}"}, "started"
        )
    try:
        with transaction.atomic():
            return Patrol.objects.create(
                key=key, person=by, region=region, said_start=said_start, at=now, simulated=simulated
            )
    except IntegrityError:
        return _own(by, key)


def _own(by: Person, key: str) -> Patrol:
    there = Patrol.objects.select_related("region", "person").get(key=key)
    if there.person_id != by.pk:
        raise NotAllowed(_("这个编号是别人的巡查，请在手机上重新开始。"))
    return there


def number_of(text: str, field: str = "patrol") -> str:
    """A number that a phone gave, as it is kept. Raises IllegalMove."""
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise IllegalMove(_("编号“%(text)s”不是 UUID") % {"text": text[:40]}, field) from error


def demand_own(by: Person, patrol: Patrol) -> None:
    """Only who patrols adds to a patrol. Raises NotAllowed."""
    if patrol.person_id != by.pk or not posts_for(by, *FINDERS, region=patrol.region):
        raise NotAllowed(_("只有巡查人本人能上传这次巡查的轨迹和记录。"))


def receive(by: Person, patrol: Patrol, raw: bytes) -> Stored:
    """Keep a batch as it was sent, read it, judge the patrol anew. Raises NotAllowed, and BadBatch for one that was kept but is no batch.

    The patrol in the batch must be this one; a point whose number is there already counts as it came first.
    """
    demand_own(by, patrol)
    row = _keep(patrol, Batch.Kind.POINTS, raw)
    batch = batches.read(raw, row.received, patrol.key)
    judge_anew(patrol)
    return Stored(batch.first, batch.last, row.sha256, batch.refused)


def _keep(patrol: Patrol, kind: str, raw: bytes) -> Batch:
    """Raises BadBatch for more bytes than are read; all else is kept, once."""
    if len(raw) > MEGABYTES * 2**20:
        raise BadBatch(Reason("track_too_large", mb=MEGABYTES))
    sha256 = hashlib.sha256(raw).hexdigest()
    text = raw.decode(errors="backslashreplace").replace("\0", "\\x00")
    try:
        with transaction.atomic():
            return Batch.objects.create(
                patrol=patrol, kind=kind, raw=text, sha256=sha256, received=clock.now()
            )
    except IntegrityError:
        return Batch.objects.get(patrol=patrol, sha256=sha256)


def take_file(by: Person, raw: bytes) -> Patrol:
    """A patrol from a GPX file; the same file of the same person is one patrol. Raises BadBatch, NotAllowed, IllegalMove."""
    points = gpx.read(raw, clock.now())
    first = points["at"].min()
    assert isinstance(first, datetime)
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{by.pk} {hashlib.sha256(raw).hexdigest()}")
    patrol = begin(by, str(key), first)
    _keep(patrol, Batch.Kind.GPX, raw)
    judge_anew(patrol)
    return patrol
