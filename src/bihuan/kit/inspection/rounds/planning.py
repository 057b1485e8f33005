"""Setting a round, sharing its objects out, skipping one with a reason, ending it: each asked for its right and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import reporting
from bihuan.cases.errors import IllegalMove, NotVisible
from bihuan.cases.targets import Target, targets_of
from bihuan.cases.texts import needed
from bihuan.errors import NotAllowed
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Round, RoundEnd, RoundStep, RoundTask
from bihuan.kit.inspection.rounds.progress import Standing, standing_of
from bihuan.registry.access import may, visible
from bihuan.registry.audit import record
from bihuan.registry.models import Person, Post, Region, prefix_of
from bihuan.registry.roles import FINDERS, OFFICE

MOST_DAYS = 366
"""A round is a matter of days or months; who inspects all the time sets a new one each year."""


@dataclass(frozen=True)
class Wanted:
    """A round as it is asked for; shares: the objects by code, and who inspects each (None: whoever inspects there)."""

    title: str
    form: Form
    region: Region
    since: date
    until: date
    shares: Mapping[str, Person | None]


def may_plan(person: Person, region: Region | str) -> bool:
    """May the person set rounds in a region?"""
    return may(person, *OFFICE, region=region)


def objects_in(form: Form, person: Person, region: Region) -> dict[str, Target]:
    """What of a region can be inspected by the form, as far as the person may choose it."""
    if form.about:
        codes = [code for code, _name in form.objects(person)] if form.objects else []
    else:
        codes = [place.code for place in reporting.regions(person)]
    inside = prefix_of(region.code)
    found = targets_of(form.about or "region", codes)
    return {
        code: found[code] for code in codes if code in found and found[code].region.code.startswith(inside)
    }


def people_in(region: Region) -> list[Person]:
    """Who can inspect something in a region, by a post that lies in it."""
    posts = Post.objects.in_force().filter(role__in=FINDERS, region__code__startswith=prefix_of(region.code))
    return list(Person.objects.filter(is_active=True, posts__in=posts).distinct().order_by("full_name"))


@transaction.atomic
def make_round(by: Person, wanted: Wanted) -> Round:
    """Set a round. Raises NotAllowed, IllegalMove naming the field."""
    if not may_plan(by, wanted.region):
        raise NotAllowed(_("检查轮次由当地的调度岗或负责人制定。"))
    title = needed(wanted.title, "名称", 60, _("请写明轮次名称"), "title")
    if not 0 <= (wanted.until - wanted.since).days <= MOST_DAYS:
        raise IllegalMove(_("截止日应在开始日之后，最多 %(days)s 天") % {"days": MOST_DAYS}, "until")
    if not wanted.shares:
        raise IllegalMove(_("请至少选一个检查对象"), "objects")
    offered = objects_in(wanted.form, by, wanted.region)
    if unknown := sorted(set(wanted.shares) - set(offered)):
        raise IllegalMove(_("%(codes)s 不是该区划的检查对象") % {"codes": "、".join(unknown)[:80]}, "objects")
    for code, person in wanted.shares.items():
        _demand_inspector(person, offered[code].region)
    made = Round.objects.create(
        title=title, form=wanted.form.key, region=wanted.region, since=wanted.since, until=wanted.until, by=by, at=clock.now()
    )  # fmt: skip
    for code, person in wanted.shares.items():
        _add(made, code, offered[code], person, by)
    record(by, "round.plan", str(made.pk), form=made.form, objects=len(wanted.shares))
    return made


def _add(made: Round, code: str, target: Target, person: Person | None, by: Person) -> None:
    task = RoundTask.objects.create(
        round=made, target=code, target_name=target.name, region=target.region, lat=target.lat, lon=target.lon,
        simulated=target.simulated,
    )  # fmt: skip
    if person:
        _step(task, RoundStep.Kind.ASSIGN, by, person=person)


def _demand_inspector(person: Person | None, region: Region) -> None:
    if person and not may(person, *FINDERS, region=region):
        raise IllegalMove(
            _("%(person)s在%(region)s没有检查的职务") % {"person": person, "region": region}, "who"
        )


def _step(
    task: RoundTask, kind: RoundStep.Kind, by: Person, person: Person | None = None, reason: str = ""
) -> RoundStep:
    return RoundStep.objects.create(task=task, kind=kind, person=person, reason=reason, by=by, at=clock.now())


def rounds_of(person: Person) -> QuerySet[Round]:
    """The rounds that a person sees, as of the clock."""
    rows = Round.objects.filter(at__lte=clock.now()).select_related("region", "by", "ended")
    return visible(rows, person)


def round_for(person: Person, pk: int) -> Round:
    """The round, if the person may see it. Raises NotVisible (a 404)."""
    found = rounds_of(person).filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的检查轮次") % {"number": pk})
    return found


def task_for(person: Person, found: Round, pk: int) -> RoundTask:
    """The object of a round, if the person may see it. Raises NotVisible."""
    task = visible(found.tasks.select_related("region", "round"), person).filter(pk=pk).first()
    if task is None:
        raise NotVisible(_("没有编号为 %(number)s 的检查对象") % {"number": pk})
    return task


@transaction.atomic
def assign(by: Person, task: RoundTask, person: Person | None) -> None:
    """Give an object to somebody, or to whoever inspects there. Raises NotAllowed, IllegalMove."""
    if not may_plan(by, task.region_id):
        raise NotAllowed(_("检查轮次由当地的调度岗或负责人制定。"))
    _open(task)
    _demand_inspector(person, task.region)
    _step(task, RoundStep.Kind.ASSIGN, by, person=person)
    record(by, "round.assign", str(task.pk), inspector=person.username if person else "")


def may_skip(person: Person, standing: Standing) -> bool:
    """The office may, and who inspects the object."""
    region = standing.task.region_id
    return may_plan(person, region) or (
        may(person, *FINDERS, region=region) and standing.person in (None, person)
    )


@transaction.atomic
def skip(by: Person, task: RoundTask, reason: str) -> None:
    """Leave an object out, and say why. Raises NotAllowed, IllegalMove."""
    standing = _decided(by, task)
    if standing.answers:
        raise IllegalMove(_("%(name)s已经检查过，不能跳过") % {"name": task})
    if standing.skip:
        raise IllegalMove(_("%(name)s已经跳过") % {"name": task})
    why = needed(reason, "理由", 400, _("请写明跳过的理由"), "reason")
    _step(task, RoundStep.Kind.SKIP, by, reason=why)
    record(by, "round.skip", str(task.pk), reason=why)


@transaction.atomic
def resume(by: Person, task: RoundTask) -> None:
    """Inspect a skipped object after all. Raises NotAllowed, IllegalMove."""
    if _decided(by, task).skip is None:
        raise IllegalMove(_("%(name)s没有跳过") % {"name": task})
    _step(task, RoundStep.Kind.RESUME, by)
    record(by, "round.resume", str(task.pk))


def _decided(by: Person, task: RoundTask) -> Standing:
    _open(task)
    standing = standing_of(task)
    if not may_skip(by, standing):
        raise NotAllowed(_("由承担检查的人或当地的调度岗、负责人决定是否跳过。"))
    return standing


def _open(task: RoundTask) -> None:
    if RoundEnd.objects.filter(round_id=task.round_id).exists():
        raise IllegalMove(_("轮次已经结束"))


@transaction.atomic
def end_round(by: Person, found: Round, reason: str) -> None:
    """End a round before its objects are through. Raises NotAllowed, IllegalMove."""
    if not may_plan(by, found.region_id):
        raise NotAllowed(_("检查轮次由当地的调度岗或负责人制定。"))
    if RoundEnd.objects.filter(round=found).exists():
        raise IllegalMove(_("轮次已经结束"))
    why = needed(reason, "理由", 400, _("请写明结束的理由"), "reason")
    RoundEnd.objects.create(round=found, reason=why, by=by, at=clock.now())
    record(by, "round.end", str(found.pk), reason=why)
