"""What people do with cases. Every change goes through `take`: table, rules, conditional update, step, one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import closing, families, notices, photos, rules, step_changes, tree_steps
from bihuan.cases.errors import IllegalMove, NotVisible
from bihuan.cases.evidence import Kept, Upload, kept
from bihuan.cases.models import Case, Finding, Step
from bihuan.cases.rules import Move
from bihuan.cases.terms import Term
from bihuan.cases.texts import case_fields, clean
from bihuan.cases.transitions import BY_KEY, TABLE, Need, State, Transition, leaving
from bihuan.cases.writing import OPEN, register, write
from bihuan.registry.access import may, visible
from bihuan.registry.models import Organisation, Person, Region


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
    families.demand(case, row, by, data)
    tree_steps.demand(case, row, by, data)
    changes, told = step_changes.of(case, row, now, data)
    shown = closing.recoveries(case, now) if row.sensors else []
    if refusal := closing.why_not(row, shown):
        raise IllegalMove(refusal)
    told |= closing.proof(shown)
    stored = kept(files)  # slow, so before the transaction: nobody waits for another's photos
    photos.refuse_older(stored, case)
    with transaction.atomic():
        told |= families.along(case, row, by, now, note, data)
        told |= tree_steps.along(case, row, by, now, note, data)
        step = write(case, row, by, now, changes, note, stored, told)
        if not quiet:
            notices.tell(case, step)
        tree_steps.after(case, row, by, now, data)
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
        return register(findings, by, place, note, stored, fields)


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
