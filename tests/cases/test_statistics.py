"""The ledger's statistics on a ledger small enough to count by hand. Definitions: supervision ledger, section 6."""

from datetime import timedelta

import pytest

from bihuan.cases.models import Case
from bihuan.cases.statistics import counts, ends_today, ledger, past_deadline
from bihuan.cases.transitions import State
from tests.cases.world import World


@pytest.fixture
def counted(world: World) -> World:
    """Six cases of 2019-01-12 14:00 (due 19 24:00), looked at on 2019-01-22 14:00.

    A closed in time; B closed late, on the 21st; C open and overdue; D in verification, answered in time;
    E immediate, closed on the 13th; F declined.
    """
    a, b = world.case(State.RECTIFYING), world.case(State.RECTIFYING)
    world.case(State.DISPATCHED)
    d = world.case(State.RECTIFYING)
    e = world.case(State.RECTIFYING, immediate=True)
    world.case(State.NOT_FILED)
    world.wait(days=1)
    for case in (a, e):
        world.go(case, "apply_close")
        world.go(case, "pass")
        world.go(case, "close")
    world.go(d, "apply_close")
    world.wait(days=8)  # the 21st, 14:00
    world.go(b, "apply_close")
    world.go(b, "fail")
    world.go(b, "apply_close")
    world.go(b, "pass")
    world.go(b, "close")
    world.wait(days=1)
    return world


def test_counts_and_rates_by_hand(counted: World) -> None:
    total = ledger(Case.objects.all(), counted.at)["合计"]
    assert (total.registered, total.dispatched, total.closed, total.open) == (5, 5, 3, 2)
    # Due by the 22nd: A, B, C, E. D's clock stands, so its deadline has not come.
    assert (total.due, total.due_done, total.in_time) == (4, 3, 2)
    assert (total.overdue_open, total.closed_late, total.awaiting_verification) == (1, 1, 1)
    assert (total.verifications, total.failures) == (4, 1)
    assert total.rates == {
        "签收率": 4 / 5,
        "立行立改率": 1.0,
        "整改完成率(到期)": 3 / 4,
        "整改完成率(全部)": 3 / 5,
        "按期完成率": 2 / 4,
        "超期率": 2 / 4,
        "退回率": 1 / 4,
        "反弹率": 0.0,
        "销号率": 3 / 5,
    }
    # Days of work: A 1, E 1, B 9.
    assert total.median_days == 1.0
    assert total.mean_days == pytest.approx(11 / 3)


def test_as_of_an_earlier_moment(counted: World) -> None:
    then = ledger(Case.objects.all(), counted.at - timedelta(days=5))["合计"]
    assert (then.closed, then.due, then.overdue_open, then.awaiting_verification) == (2, 1, 0, 1)
    # Only E, with three days, was due by the 17th.
    assert then.rates["按期完成率"] == 1.0
    assert ledger(Case.objects.all(), counted.at - timedelta(days=9))["合计"].rates["按期完成率"] is None


def test_a_late_case_stays_late_after_a_rebound(counted: World) -> None:
    late = Case.objects.get(number="环交〔2019〕0002")
    counted.go(late, "reopen")
    total = ledger(Case.objects.all(), counted.at)["合计"]
    assert total.rates["反弹率"] == 1 / 3
    assert total.overdue_open == 2
    assert total.due == 4


def test_an_extension_does_not_erase_that_the_first_deadline_was_missed(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.go(case, "ask_extension", days=3)
    world.go(case, "grant")
    world.wait(days=9)
    total = ledger(Case.objects.all(), world.at)["合计"]
    assert (total.overdue_open, total.originally_overdue) == (0, 1)


def test_by_unit_and_region(counted: World) -> None:
    by_region = ledger(Case.objects.all(), counted.at, "region")
    assert set(by_region) == {"合计", "平定县"}
    assert by_region["平定县"].closed == 3


def test_quick_counts_agree_with_the_ledger(counted: World) -> None:
    counted.finding()
    mine = counts(counted.person("dispatcher"), counted.at)
    total = ledger(Case.objects.all(), counted.at)["合计"]
    assert (mine.open, mine.overdue, mine.to_verify) == (
        total.open,
        total.overdue_open,
        total.awaiting_verification,
    )
    assert mine.new_incidents == 1
    elsewhere = counts(counted.person("dispatcher", "140302"), counted.at)
    assert (elsewhere.open, elsewhere.overdue, elsewhere.new_incidents) == (0, 0, 0)


def test_due_today_includes_midnight_and_no_more(world: World) -> None:
    world.case(State.SIGNED)
    world.wait(days=6, hours=9)
    assert not Case.objects.filter(ends_today(world.at)).exists()
    world.wait(hours=2)
    assert Case.objects.filter(ends_today(world.at)).count() == 1
    world.wait(hours=23, minutes=30)
    assert Case.objects.filter(past_deadline(world.at)).count() == 1
