"""How a case went, counted by hand on a calendar: what is in time, what late, what came back; and who is left out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.histories import folded, histories, judged
from bihuan.cases.models import Case
from bihuan.cases.statistics import RATES, Statistics, behind, ledger, marks, share
from bihuan.cases.step_table import COLUMNS
from bihuan.cases.transitions import TABLE, State, Transition
from tests.cases.one_by_one import History
from tests.cases.world import World

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


def total(world: World) -> Statistics:
    return ledger(Case.objects.all(), world.at)["合计"]


def history(world: World, case: Case) -> dict[str, Any]:
    return histories(Case.objects.filter(pk=case.pk), world.at).row(0, named=True)


def until(world: World, moment: datetime) -> None:
    """Let time pass until a moment."""
    world.wait(seconds=(moment - world.at).total_seconds())


@pytest.mark.parametrize(
    ("handed", "signed", "in_time"),
    [
        # 2019-01-12 14:00 in China: signed until 13 24:00
        ("2019-01-12T06:00", "2019-01-12T06:00", True),
        ("2019-01-12T06:00", "2019-01-13T16:00", True),
        ("2019-01-12T06:00", "2019-01-13T16:01", False),
        # 12th 23:59 and 13th 00:00 in China are two days
        ("2019-01-12T15:59", "2019-01-13T16:00", True),
        ("2019-01-12T16:00", "2019-01-13T16:01", True),
        ("2019-01-12T16:00", "2019-01-14T16:01", False),
    ],
)
def test_signing_in_time_is_until_24_00_of_the_day_after(
    world: World, handed: str, signed: str, in_time: bool
) -> None:
    case = world.case(State.PENDING)
    until(world, datetime.fromisoformat(handed).replace(tzinfo=UTC))
    world.go(case, "dispatch")
    until(world, datetime.fromisoformat(signed).replace(tzinfo=UTC))
    world.go(case, "sign")
    assert total(world).rates["签收率"] == float(in_time)


def test_a_late_signature_of_the_first_unit_is_not_mended_by_a_rebound(world: World) -> None:
    case = world.case(State.DISPATCHED)
    world.wait(days=3)
    for action in ("sign", "plan", "apply_close", "pass", "close", "reopen", "sign"):
        world.go(case, action)
    assert total(world).signed_in_time == 0


def test_the_very_deadline_is_in_time_and_the_next_second_late(world: World) -> None:
    first, second = world.case(State.RECTIFYING), world.case(State.RECTIFYING)
    assert first.due is not None
    until(world, first.due)
    world.go(first, "apply_close")
    assert total(world).overdue_open == 0
    world.wait(seconds=1)
    world.go(second, "apply_close")
    assert (total(world).overdue_open, total(world).awaiting_verification) == (1, 2)


def test_time_that_the_office_took_is_not_the_units(world: World) -> None:
    """Nine days in verification, then sent back: the unit still has what it had, and worked two days in all."""
    case = world.case(State.RECTIFYING)
    world.wait(days=1)
    world.go(case, "apply_close")
    world.wait(days=9)
    world.go(case, "fail")
    assert total(world).overdue_open == 0
    world.wait(days=1)
    for action in ("apply_close", "pass", "close"):
        world.go(case, action)
        world.wait(days=20)
    found = total(world)
    assert (found.in_time, found.closed_late, found.mean_days) == (1, 0, 2.0)
    assert (found.verifications, found.failures) == (2, 1)


@pytest.mark.parametrize(("days", "counts"), [(0, 1), (182, 1), (183, 1), (184, 0), (400, 0)])
def test_what_comes_back_within_six_months_is_a_rebound(world: World, days: int, counts: int) -> None:
    case = world.case(State.CLOSED)
    world.wait(days=days, seconds=1 if not days else 0)
    world.go(case, "reopen")
    found = total(world)
    assert (found.rebounds, found.ever_closed, found.closed) == (counts, 1, 0)
    assert found.rates["反弹率"] == float(counts)


def test_a_case_that_came_back_twice_is_one_case(world: World) -> None:
    case = world.case(State.CLOSED)
    world.case(State.CLOSED)
    for action in ("reopen", "sign", "plan", "apply_close", "pass", "close", "recheck", "reopen"):
        world.wait(days=1)
        world.go(case, action)
    assert total(world).rates["反弹率"] == 1 / 2
    assert history(world, case)["reopenings"] == 2


def test_what_was_confirmed_at_the_second_look_stays_closed(world: World) -> None:
    case = world.case(State.RECHECK)
    assert (total(world).closed, total(world).done, total(world).open) == (0, 1, 1)
    world.go(case, "confirm")
    assert (total(world).closed, total(world).done, total(world).open) == (1, 1, 0)
    assert total(world).rates["反弹率"] == 0.0


@pytest.mark.parametrize("state", [State.VOID, State.NOT_FILED, State.TRANSFERRED])
def test_what_is_no_case_of_ours_is_in_no_count(world: World, state: State) -> None:
    world.case(State.DISPATCHED)
    before = total(world)
    world.case(state)
    assert total(world) == before


def test_what_is_taken_back_from_another_department_counts_again(world: World) -> None:
    case = world.case(State.TRANSFERRED)
    assert total(world).registered == 0
    world.go(case, "take_back")
    assert (total(world).registered, total(world).open, total(world).dispatched) == (1, 1, 0)


def test_a_case_voided_later_still_counts_as_of_the_day_before(world: World) -> None:
    """The month's report of December does not change when something is voided in January."""
    case = world.case(State.RECTIFYING)
    then = world.at
    world.wait(days=1)
    world.go(case, "void")
    assert total(world).registered == 0
    assert ledger(Case.objects.all(), then)["合计"].registered == 1


