"""What people do with cases. Every change goes through `take`: table, rules, conditional update, step, one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import closing, expected, names, notices, paper_numbers, photos, rules, step_changes
from bihuan.cases.chain import finding_record, step_hash
from bihuan.cases.deadlines import local_day, number_of
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.evidence import Kept, Upload, kept
from bihuan.cases.findings import place_of
from bihuan.cases.models import Case, Counter, Finding, Level, Step
from bihuan.cases.rules import Move
from bihuan.cases.terms import Term
from bihuan.cases.texts import case_fields, clean
from bihuan.cases.transitions import BY_KEY, TABLE, Need, State, Transition, leaving
from bihuan.registry.access import may, scope_of, visible
from bihuan.registry.installation import number_prefix
from bihuan.registry.log import enter
from bihuan.registry.models import Organisation, Person, Region, prefix_of

OPEN = BY_KEY[None, "open"]
AUTOMATIC = "自动办理"
"""What stands in a step of the machine in place of a post."""


def case_for(person: Person, number: str) -> Case:
    """The case with this number, if the person may see it. Raises NotVisible (a 404)."""
    found = (
        visible(Case.objects.select_related("region", "organisation"), person).filter(number=number).first()
    )
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的问题") % {"number": number})
    return found


def moves(case: Case, person: Person) -> list[Move]:
    """Every transition out of the case's state, each allowed or with the reason why not."""
    now, people = clock.now(), rules.unit_actors(case)
    rows = leaving(case.state)
    shown = closing.recoveries(case, now) if any(t.sensors for t in rows) else []
    return [Move(t, rules.why_not(case, person, t, now, people) or closing.why_not(t, shown)) for t in rows]


def todo(person: Person) -> QuerySet[Case]:
    """待办: the cases in which it is this person's turn (by state, post and unit), most urgent first."""
    mine = Q(pk__in=[])
    acted = set(Step.objects.filter(by_unit=True, actor=person).values_list("case_id", flat=True))
    for post in scope_of(person).posts:
        for by_unit in (True, False):
            states = {
                t.source
                for t in TABLE
                if t.source and t.by_unit is by_unit and post.role in t.roles and t.action in TURN
            }
            here = (
                Q(organisation=post.organisation_id)
                if by_unit
                else Q(region__code__startswith=prefix_of(post.region_id))
            )
            if states and (post.organisation_id or not by_unit):
                mine |= here & Q(state__in=states)
    cases = visible(Case.objects.select_related("region", "organisation"), person)
    can = [case.pk for case in cases.filter(mine) if _can_act(case, person, acted)]
    return cases.filter(pk__in=can).order_by(F("due").asc(nulls_last=True), "id")


def _can_act(case: Case, person: Person, acted: set[int]) -> bool:
    """Is there a step in this case that is waited for and that the person may take now?"""
    unit_people = [person.pk] if case.pk in acted else []
    steps = (t for t in leaving(case.state) if t.action in TURN)
    return any(not rules.why_not(case, person, t, clock.now(), unit_people) for t in steps)


# The steps that somebody waits for; the others (urge, void, recheck, ...) are a choice.
TURN = frozenset(
    {"submit", "dispatch", "sign", "redispatch", "plan", "apply_close", "grant", "pass", "close", "confirm"}
)


