"""What becomes of cases whose terms are in working time: hand-over, stops, extensions, urging, and what their chains keep."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bihuan.cases import term_settings
from bihuan.cases.chain import verify_chains
from bihuan.cases.deadlines import CHINA
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.cases.statistics import ALL, ledger
from bihuan.cases.terms import Term, Unit
from bihuan.cases.transitions import State
from bihuan.registry.models import CalendarDay
from tests.cases.world import World

HOURS4, WORKDAYS5 = Term(Unit.HOURS, 4), Term(Unit.WORKDAYS, 5)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def at(world: World, text: str) -> None:
    world.wait(seconds=(china(text) - world.at).total_seconds())


def handed(world: World, when: str, term: Term) -> Case:
    case = world.case(State.PENDING)
    at(world, when)
    world.go(case, "dispatch", due=term)
    return case


def test_the_service_desk_on_a_case(world: World) -> None:
    case = handed(world, "2019-01-17 16:00", HOURS4)
    assert (case.due, case.term_unit, case.term_days) == (china("2019-01-18 10:00"), "hours", 4)
    world.go(case, "sign")
    world.go(case, "plan")
    at(world, "2019-01-17 17:00")
    world.go(case, "apply_close")
    at(world, "2019-01-18 10:00")
    world.go(case, "fail")  # three hours of waiting: one in the evening, two in the morning
    assert case.due == case.original_due == china("2019-01-18 13:00")
    assert case.stopped_seconds == 17 * 3600
    assert verify_chains().broken == []


def test_a_stop_over_spring_festival_takes_nothing_from_working_days(world: World) -> None:
    case = handed(world, "2019-01-31 14:00", WORKDAYS5)
    assert case.due == china("2019-02-12 18:00")
    at(world, "2019-02-03 18:00")
    world.go(case, "return")
    at(world, "2019-02-10 12:00")
    world.go(case, "insist")
    assert case.due == china("2019-02-12 18:00")


def test_an_extension_counts_in_the_unit_of_the_term_and_half_of_it_at_most(world: World) -> None:
    case = handed(world, "2019-01-31 14:00", WORKDAYS5)
    world.go(case, "sign")
    world.go(case, "plan")
    with pytest.raises(IllegalMove, match="延期须为 1 至 2 个工作日"):
        world.go(case, "ask_extension", days=3)
    world.go(case, "ask_extension", days=2)
    world.go(case, "grant")
    assert (case.due, case.original_due) == (china("2019-02-14 18:00"), china("2019-02-12 18:00"))
    short = handed(world, "2019-02-15 09:00", Term(Unit.HOURS, 1))
    world.go(short, "sign")
    world.go(short, "plan")
    with pytest.raises(IllegalMove, match="原期限只有 1 个工作小时, 不能延期"):
        world.go(short, "ask_extension", days=1)


def test_urging_names_a_new_deadline_in_any_unit_and_what_is_late_stays_late(world: World) -> None:
    case = handed(world, "2019-01-31 14:00", HOURS4)
    due = case.due
    at(world, "2019-02-03 16:00")
    step = world.go(case, "urge", due=Term(Unit.HOURS, 4))
    assert datetime.fromisoformat(step.data["due"]) == china("2019-02-11 10:00")
    assert step.data["term"] == {"unit": "hours", "length": 4}
    assert case.due == due


def test_each_hand_over_keeps_its_term_and_the_rule_that_gave_it(world: World) -> None:
    by_rule = world.case(State.DISPATCHED)
    chosen = handed(world, "2019-01-31 14:00", WORKDAYS5)
    same = handed(world, "2019-01-31 15:00", Term(Unit.DAYS, 7))
    dated = world.case(State.PENDING)
    world.go(dated, "dispatch", due=world.at + timedelta(days=2))
    told = [c.steps.get(action="dispatch").data for c in (by_rule, chosen, same, dated)]
    assert [d.get("rule") for d in told] == ["13710 一般事项", None, "13710 一般事项", None]
    assert [d.get("term", {}).get("unit") for d in told] == ["days", "workdays", "days", None]
    assert [d["case"]["term_unit"] for d in told] == ["days", "workdays", "days", "days"]
    assert verify_chains().broken == []
    Case.objects.filter(pk=chosen.pk).update(term_unit="days")
    assert "term_unit of the case is 'days', by its steps it must be 'workdays'" in str(
        verify_chains().broken
    )


def test_a_new_hand_over_brings_a_new_kind_of_term(world: World) -> None:
    case = handed(world, "2019-01-31 14:00", HOURS4)
    world.go(case, "return")
    at(world, "2019-02-02 09:00")
    world.go(case, "redispatch", due=Term(Unit.WORKDAYS, 2))
    assert (case.due, case.term) == (china("2019-02-11 18:00"), Term(Unit.WORKDAYS, 2))


def test_a_deadline_in_an_unknown_year_is_refused_with_what_helps_and_imported_days_help(
    world: World,
) -> None:
    case = world.case(State.PENDING)
    at(world, "2026-12-29 10:00")
    with pytest.raises(IllegalMove, match="2027 年放假安排尚未公布或未导入") as refused:
        world.go(case, "dispatch", due=WORKDAYS5)
    assert refused.value.field == "due"
    world.go(case, "dispatch")  # seven calendar days
    assert case.due == china("2027-01-06 00:00")
    another = world.case(State.PENDING)
    for day in (
        *(f"01-{n:02}" for n in (1, 2, 3)),
        *(f"05-0{n}" for n in (1, 2, 3)),
        *(f"10-0{n}" for n in range(1, 8)),
    ):
        CalendarDay.objects.create(day=f"2027-{day}", kind="off", source="试")
    world.go(another, "dispatch", due=WORKDAYS5)
    assert another.due == china("2027-01-06 18:00")  # 30 and 31 December, 4 to 6 January


def test_a_clock_that_would_go_on_in_an_unknown_year_waits_for_its_list(world: World) -> None:
    case = handed(world, "2026-12-30 10:00", HOURS4)
    world.go(case, "return")
    at(world, "2027-01-04 10:00")
    with pytest.raises(IllegalMove, match="请在“登记-放假安排”导入"):
        world.go(case, "insist")
    case.refresh_from_db()
    assert (case.state, case.due) == (State.RETURNED, china("2026-12-30 14:00"))


def test_statistics_count_working_time_as_late_only_when_it_is(world: World) -> None:
    late, in_time = (handed(world, "2019-02-03 16:00", HOURS4) for _ in range(2))
    for case in (late, in_time):
        world.go(case, "sign")
        world.go(case, "plan")
    at(world, "2019-02-11 09:59")  # a week later, and still in time
    assert ledger(Case.objects.all(), world.at)[ALL].overdue_open == 0
    world.go(in_time, "apply_close")
    at(world, "2019-02-11 10:01")
    counted = ledger(Case.objects.all(), world.at)[ALL]
    assert (counted.due, counted.overdue_open) == (1, 1)
    assert late.is_overdue(world.at)
    assert not in_time.is_overdue(world.at)


def complaint(world: World, when: str) -> Case:
    """Handed over by the rule of the hotline, which the bureau has enabled."""
    if not Case.objects.exists():
        hotline = next(r for r in term_settings.rulebook().rules if r.key == "hotline")
        term_settings.change(world.person("chief", "140300"), replace(hotline, enabled=True), "热线并入")
    case = world.case(State.PENDING)
    Case.objects.filter(pk=case.pk).update(source="complaint")
    case.refresh_from_db()
    at(world, when)
    world.go(case, "dispatch")
    return case


def test_a_rule_of_the_bureau_decides_the_next_hand_over(world: World) -> None:
    case = complaint(world, "2019-01-31 14:00")
    assert (case.due, case.term) == (china("2019-02-12 18:00"), WORKDAYS5)


def test_the_hotline_is_signed_for_within_two_working_hours_and_counted_so(world: World) -> None:
    late, in_time = complaint(world, "2019-02-03 17:00"), complaint(world, "2019-02-03 17:00")
    usual = world.case(State.DISPATCHED)
    assert late.sign_due == china("2019-02-11 09:00")
    assert usual.sign_due is None
    at(world, "2019-02-04 09:00")
    world.go(usual, "sign")  # the next day, as 13710 has it
    at(world, "2019-02-11 09:00")
    world.go(in_time, "sign")
    world.wait(minutes=1)
    world.go(late, "sign")
    counted = ledger(Case.objects.all(), world.at)[ALL]
    assert (counted.dispatched, counted.signed_in_time) == (3, 2)
    world.go(late, "plan")
    assert late.sign_due == china("2019-02-11 09:00")
