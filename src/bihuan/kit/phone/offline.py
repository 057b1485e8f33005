"""What a person's phone keeps to work without signal: the cases that are theirs, the steps they may take, what is told."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import actions, photos, reminders, reporting, texts, turns
from bihuan.cases.deadlines import until_text
from bihuan.cases.ladders import Timing
from bihuan.cases.models import Attachment, Case, Level, Step
from bihuan.cases.reminder_settings import timing
from bihuan.cases.transitions import TABLE, UNFINISHED, Need, Transition
from bihuan.english import told
from bihuan.kit.phone.kinds import FILLED
from bihuan.registry.access import scope_of, visible
from bihuan.registry.models import Person
from bihuan.registry.roles import UNIT

MOST_CASES = 60
"""A phone keeps what somebody can do in some days, not the city's archive; ours."""
MOST_STEPS = 30
MOST_NOTES = 50
OFFERED = frozenset({*FILLED, Need.PHOTO})
LEFT_OUT = frozenset({Need.DUE})
"""What a step may be given and a phone leaves to the rules."""


def kept_for(person: Person) -> dict[str, Any]:
    """All of it, as JSON."""
    now, known = clock.now(), timing()
    turn = list(turns.todo(person).values_list("pk", flat=True)[:MOST_CASES])
    return {
        "at": now.isoformat(),
        "person": who(person),
        "table": [_row(t) for t in TABLE if _offered(t) and scope_of(person).has(*t.roles)],
        "cases": [_case(case, person, now, known, case.pk in turn) for case in _cases(person, turn)],
        "notes": [_note(note) for note in reminders.unread(person).select_related("case")[:MOST_NOTES]],
        "report": _report(person),
    }


def who(person: Person) -> dict[str, Any]:
    """Whose phone it is, for now."""
    posts = [f"{p.region.name} {_(p.get_role_display())}" for p in scope_of(person).posts]
    return {"id": person.pk, "name": str(person), "posts": posts, "theme": person.theme}


def _cases(person: Person, turn: list[int]) -> list[Case]:
    """Those that wait for the person, then what else their units handle and they reported; at most MOST_CASES."""
    mine = Q(organisation__in=scope_of(person).organisations) if scope_of(person).has(*UNIT) else Q(pk__in=[])
    others: QuerySet[Case] = visible(Case.objects.all(), person).filter(
        mine | Q(pk__in=reporting.reported(person).values("pk")), state__in=UNFINISHED
    )
    more = others.exclude(pk__in=turn).order_by("due", "id").values_list("pk", flat=True)
    asked = [*turn, *more[: MOST_CASES - len(turn)]]
    rows = Case.objects.select_related("region", "organisation").in_bulk(asked)
    return [rows[pk] for pk in asked]


def _offered(row: Transition) -> bool:
    """Can a phone fill in all that the step needs?"""
    alone = not row.automatic and not row.echo and row.source is not None
    return alone and OFFERED.issuperset(row.needs)


def _row(row: Transition) -> dict[str, Any]:
    """A row of the table: what the phone offers after a step that is still on it."""
    return {
        "source": row.source, "action": row.action, "label": _(row.label), "target": row.target,
        "target_label": _(row.target.label), "unit": row.by_unit,
        "needs": [_need(n, True) for n in row.needs] + [_need(n, False) for n in row.may if n not in LEFT_OUT],
    }  # fmt: skip


def _need(need: Need, required: bool) -> dict[str, Any]:
    return {
        "key": need.key,
        "label": _(need.label),
        "kind": need.kind,
        "limit": need.limit,
        "required": required,
    }


def _case(case: Case, person: Person, now: datetime, known: Timing, turn: bool) -> dict[str, Any]:
    lamp = case.lamp(now, known)
    return {
        "number": case.number, "title": told(case.title), "place": case.place, "lat": case.lat, "lon": case.lon,
        "region": case.region.name, "unit": str(case.organisation or ""), "level": _(case.get_level_display()),
        "state": case.state, "state_label": _(case.get_state_display()), "version": case.version,
        "lamp": lamp.colour, "lamp_text": lamp.text, "due": case.due and until_text(case.due, "%m-%d"), "turn": turn,
        "description": case.description, "requirement": case.requirement, "basis": told(case.basis),
        "moves": [m.transition.action for m in actions.moves(case, person) if m.allowed and _offered(m.transition)],
        "findings": [{"name": f.target_name, "title": told(f.title), "from": f.started_at.isoformat()} for f in case.findings.all()],
        "steps": list(_steps(case)),
    }  # fmt: skip


def _steps(case: Case) -> Iterator[dict[str, Any]]:
    """The newest steps, oldest first."""
    rows = case.steps.select_related("actor").prefetch_related("files").order_by("-seq")[:MOST_STEPS]
    for step in reversed(rows):
        yield {
            "label": _(step.label), "who": step.who, "at": step.at.isoformat(), "note": step.note,
            "files": [_file(file, step, case) for file in step.files.all()],
        }  # fmt: skip


def _file(file: Attachment, step: Step, case: Case) -> dict[str, Any]:
    found = photos.shown(file, step, case)
    return {
        "id": file.pk if file.is_image and not found.fault else None,
        "name": file.name,
        "said": found.said,
        "doubts": [*found.doubts, *filter(None, [found.fault])],
    }


def _note(note: Any) -> dict[str, Any]:
    return {"text": told(note.text), "at": note.at.isoformat(), "case": note.case.number}


def _report(person: Person) -> dict[str, Any] | None:
    """What a new problem can be registered with; None for who may not."""
    regions = reporting.regions(person)
    if not regions:
        return None
    return {
        "regions": [{"key": r.pk, "label": r.name} for r in regions],
        "sources": [{"key": s.value, "label": _(s.label)} for s in reporting.sources(person)],
        "levels": [{"key": value, "label": _(label)} for value, label in Level.choices],
        "limits": {name: texts.limit_of(name) for name in ("title", "description", "place")},
    }