def take(
    case: Case,
    action: str,
    by: Person,
    *,
    note: str = "",
    files: Sequence[Upload | Kept] = (),
    quiet: bool = False,
    **data: Any,
) -> Step:
    """Take one step, and tell everybody concerned (unless `quiet`: the next step follows at once).

    `data` holds what the table's needs name (organisation, due, days, companion, ...).

    Raises IllegalMove with the reason, ChangedMeanwhile when someone else was quicker, BadFile for an attachment.
    """
    note, data = clean(note, Need.NOTE.label, Need.NOTE.limit, Need.NOTE.key), _clean(data)
    row = BY_KEY.get((State(case.state), action))
    if row is None:
        known = next((t for t in TABLE if t.action == action), None)
        raise IllegalMove(
            _("问题现在是“%(state)s”, 不能%(step)s")
            % {"state": _(case.get_state_display()), "step": _(known.label if known else action)}
        )
    now = clock.now()
    if refusal := rules.why_not(case, by, row, now, rules.unit_actors(case)):
        raise IllegalMove(refusal)
    _check_given(row, note, files, data)
    changes, told = step_changes.of(case, row, now, data)
    shown = closing.recoveries(case, now) if row.sensors else []
    if refusal := closing.why_not(row, shown):
        raise IllegalMove(refusal)
    told |= closing.proof(shown)
    stored = kept(files)  # slow, so before the transaction: nobody waits for another's photos
    photos.refuse_older(stored, case)
    with transaction.atomic():
        step = write(case, row, by, now, changes, note, stored, told)
        if not quiet:
            notices.tell(case, step)
    return step


def _clean(data: dict[str, Any]) -> dict[str, Any]:
    """Texts of the table's needs without what no paper can hold, within their limits."""
    limits = {n.key: n for n in Need}
    return {
        key: clean(value, limits[key].label, limits[key].limit, key)
        if isinstance(value, str) and key in limits
        else value
        for key, value in data.items()
    }


def _check_given(row: Transition, note: str, files: Sequence[Upload | Kept], data: dict[str, Any]) -> None:
    """Raises IllegalMove where a need of the step is not met, or something comes that it does not take."""
    given = {**data, "note": note, "files": files}
    if lacking := [n for n in row.needs if not given.get(n.key)]:
        said = {"step": _(row.label), "fields": _("、").join(_(n.label) for n in lacking)}
        raise IllegalMove(_("%(step)s需要填写: %(fields)s") % said, lacking[0].key)
    unknown = set(data) - {n.key for n in (*row.needs, *row.may)}
    if unknown:
        said = {"step": _(row.label), "fields": _("、").join(sorted(unknown))}
        raise IllegalMove(_("%(step)s不接受: %(fields)s") % said)
    if files and Need.PHOTO not in (*row.needs, *row.may):
        raise IllegalMove(_("%(step)s不能带附件") % {"step": _(row.label)})


def write(
    case: Case,
    row: Transition,
    by: Person | None,
    now: datetime,
    changes: dict[str, Any],
    note: str,
    files: Sequence[Kept],
    data: dict[str, Any],
) -> Step:
    """Move the case if it is still as it was read, and append the step with its files; `by` None: the machine's."""
    changes = {**changes, "state": row.target, "version": case.version + 1}
    same = Case.objects.filter(pk=case.pk, version=case.version, state=case.state)
    if same.update(**changes) != 1:
        raise ChangedMeanwhile(_("%(number)s 刚被他人办理过, 请刷新后再办") % {"number": case.number})
    unit = changes.get("organisation", case.organisation)
    post = rules.post_for(by, row, case.region, case.organisation) if by else None
    assert row.automatic if by is None else post is not None
    last = case.steps.order_by("-seq").first()
    step = Step(
        case=case,
        seq=case.version + 1,
        action=row.action,
        from_state=row.source or "",
        to_state=row.target,
        actor=by,
        post=rules.post_text(post) if post else AUTOMATIC,
        by_unit=row.by_unit,
        at=now,
        note=note,
        data={
            **data,
            expected.KEPT: expected.changed(case, changes),
            names.NAMES: names.names_of(case, by, unit),
        },
        organisation=unit,
        due=changes.get("due", case.due),
        original_due=changes.get("original_due", case.original_due),
        previous_hash=last.hash if last else "",
    )
    attached = [f.attachment() for f in files]
    step.hash = step_hash(step, case.number, attached)
    step.save()
    for file in attached:
        file.step = step
        file.save()
    paper_numbers.issue(case, step)
    for name, value in changes.items():
        setattr(case, name, value)
    return step


