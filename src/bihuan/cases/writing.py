"""How a case is registered, and how a step is written: conditional update, step, files. Who may is asked before (actions)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import expected, names, paper_numbers, rules
from bihuan.cases.deadlines import local_day, number_of
from bihuan.cases.errors import ChangedMeanwhile
from bihuan.cases.evidence import Kept
from bihuan.cases.findings import place_of
from bihuan.cases.models import Case, Counter, Finding, Level, Step
from bihuan.cases.records import finding_record, step_hash
from bihuan.cases.transitions import BY_KEY, OPENINGS, State, Transition
from bihuan.registry.installation import number_prefix
from bihuan.registry.log import enter
from bihuan.registry.models import Person, Region

OPEN, RAISE = (BY_KEY[None, action] for action in OPENINGS)
AUTOMATIC = "自动办理"
"""What stands in a step of the machine in place of a post."""


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


def register(
    findings: Sequence[Finding],
    by: Person | None,
    region: Region,
    note: str,
    files: Sequence[Kept],
    fields: dict[str, Any],
    told: dict[str, Any] | None = None,
) -> Case:
    """A draft from findings whose fields are checked, or without a person a case that waits to be handed over.

    told: what its first step keeps besides.
    """
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
    data = {"findings": [finding_record(f) for f in findings], **(told or {})}
    write(case, OPEN if by else RAISE, by, now, {}, note, files, data)
    return case


def hand(findings: Sequence[Finding], by: Person | None, now: datetime) -> None:
    """Findings that come into a case. Raises ChangedMeanwhile when somebody has judged one of them meanwhile."""
    for finding in findings:
        open_ = Finding.objects.filter(pk=finding.pk, status=finding.status)
        if open_.update(status=Finding.Status.HANDED, decided_by=by, decided_at=now) != 1:
            raise ChangedMeanwhile(_("“%(finding)s”刚被他人处理过, 请刷新后再办") % {"finding": finding})
        finding.refresh_from_db()
        enter(finding)
