"""Signs for the supervisor: looked for when a track has grown, shown to supervising posts alone, settled after asking."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan import clock
from bihuan.cases.errors import IllegalMove, NotVisible
from bihuan.cases.texts import needed
from bihuan.domain.patrol.signs import signs
from bihuan.errors import NotAllowed
from bihuan.jobs import do_each
from bihuan.kit.patrol.judging import judged, points_of, rules_of
from bihuan.kit.patrol.models import Patrol, Result, Sign, SignVerdict
from bihuan.kit.patrol.stops import photos_of
from bihuan.registry.access import may, visible
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE

LOOK_BACK = timedelta(days=45)
COMPARED = 60
"""Earlier tracks that one is compared with: the person's own first, then those of colleagues."""
TITLES = {
    "mock": gettext_noop("疑似模拟定位"),
    "speed": gettext_noop("疑似速度不可能"),
    "jump": gettext_noop("疑似直线跳跃"),
    "repeat": gettext_noop("疑似重复轨迹"),
    "photo": gettext_noop("疑似照片无轨迹佐证"),
}
INNOCENT = {
    "mock": gettext_noop("手机开了开发者选项或虚拟定位软件而不自知；单位统一安装的定位修正软件"),
    "speed": gettext_noop("隧道、峡谷中定位漂移；乘火车；手机时钟被调整"),
    "jump": gettext_noop("进出隧道后重新定位；电量低时定位改用基站；更换手机"),
    "repeat": gettext_noop("同一份轨迹重复导入；两部手机同一账号；按固定时刻表乘车"),
    "photo": gettext_noop("手机没电或关了定位；相机时钟不准；照片从别人手机转来；更换手机"),
}
"""What may be behind a sign when nobody did wrong: shown beside it."""


def look(patrol: Patrol) -> list[Sign]:
    """Look for the signs of a patrol; returns those that are new."""
    result = judged(patrol)
    earlier = {other.key: other for other in _earlier(patrol)}
    tracks = {key: points_of(other) for key, other in earlier.items()}
    found = signs(points_of(patrol), rules_of(patrol), photos_of(patrol), tracks)
    known = set(patrol.signs.values_list("kind", "start"))
    with transaction.atomic():
        made = [
            Sign.objects.create(
                patrol=patrol, kind=each.kind, start=each.start, until=each.until, evidence=dict(each.evidence),
                other=earlier.get(each.other), at=clock.now(),
            )
            for each in found if (each.kind, each.start) not in known
        ]  # fmt: skip
        Result.objects.filter(pk=result.pk).update(signs_of=result.batches)
    return made


def _earlier(patrol: Patrol) -> list[Patrol]:
    begun = (patrol.said_start - LOOK_BACK, patrol.said_start)
    rows = Patrol.objects.filter(said_start__range=begun, region=patrol.region).exclude(pk=patrol.pk)
    own = list(rows.filter(person=patrol.person)[:COMPARED])
    return [*own, *rows.exclude(person=patrol.person)[: COMPARED - len(own)]]


def grown() -> QuerySet[Patrol]:
    """The patrols of which more has come since their signs were looked for."""
    rows = Patrol.objects.filter(result__batches__gt=F("result__signs_of"), at__lte=clock.now())
    return rows.select_related("person", "region")


def look_at_new() -> int:
    """Look for the signs of all that have grown, each whatever became of the others; returns how many are new. Raises NotAll."""
    return sum(map(int, do_each({f"巡查 {patrol.key}": partial(_counted, patrol) for patrol in grown()})))


def _counted(patrol: Patrol) -> str:
    return str(len(look(patrol)))


def signs_for(person: Person) -> QuerySet[Sign]:
    """The signs that a supervisor may see, as of the clock: never those of the supervisor's own patrols."""
    rows = Sign.objects.filter(at__lte=clock.now()).select_related(
        "patrol__person", "patrol__region", "other__person"
    )
    return visible(rows, person).exclude(patrol__person=person)


def sign_for(person: Person, pk: int) -> Sign:
    """The sign, if the person may see it. Raises NotVisible (a 404)."""
    found = signs_for(person).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的疑点") % {"number": pk})
    return found


@transaction.atomic
def settle(by: Person, sign: Sign, verdict: str, reason: str) -> SignVerdict:
    """Say what became of a sign after asking. Raises NotAllowed, IllegalMove."""
    if sign.patrol.person_id == by.pk or not may(by, *OFFICE, region=sign.patrol.region_id):
        raise NotAllowed(_("疑点由调度岗或负责人核实，本人的巡查由他人核实。"))
    if verdict not in SignVerdict.Verdict.values:
        raise IllegalMove(_("请选择核实结果"), "verdict")
    why = needed(reason, "理由", 400, _("请写明核实经过"), "reason")
    made = SignVerdict.objects.create(sign=sign, verdict=verdict, reason=why, by=by, at=clock.now())
    record(by, "patrol.sign", str(sign.pk), reason=why)
    return made