def test_a_case_opened_later_did_not_exist_before(world: World) -> None:
    then = world.at
    world.wait(seconds=1)
    case = world.case(State.DISPATCHED)
    assert ledger(Case.objects.all(), then)["合计"].registered == 0
    assert histories(Case.objects.all(), then).is_empty()
    assert history(world, case)["state"] == State.DISPATCHED


def test_work_is_counted_for_the_unit_that_has_it_now(world: World) -> None:
    case = world.case(State.RETURNED)
    world.go(case, "redispatch")
    by_unit = ledger(Case.objects.all(), world.at, "unit")
    assert {name: s.dispatched for name, s in by_unit.items()} == {"合计": 1, "盂县人民政府": 1}


def test_groups_add_up_to_all(world: World) -> None:
    for level in ("minor", "moderate", "serious"):
        world.case(State.DISPATCHED, level=level)
        world.case(State.CLOSED, level=level, immediate=level == "minor")
    world.wait(days=9)
    by_level = ledger(Case.objects.all(), world.at, "level")
    for name in ("registered", "open", "due", "in_time", "overdue_open", "closed", "immediate"):
        assert sum(getattr(s, name) for key, s in by_level.items() if key != "合计") == getattr(
            by_level["合计"], name
        )
    # Of the three that are open only those with 7 days are late.
    assert {k: s.overdue_open for k, s in by_level.items()} == {
        "合计": 2,
        "minor": 1,
        "moderate": 1,
        "serious": 0,
    }


def test_behind_each_number_stand_as_many_cases(world: World) -> None:
    for state in State:
        world.case(state)
    world.wait(days=9)
    found, rows = total(world), marks(Case.objects.all(), world.at)
    for name in ("registered", "open", "dispatched", "due", "done", "overdue_open", "closed", "ever_closed", "awaiting_verification"):  # fmt: skip
        assert len(behind(rows, [name])) == getattr(found, name) > 0, name
    assert len(behind(rows, ["overdue_open", "closed"])) == found.overdue_open + found.closed


def test_every_rate_is_a_share_or_nothing(world: World) -> None:
    assert set(total(world).rates.values()) == {None}
    for state in State:
        world.case(state)
    world.wait(days=20)
    rates = total(world).rates
    assert len(rates) == len(RATES)
    assert all(r is None or 0 <= r <= 1 for r in rates.values()), rates


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(0, 0, None), (0, 4, 0.0), (1, 4, 0.25), (3, 3, 1.0)]
)
def test_a_share_of_nothing_is_no_number(part: int, whole: int, expected: float | None) -> None:
    assert share(part, whole) == expected


def test_the_median_is_of_closed_cases_only_and_between_two_of_them(world: World) -> None:
    first, second = world.case(State.RECTIFYING), world.case(State.RECTIFYING)
    world.case(State.RECTIFYING)
    for case, days in ((first, 1), (second, 3)):
        world.wait(days=days)
        for action in ("apply_close", "pass", "close"):
            world.go(case, action)
    # Worked: 1 day, and 1 + 3 days.
    assert (total(world).median_days, total(world).mean_days) == (2.5, 2.5)


def test_due_today_is_what_ends_before_midnight_in_china(world: World) -> None:
    case, soon = world.case(State.SIGNED), world.case(State.PENDING)
    assert case.due is not None
    world.go(soon, "dispatch", due=world.at + HOUR)
    assert total(world).due_today == 1
    until(world, case.due - DAY - SECOND)
    assert total(world).due_today == 0  # one second to midnight: it ends with tomorrow
    world.wait(seconds=1)
    assert total(world).due_today == 1
    until(world, case.due)
    assert (total(world).due_today, total(world).overdue_open) == (1, 1)
    world.wait(seconds=1)
    assert (total(world).due_today, total(world).overdue_open) == (0, 2)