def _next_number(now: datetime) -> str:
    year = local_day(now).year
    Counter.objects.get_or_create(year=year)
    Counter.objects.filter(year=year).update(last=F("last") + 1)
    return number_of(number_prefix(), year, Counter.objects.get(year=year).last)


def open_case(
    findings: Sequence[Finding],
    by: Person,
    *,
    title: str = "",
    region: Region | None = None,
    level: str = "",
    source: str = Case.Source.PLATFORM,
    note: str = "",
    files: Sequence[Upload | Kept] = (),
    **fields: Any,
) -> Case:
    """Register a draft from findings, or (a patrol, a complaint) from title and region alone.

    `fields` are further fields of the case: description, basis, requirement, place, lat, lon, immediate, listed_by.
    Raises IllegalMove when a finding was rejected or handed over before, the person may not register here, or a field
    is too long or cannot be.
    """
    if not findings and not (title and region):
        raise IllegalMove(_("登记问题需要标题和区划, 或者一条发现"))
    taken = [f for f in findings if f.status in (Finding.Status.HANDED, Finding.Status.REJECTED)]
    if taken:
        raise IllegalMove(
            _("“%(finding)s”%(state)s, 不能再交办")
            % {"finding": taken[0], "state": _(taken[0].get_status_display())}
        )
    place = region or findings[0].region
    if not may(by, *OPEN.roles, region=place):
        raise IllegalMove(_("您没有在%(region)s登记问题的职务") % {"region": place.name})
    fields = case_fields({**fields, "title": title, "level": level, "source": source})
    note, stored = clean(note, Need.NOTE.label, Need.NOTE.limit), kept(files)
    with transaction.atomic():
        return _open(findings, by, place, note, stored, fields)


def _open(
    findings: Sequence[Finding],
    by: Person,
    region: Region,
    note: str,
    files: Sequence[Kept],
    fields: dict[str, Any],
) -> Case:
    now, ranks = clock.now(), list(Level.values)
    if findings:
        fields = {**place_of(findings[0]), **fields}
        fields.setdefault("title", str(findings[0])[:200])
        fields.setdefault("basis", "; ".join(dict.fromkeys(f.basis for f in findings if f.basis))[:600])
        fields.setdefault("level", max((f.severity for f in findings), key=ranks.index))
        fields.setdefault("simulated", any(f.simulated for f in findings))
    fields.setdefault("level", Level.MINOR)
    case = Case(number=_next_number(now), region=region, state=State.DRAFT, opened_at=now, **fields)
    case.save()
    hand(findings, by, now)
    case.findings.set(findings)
    data = {"findings": [finding_record(f) for f in findings]}
    write(case, OPEN, by, now, {}, note, files, data)
    return case


def hand(findings: Sequence[Finding], by: Person | None, now: datetime) -> None:
    """Findings that come into a case. Raises ChangedMeanwhile when somebody has judged one of them meanwhile."""
    for finding in findings:
        open_ = Finding.objects.filter(pk=finding.pk, status=finding.status)
        if open_.update(status=Finding.Status.HANDED, decided_by=by, decided_at=now) != 1:
            raise ChangedMeanwhile(_("“%(finding)s”刚被他人处理过, 请刷新后再办") % {"finding": finding})
        finding.refresh_from_db()
        enter(finding)


def hand_over(
    findings: Sequence[Finding],
    by: Person,
    organisation: Organisation,
    *,
    due: datetime | Term | None = None,
    liable: str = "",
    note: str = "",
    files: Sequence[Upload | Kept] = (),
    **fields: Any,
) -> Case:
    """From findings (or title and region) to a handed-over case in one go: open, submit, dispatch."""
    stored = kept(files)
    with transaction.atomic():
        case = open_case(findings, by, files=stored, **fields)
        take(case, "submit", by, quiet=True)
        given: dict[str, Any] = {k: v for k, v in (("due", due), ("liable", liable)) if v}
        take(case, "dispatch", by, note=note, organisation=organisation, **given)
    return case
