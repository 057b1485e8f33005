"""What people do with bulletins: propose, approve or send back, publish, withdraw. Each is written once and audited."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.forecasts import Run
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.texts import clean, needed
from bihuan.registry.access import scope_of, visible
from bihuan.registry.audit import record
from bihuan.registry.forecast_places import Place
from bihuan.registry.log import LogEntry, is_intact
from bihuan.registry.models import Person
from bihuan.scenarios.forecast_desk.machine import machine_days
from bihuan.scenarios.forecast_desk.models import Act, Bulletin
from bihuan.scenarios.forecast_desk.settings import may_approve, may_make

Kind = Act.Kind
# act -> the act that must have been the last one
AFTER = {Kind.APPROVED: (Kind.PROPOSED,), Kind.RETURNED: (Kind.PROPOSED, Kind.APPROVED), Kind.PUBLISHED: (Kind.APPROVED,), Kind.WITHDRAWN: (Kind.PUBLISHED,)}  # fmt: skip
REASON_LENGTH, NOTE_LENGTH = 600, 400
NEEDS_NOTE = (Kind.RETURNED, Kind.WITHDRAWN)


def bulletins_seen(person: Person) -> QuerySet[Bulletin]:
    """The versions made by now that a person may see: all of them at the desk, published ones for all who hold a post.

    What was published is common on purpose: it is the bureau's word to everybody, a draft is not.
    """
    rows = Bulletin.objects.select_related("region", "made_by", "replaces").filter(made_at__lte=clock.now())
    published = Act.objects.filter(kind=Kind.PUBLISHED, at__lte=clock.now()).values("bulletin")
    common = Q(pk__in=published if scope_of(person).posts else [])
    return rows.filter(common | Q(pk__in=visible(Bulletin.objects.order_by(), person).values("pk")))


def bulletin_for(person: Person, pk: int) -> Bulletin:
    """The bulletin, if the person may see it. Raises NotVisible (a 404)."""
    found = bulletins_seen(person).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的会商预报") % {"number": pk})
    return found


@transaction.atomic
def propose(
    place: Place, run: Run, content: dict[str, Any], by: Person, reason: str, *, simulated: bool = False
) -> Bulletin:
    """Freeze a new version beside what the machine said; it waits for a second person. Raises IllegalMove."""
    if not may_make(by, place.region):
        raise IllegalMove(_("会商预报由覆盖本区域的调度岗或负责人制作"))
    reason = needed(reason, "理由", REASON_LENGTH, _("请写明调整或认可机器预报的理由"))
    last = Bulletin.objects.filter(place=place.key).order_by("-version").first()
    fields: dict[str, Any] = {
        "place": place.key,
        "place_name": place.name,
        "version": last.version + 1 if last else 1,
        "run_id": run.run_id,
        "run_digest": str(run.meta.get("sha256", "")),
        "run_issued": run.issued,
        "known_until": run.issued,
        "content": content,
        "machine": machine_days(run, place.key),
        "reason": reason,
        "made_at": clock.now(),
    }
    made = Bulletin(**fields, region=place.region, replaces=last, made_by=by, simulated=simulated)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise ChangedMeanwhile(_("另一人刚刚提交了同一地点的新版本，请刷新后再提交")) from error
    _append(made, Kind.PROPOSED, by, "")
    record(by, "bulletin.proposed", str(made), run=run.run_id, reason=made.reason)
    return made


def _append(bulletin: Bulletin, kind: Kind, by: Person, note: str) -> Act:
    act = Act(bulletin=bulletin, kind=kind, by=by, at=clock.now(), note=note)
    try:
        with transaction.atomic():
            act.save()
    except IntegrityError as error:
        raise ChangedMeanwhile(_("“%(what)s”已处理过，请刷新后再看") % {"what": bulletin}) from error
    return act


def intact(bulletin: Bulletin) -> bool:
    """Whether the bulletin and its acts are still what was entered in the log, and all of them are there."""
    acts = list(bulletin.acts.all())
    of_acts = LogEntry.objects.filter(kind=Act._meta.label_lower, key__startswith=f"{bulletin.pk}/")
    return of_acts.count() == len(acts) and all(is_intact(row) for row in (bulletin, *acts))


def last_act(bulletin: Bulletin) -> Act:
    """What was done last, as of the clock."""
    return bulletin.acts.filter(at__lte=clock.now()).select_related("by").latest("id")


def why_not(bulletin: Bulletin, kind: str, by: Person) -> str:
    """Why this person may not do this now; empty when they may."""
    if kind not in AFTER:
        return _("没有这个操作")
    if last_act(bulletin).kind not in AFTER[Kind(kind)]:
        return _("这一版现在是“%(state)s”，不能做这一步") % {"state": state_name(bulletin)}
    if kind == Kind.PUBLISHED:
        if _superseded(bulletin):
            return _("同一地点已发布了更新的版本，旧版本不能再发布")
        may = may_make(by, bulletin.region) or may_approve(by, bulletin.region)
        return "" if may else _("发布由覆盖本区域的调度岗或负责人办理")
    if not may_approve(by, bulletin.region):
        return _("审签、退回和撤回由覆盖本区域的负责人办理")
    if kind == Kind.APPROVED and by.pk == bulletin.made_by_id:
        return _("制作人不能审签自己的预报，请另一人审签")
    return ""


@transaction.atomic
def act(bulletin: Bulletin, kind: str, by: Person, note: str = "") -> Act:
    """Approve, send back, publish or withdraw. Raises IllegalMove, ChangedMeanwhile."""
    if reason := why_not(bulletin, kind, by):
        raise IllegalMove(reason)
    note = clean(note, "理由", NOTE_LENGTH)
    if kind in NEEDS_NOTE and not note:
        raise IllegalMove(_("退回和撤回需要写明理由"))
    done = _append(bulletin, Kind(kind), by, note)
    record(by, f"bulletin.{kind}", str(bulletin), note=done.note)
    return done


def _superseded(bulletin: Bulletin) -> bool:
    later = Bulletin.objects.filter(place=bulletin.place, version__gt=bulletin.version)
    return later.filter(acts__kind=Kind.PUBLISHED, acts__at__lte=clock.now()).exists()


STATES = {
    "proposed": "待审签",
    "approved": "已审签，待发布",
    "returned": "已退回",
    "published": "已发布",
    "withdrawn": "已撤回",
}


def state_name(bulletin: Bulletin) -> str:
    """The state in words: of the last act, or that a later version has taken its place."""
    kind = last_act(bulletin).kind
    if kind == Kind.PUBLISHED and _superseded(bulletin):
        return _("已被新版本替换")
    return _(STATES[kind])
