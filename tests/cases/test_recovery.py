"""Back to normal: only hours count that were measured and looked at since; worked by hand, and for any course of hours."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.recovery import Recovery, recovered
from tests.cases.rows import HOUR

NOON = datetime(2019, 1, 12, 4, tzinfo=UTC)  # in China
KEY = ("test.sensor", "emitter", "P1", "nox")


def of(
    hours: set[int], *, now: float, run: float | None = None, shown: float = 0, needed: int = 24
) -> Recovery:
    """A problem shown until `shown`, with these hours measured; all in hours after noon. The check ran at `now`."""
    return recovered(
        KEY, "测试厂 超标", shown=NOON + shown * HOUR, run=NOON + (now if run is None else run) * HOUR,
        look_back=timedelta(hours=72), needed=needed, measured=[NOON + h * HOUR for h in hours], now=NOON + now * HOUR,
    )  # fmt: skip


def test_five_of_twenty_four_hours_name_the_hour_from_which_it_can_be_closed() -> None:
    found = of(set(range(-10, 5)), now=5)
    assert found.said == "已恢复 5 小时，需 24 小时，最早 1月13日 12:00 可销号"
    assert (found.proven, found.hours, found.earliest) == (False, 5, NOON + 24 * HOUR)
    assert not of(set(range(30)), now=23.9).proven
    assert of(set(range(30)), now=24).proven


def test_an_hour_that_the_problem_reaches_into_is_not_normal() -> None:
    assert of(set(range(24)), now=24, shown=0.5).hours == 23
    assert of(set(range(24)), now=24, shown=0.5).earliest == NOON + 25 * HOUR


def test_hours_without_valid_data_are_left_out_and_said() -> None:
    measured = set(range(24)) - {7, 8, 15}
    found = of(measured, now=24)
    assert (
        found.said == "已恢复 21 小时，需 24 小时，最早 1月13日 15:00 可销号；其间 3 小时没有有效数据，不计"
    )
    assert of(measured | {24, 25, 26}, now=27).proven


def test_silence_is_not_normal_however_long() -> None:
    for hours in (7, 24, 60):
        found = of(set(), now=hours)
        assert (found.proven, found.persists) == (False, False)
        assert found.said == "1月12日 12:00 以后没有有效数据，没有数据不等于恢复正常；需正常 24 小时"


def test_a_sensor_that_fell_silent_after_a_normal_day_says_nothing_of_now() -> None:
    assert of(set(range(24)), now=30).proven
    later = of(set(range(24)), now=31)
    assert not later.proven
    assert later.said.startswith("1月13日 12:00 以后没有有效数据")


def test_hours_that_no_sound_run_has_looked_at_do_not_count() -> None:
    every = set(range(40))
    assert of(every, now=30, run=20).hours == 20
    assert of(every, now=30, run=20).said == "规则自 1月13日 08:00 起没有成功运行，不能证明已恢复正常"
    assert of(every, now=30, run=30).proven
    none = recovered(
        KEY, "", shown=NOON, run=None, look_back=timedelta(hours=72), needed=24, measured=[NOON], now=NOON + 30 * HOUR
    )  # fmt: skip
    assert (none.proven, none.earliest) == (False, None)
    assert none.said == "规则没有成功运行的记录，不能证明已恢复正常"


def test_what_the_check_still_shows_is_said() -> None:
    found = of(set(range(-5, 3)), now=3, shown=3)
    assert found.persists
    assert found.said == "规则报到 1月12日 15:00，尚未恢复；恢复后需正常 24 小时，最早 1月13日 15:00 可销号"


def test_hours_before_what_the_newest_run_looked_at_do_not_count() -> None:
    assert of({0, *range(80, 90)}, now=90).hours == 10


measuring = st.sets(st.integers(-5, 80), max_size=60)
span = st.floats(0, 80)


@given(measuring, st.integers(-5, 80), span, span, st.integers(1, 48))
def test_more_measurements_never_make_less_of_the_proof_and_a_later_finding_never_more(
    hours: set[int], more: int, shown: float, now: float, needed: int
) -> None:
    found = of(hours, now=now, shown=shown, needed=needed)
    fuller, later = of(hours | {more}, now=now, shown=shown, needed=needed), of(hours, now=now, shown=shown + 1, needed=needed)  # fmt: skip
    assert found.hours <= fuller.hours
    assert later.hours <= found.hours
    assert not found.proven or fuller.proven
    assert found.hours <= len({h for h in hours if shown <= h and h + 1 <= now})
    assert found.said


@given(measuring, span, span)
def test_it_is_proven_in_the_hour_that_was_named_if_all_goes_well(
    hours: set[int], shown: float, now: float
) -> None:
    found = of(hours, now=now, shown=shown)
    if found.proven:
        return
    assert found.earliest is not None
    at = (found.earliest - NOON) / HOUR
    on = hours | set(range(int(now), int(at)))
    assert of(on, now=at, shown=shown).proven
    assert not of(on, now=at - 0.01, shown=shown).proven