@pytest.mark.parametrize(
    ("state", "stopped", "as_of", "due"),
    [
        (State.RECTIFYING, None, 99, False),
        (State.RECTIFYING, None, 101, True),
        (State.RETURNED, 50, 500, False),  # while its clock stands, the deadline moves with it
        (State.RETURNED, 150, 500, True),
        (State.CLOSED, 50, 60, False),
        (State.CLOSED, 50, 500, True),  # whether it was cleared in time can be told now
        (State.CLOSED, 150, 160, True),
    ],
)
def test_the_deadline_of_a_case_has_come_or_not(
    state: State, stopped: float | None, as_of: float, due: bool
) -> None:
    def is_due(deadline: float | None) -> bool:
        step = row("x", state, 10.0, deadline)
        ends = [row("x", State.VERIFYING, stopped, deadline)] if stopped else []
        last = [row("x", state, stopped, deadline)] if stopped else []
        told = judged(
            fold([row("sign", State.RECTIFYING, 10.0, deadline) if stopped else step, *ends, *last]), as_of
        )
        return bool(told["is_due"][0])

    assert is_due(100.0) is due
    assert not is_due(None)


def test_a_case_enters_the_ledger_when_it_is_handed_over_or_else_registered() -> None:
    steps = [row("open", State.DRAFT, 10.0), row("dispatch", State.DISPATCHED, 20.0)]
    assert judged(fold(steps), 30.0)["entered"][0] == 20.0
    assert judged(fold(steps[:1]), 30.0)["entered"][0] == 10.0


def row(action: str, to: State, at: float, due: float | None = None, **more: Any) -> dict[str, Any]:
    """A step of one case."""
    usual = {"id": 0, "case": 1, "seq": 0, "unit": None, "actor": None, "by_unit": False, "original_due": due}
    return usual | {"action": action, "to": to.value, "at": at, "due": due} | more


def fold(steps: list[dict[str, Any]]) -> pl.DataFrame:
    """What is folded of steps, with no rule about signing."""
    return folded(pl.DataFrame(steps, COLUMNS)).with_columns(sign_due=pl.lit(None, pl.Float64))


stepping = st.tuples(
    st.sampled_from(TABLE), st.integers(1, 300), st.sampled_from([None, -50, 20, 400]), st.booleans()
)


@given(st.lists(st.lists(stepping, min_size=1, max_size=20), min_size=1, max_size=4), st.integers(0, 3000))
def test_cases_folded_together_are_each_as_step_by_step(
    chains: list[list[tuple[Transition, int, int | None, bool]]], waited: int
) -> None:
    """Whatever the steps: also such as the table would never let follow each other."""
    steps, alone, last = [], [], 0.0
    for case, chain in enumerate(chains):
        at, slow = 1e9, History()
        for seq, (move, days, term, by_unit) in enumerate(chain):
            at += days * 86400.0
            due = None if term is None else at + term * 86400.0
            slow.add(case, at, move.action, move.target.value, due, due)
            steps.append(
                row(
                    move.action,
                    move.target,
                    at,
                    due,
                    case=case,
                    seq=seq,
                    unit=case,
                    by_unit=by_unit,
                    actor=seq,
                )
            )
        alone.append(slow)
        last = max(last, at)
    moment = last + waited * 3600.0
    told = judged(fold(steps), moment).sort("case").to_dicts()
    for slow, got in zip(alone, told, strict=True):
        assert got["state"] == slow.state
        assert (got["deadline"], got["stopped"], got["first_sign"]) == (
            slow.due,
            slow.stopped,
            slow.first_sign,
        )
        assert got["worked"] == pytest.approx(slow.worked)
        assert (got["passed"], got["failed"]) == (slow.passed, slow.failed)
        assert (got["closings"], got["reopenings"], got["relapses"]) == (
            len(slow.closings),
            len(slow.reopenings),
            slow.relapses,
        )
        assert (got["rebounded"], got["without_proof"], got["unit"]) == (
            slow.rebounded,
            slow.unproven,
            slow.unit,
        )
        assert (got["late"], got["originally_late"]) == (slow.late(moment), slow.originally_late(moment))
        assert (got["is_due"], got["signed_in_time"]) == (slow.is_due(moment), slow.signed_in_time)
        assert (got["is_closed"], got["is_done"]) == (slow.is_closed, slow.is_done)
        assert got["entered"] == (slow.first_dispatch or slow.opened)
