"""Every column of what a case rests on: an edit behind the back of the actions is noticed, or the column says why not."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, models, transaction

from bihuan.cases.actions import hand_over
from bihuan.cases.chain import verify_chains
from bihuan.cases.judging import propose
from bihuan.cases.models import Attachment, Case, Finding, Proposal, Step
from bihuan.cases.transitions import State
from tests.cases.world import WAYS, World

COVERED: tuple[type[models.Model], ...] = (Case, Finding, Step, Attachment, Proposal)


def another(model: type[models.Model], column: str, old: object) -> object:
    """Another value that the column takes."""
    field = next(f for f in model._meta.concrete_fields if f.attname == column)
    if isinstance(field, models.ForeignKey):
        kind = field.related_model
        assert isinstance(kind, type)
        assert issubclass(kind, models.Model)
        return kind._default_manager.exclude(pk=old).values_list("pk", flat=True).last()
    match field:
        case models.DateTimeField():
            return datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
        case models.DateField():
            return date(2031, 5, 6)
        case models.BooleanField():
            return not old
        case models.JSONField():
            return {"values": [1]}
        case models.IntegerField() | models.FloatField():
            return 4711 if old is None else float(str(old)) + 1000
    return f"{old}x"


def rows_of(world: World) -> dict[type[models.Model], models.Model]:
    """A verified case with a finding and a photo, and a second one so that every column has another value to take."""
    case = hand_over([world.finding()], world.person("dispatcher"), world.city.governments["140321"])
    for action in WAYS[State.VERIFYING][2:]:
        world.go(case, action)
    world.case(State.DRAFT)
    other = world.finding(target="S2")
    assert other.status == "new"
    said = propose(other, world.person("dispatcher"), "confirmed", "县里已核实")
    step = case.steps.get(action="apply_close")
    return {
        Case: case,
        Finding: case.findings.get(),
        Step: step,
        Attachment: step.files.get(),
        Proposal: said,
    }


@pytest.mark.parametrize("model", COVERED)
def test_an_edit_of_any_column_is_noticed_or_the_column_says_why_not(
    world: World, model: type[models.Model]
) -> None:
    row = rows_of(world)[model]
    assert verify_chains().broken == []
    declared: set[str] = set(getattr(model, "UNLOGGED", {}))
    assert {c for c in columns_of(model) if not is_noticed(model, row, c)} == declared


def columns_of(model: type[models.Model]) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields]


def is_noticed(model: type[models.Model], row: models.Model, column: str) -> bool:
    """Does the walk notice that the column has another value? The row is as before afterwards."""
    with transaction.atomic():
        value = another(model, column, getattr(row, column))
        assert value not in (None, getattr(row, column)), column
        if column == "id":
            move_key(model, row.pk, +900)
        else:
            model._default_manager.filter(pk=row.pk).update(**{column: value})
        noticed = bool(verify_chains().broken)
        transaction.set_rollback(True)
    return noticed


def move_key(model: type[models.Model], pk: int, by: int) -> None:
    """Give a row another primary key, with what refers to it left behind."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET id = id + {by} WHERE id = %s", [pk])
        assert cursor.rowcount == 1


def test_columns_of_the_case_are_named_with_what_is_stored_and_what_must_be(world: World) -> None:
    case = world.case(State.CLOSED)
    Case.objects.filter(pk=case.pk).update(title="无事", level="minor", requirement="y", returns=3)
    assert {(b.case, b.step, b.why) for b in verify_chains().broken} == {
        (case.number, 0, "title of the case is '无事', by its steps it must be '料场未苫盖'"),
        (case.number, 0, "level of the case is 'minor', by its steps it must be 'moderate'"),
        (case.number, 0, "requirement of the case is 'y', by its steps it must be ''"),
        (case.number, 0, "returns of the case is 3, by its steps it must be 0"),
    }


def test_a_finding_that_goes_on_after_its_hand_over_is_no_tampering(world: World) -> None:
    case = hand_over([world.finding()], world.person("dispatcher"), world.city.governments["140321"])
    world.wait(hours=1)
    finding = world.finding(title="PM10 自 09:00 起 6 小时未变", magnitude=6.0)
    assert finding in case.findings.all()
    assert verify_chains().broken == []
    Finding.objects.filter(pk=finding.pk).update(magnitude=2.0)
    [broken] = verify_chains().broken
    assert (broken.case, broken.step) == (case.number, 1)
    assert f"finding {finding.pk} was changed after it was entered" in broken.why


@pytest.mark.parametrize("how", ["link a finding", "unlink a finding"])
def test_the_findings_of_a_case_are_those_that_its_steps_name(world: World, how: str) -> None:
    case = hand_over([world.finding()], world.person("dispatcher"), world.city.governments["140321"])
    if how == "link a finding":
        case.findings.add(world.finding(target="S2"))
    else:
        case.findings.clear()
    [broken] = verify_chains().broken
    assert broken.case == case.number


def set_back(case: Case) -> None:
    """Take the last step away and put the case as it was before, as somebody does who knows the tables."""
    last, before = case.steps.order_by("-seq")[:2]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_attachment WHERE step_id = %s", [last.pk])
        entries = "SELECT id FROM cases_notification WHERE step_id = %s"
        cursor.execute(f"DELETE FROM cases_delivery WHERE notification_id IN ({entries})", [last.pk])
        cursor.execute("DELETE FROM cases_notification WHERE step_id = %s", [last.pk])
        cursor.execute("DELETE FROM cases_step WHERE id = %s", [last.pk])
        cursor.execute(
            "UPDATE cases_case SET state = %s, organisation_id = %s, due = %s, original_due = %s, version = version - 1 WHERE id = %s",
            [before.to_state, before.organisation_id, before.due, before.original_due, case.pk],
        )


@pytest.mark.parametrize("state", [s for s in WAYS if s != State.DRAFT])
def test_a_chain_cut_at_its_end_is_noticed_when_the_case_is_set_back(world: World, state: State) -> None:
    case, other = world.case(state), world.case(State.SIGNED)
    last = case.version
    set_back(case)
    named = {(b.case, b.step) for b in verify_chains().broken}
    assert (case.number, last) in named
    assert other.number not in {number for number, _ in named}


def test_the_last_step_and_its_log_entry_taken_away_together_are_noticed_while_others_follow(
    world: World,
) -> None:
    case = world.case(State.SIGNED)
    world.case(State.DRAFT)
    set_back(case)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_logentry WHERE key = %s", [f"{case.number}/4"])
    assert any("log entries" in b.why and "missing" in b.why for b in verify_chains().broken)
