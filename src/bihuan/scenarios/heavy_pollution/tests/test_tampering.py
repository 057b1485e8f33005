"""What was decided on suggestions, advices and warnings cannot be changed behind the back of the actions unnoticed."""

import pytest
from django.db import DatabaseError, connection, models, transaction

from bihuan.registry.log_check import check_log
from bihuan.scenarios.heavy_pollution import actions, guards, warning_actions
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.tests.world import World

UNDECIDED = {"decided_at": None, "decided_by": None, "status": "open", "reason": ""}


@pytest.fixture
def decided(world: World) -> Suggestion:
    """One measure accepted, one refused, one refused and taken back."""
    accepted, refused, again = world.suggest()[:3]
    actions.accept(accepted, world.person(), hand=True)
    actions.refuse(refused, world.person(), "已停产")
    actions.refuse(again, world.person(), "已停产")
    actions.take_back(again, world.person())
    return refused


def test_decisions_and_what_follows_from_them_are_no_tampering(world: World, decided: Suggestion) -> None:
    assert check_log() == []
    world.suggest("clean")  # a later run lets expire what is open
    assert check_log() == []


@pytest.mark.parametrize(
    "changes",
    [{"reason": "x"}, {"status": "accepted"}, {"kg_per_day": 1.0}, {"text": "x"}, {"why": "x"}, UNDECIDED],
    ids=str,
)
def test_a_changed_decision_on_a_measure_is_named(decided: Suggestion, changes: dict[str, object]) -> None:
    Suggestion.objects.filter(pk=decided.pk).update(**changes)
    assert [(f.kind, f.key) for f in check_log()] == [("heavy_pollution.suggestion", str(decided.pk))]


def test_an_invented_decision_is_named(world: World, decided: Suggestion) -> None:
    other = Suggestion.objects.filter(decided_at=None).last()
    assert other is not None
    Suggestion.objects.filter(pk=other.pk).update(
        status="refused", decided_at=world.at, decided_by=world.person()
    )
    [fault] = check_log()
    assert (fault.key, fault.why) in {
        (str(other.pk), "is not in the log"),
        (str(other.pk), f"was changed after it was entered (log entry {fault.entry})"),
    }


def test_a_changed_decision_on_an_advice_is_named(world: World) -> None:
    world.suggest()
    advice = world.advice()
    warning_actions.decline(advice, world.person("chief"), "已转好")
    assert check_log() == []
    Advice.objects.update(reason="x")
    assert [(f.kind, f.key) for f in check_log()] == [("heavy_pollution.advice", str(advice.pk))]


@pytest.mark.parametrize("model", [Advice, Suggestion])
def test_the_database_refuses_to_delete_them(decided: Suggestion, model: type[models.Model]) -> None:
    guards.keep(connection)
    with (
        pytest.raises(DatabaseError, match="不能删除"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
