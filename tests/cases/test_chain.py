"""Whatever is changed behind the back of the actions is found, with case and step."""

from collections.abc import Callable

import pytest
from django.db import connection

from bihuan.cases import chain_parts
from bihuan.cases.chain import verify_chains
from bihuan.cases.evidence import path_of
from bihuan.cases.models import Attachment, Case, Finding
from bihuan.cases.transitions import State
from tests.cases.world import World


def sql(text: str) -> None:
    with connection.cursor() as cursor:
        if text.startswith("DELETE FROM cases_step"):
            cursor.execute("DELETE FROM cases_delivery")  # they refer to entries of the inbox
            cursor.execute("DELETE FROM cases_notification")  # they refer to steps
        cursor.execute(text)


def swap_steps() -> None:
    sql("UPDATE cases_step SET seq = 99 WHERE seq = 3")
    sql("UPDATE cases_step SET seq = 3 WHERE seq = 4")
    sql("UPDATE cases_step SET seq = 4 WHERE seq = 99")


def lose_file() -> None:
    path_of(Attachment.objects.get().sha256).unlink()


def change_file() -> None:
    path_of(Attachment.objects.get().sha256).write_bytes(b"another picture")


TAMPERINGS: list[tuple[Callable[[], None] | str, int, str]] = [
    ("UPDATE cases_step SET note = '已整改' WHERE seq = 4", 4, "content was changed"),
    ("UPDATE cases_step SET at = '2019-01-01 00:00:00' WHERE seq = 3", 3, "content was changed"),
    ("UPDATE cases_step SET due = '2029-01-01 00:00:00' WHERE seq = 3", 3, "content was changed"),
    (
        "UPDATE cases_step SET actor_id = (SELECT max(id) FROM registry_person) WHERE seq = 4",
        4,
        "content was changed",
    ),
    ("UPDATE cases_step SET data = '{\"x\": 1}' WHERE seq = 5", 5, "content was changed"),
    ("DELETE FROM cases_step WHERE seq = 4", 5, "step is missing or out of order"),
    (swap_steps, 3, "content was changed"),
    ("UPDATE cases_attachment SET name = 'b.jpg'", 6, "content was changed"),
    ("UPDATE cases_attachment SET sha256 = 'aa' || substr(sha256, 3)", 6, "content was changed"),
    (lose_file, 6, "file 现场.jpg is missing"),
    (change_file, 6, "file 现场.jpg was changed"),
    (
        "UPDATE cases_case SET state = 'closed'",
        0,
        "state of the case is 'closed', by its steps it must be 'verifying'",
    ),
    (
        "UPDATE cases_case SET due = '2029-01-01 00:00:00'",
        0,
        "due of the case is '2029-01-01T00:00:00.000000+00:00', by its steps it must be '2019-01-19T16:00:00.000000+00:00'",
    ),
    ("UPDATE cases_case SET version = 9", 0, "the chain ends at 6"),
]


@pytest.mark.parametrize(
    ("tamper", "step", "why"),
    TAMPERINGS,
    ids=[t[0] if isinstance(t[0], str) else t[0].__name__ for t in TAMPERINGS],
)
def test_tampering_is_found_and_named(
    world: World, tamper: Callable[[], None] | str, step: int, why: str
) -> None:
    case = world.case(State.VERIFYING)
    sound = world.case(State.SIGNED)
    sql(f"UPDATE cases_case SET state = state WHERE id = {sound.pk}")
    assert verify_chains().broken == []
    if isinstance(tamper, str):
        table_case = "id" if "cases_case" in tamper else "case_id"
        where = (
            ""
            if "attachment" in tamper
            else f"{' AND' if 'WHERE' in tamper else ' WHERE'} {table_case} = {case.pk}"
        )
        sql(tamper + where)
    else:
        tamper()
    broken = verify_chains().broken
    assert any(b.case == case.number and b.step == step and why in b.why for b in broken), broken


def test_a_lost_last_step_is_found(world: World) -> None:
    case = world.case(State.SIGNED)
    sql("DELETE FROM cases_step WHERE seq = 4")
    assert {(b.case, b.step) for b in verify_chains().broken} == {(case.number, 0), (case.number, 4)}


def test_a_lost_case_is_found(world: World) -> None:
    case = world.case(State.SIGNED)
    world.case(State.DRAFT)
    sql(f"DELETE FROM cases_step WHERE case_id = {case.pk}")
    sql(f"DELETE FROM cases_case WHERE id = {case.pk}")
    [broken] = verify_chains().broken
    assert (broken.case, broken.why) == (case.number, "the whole case is missing")


def test_a_case_without_steps_is_found(world: World) -> None:
    case = world.case(State.SIGNED)
    sql("DELETE FROM cases_step")
    [broken] = verify_chains().broken
    assert (broken.case, broken.why) == (case.number, "the case has no steps")


def test_changed_evidence_of_a_finding_is_found(world: World) -> None:
    finding = world.finding()
    from bihuan.cases.actions import hand_over

    case = hand_over([finding], world.person("dispatcher"), world.city.governments["140321"])
    assert verify_chains().broken == []
    Finding.objects.filter(pk=finding.pk).update(evidence={"values": [20.0]})
    [broken] = verify_chains().broken
    assert (broken.case, broken.step) == (case.number, 1)
    assert "evidence" in broken.why


def test_a_step_that_is_taken_during_the_walk_is_no_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chains are read before the log; what was written between the two looked as if it were gone."""
    case, read = world.case(State.SIGNED), chain_parts.part

    def part(first: int, last: int) -> chain_parts.Part:
        found = read(first, last)
        if case.state == State.SIGNED:
            world.go(case, "plan")
        return found

    monkeypatch.setattr(chain_parts, "part", part)
    assert verify_chains().broken == []
    assert case.state == State.RECTIFYING
    sql("UPDATE cases_step SET note = 'x' WHERE seq = 2")
    assert [b.step for b in verify_chains().broken] == [2]


def test_the_counts(world: World) -> None:
    world.case(State.VERIFYING)
    world.case(State.DRAFT)
    report = verify_chains()
    assert (report.cases, report.steps, report.broken) == (2, 7, [])
    assert Case.objects.count() == 2
