"""After any kind of end it is known from when to when a part did not work, in the time that the clock shows."""

import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan import clock, heartbeat, outages
from bihuan.heartbeat import FOLDER, RECEIVER, SERVER, WORKER, Heart, Life, Moment, lives
from bihuan.outages import explaining, without
from tests.outages.world import THEN, Machine

HOUR = 3600.0


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """With the real clock."""
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """With a replay of 60 times the speed."""
    return Machine(tmp_path, monkeypatch, speed=60.0)


def test_a_part_that_works_has_no_outage(machine: Machine) -> None:
    machine.starts()
    machine.passes(HOUR)
    assert machine.outages() == []
    assert machine.data.joinpath(FOLDER, "hj212.json").exists()


def test_a_part_that_was_never_started_has_none(tmp_path: Path) -> None:
    assert outages.outages(THEN, THEN + timedelta(days=1), data=tmp_path) == []
    assert explaining(THEN, THEN + timedelta(days=1), RECEIVER, data=tmp_path).is_empty()


def test_a_stop_is_an_outage_to_the_second(machine: Machine) -> None:
    machine.starts()
    machine.passes(602)
    machine.stops()
    machine.passes(6 * HOUR)
    machine.starts()
    machine.passes(60)
    (outage,) = machine.outages()
    assert outage.since == THEN + timedelta(seconds=602)
    assert outage.until == THEN + timedelta(seconds=602, hours=6)
    assert (outage.real, outage.moved, outage.open) == (6 * HOUR, False, False)
    assert [life.stopped for life in lives(machine.data, RECEIVER)] == [True, False]


def test_after_a_kill_it_begins_with_the_last_sign_of_life(machine: Machine) -> None:
    machine.starts()
    machine.passes(602)
    machine.is_killed()
    machine.passes(6 * HOUR)
    machine.starts()
    (outage,) = machine.outages()
    assert THEN + timedelta(seconds=596) <= outage.since <= THEN + timedelta(seconds=602)
    assert outage.until == machine.now
    assert [life.stopped for life in lives(machine.data, RECEIVER)] == [False, False]


@pytest.mark.parametrize("left", [b"", b"{", b'{"since": {"shown": 1}}', b"\x00" * 200, b"[]"])
def test_what_a_power_cut_tore_hides_no_earlier_life(machine: Machine, left: bytes) -> None:
    machine.starts()
    machine.passes(HOUR)
    machine.stops()
    machine.starts()
    machine.passes(60)
    machine.is_killed()
    with machine.data.joinpath(FOLDER, "hj212.jsonl").open("ab") as file:
        file.write(left)
    machine.data.joinpath(FOLDER, "hj212.json").write_bytes(left)
    machine.passes(HOUR)
    machine.starts()
    assert machine.hours() == [(1.0, round(2 + 60 / HOUR, 2))]
    machine.passes(60)
    machine.stops()
    machine.starts()
    assert len(lives(machine.data, RECEIVER)) == 3  # none was glued to the torn line


def test_a_machine_that_stood_still_did_not_receive(machine: Machine) -> None:
    machine.starts()
    machine.passes(HOUR)
    machine.stands(2 * HOUR)
    machine.passes(HOUR)
    assert machine.hours() == [(1.0, 3.0)]


def test_an_outage_that_goes_on_is_known_while_it_does(machine: Machine) -> None:
    machine.starts()
    machine.passes(HOUR)
    machine.is_killed()
    machine.passes(20)
    assert machine.outages() == []  # it may beat again in a moment
    machine.passes(HOUR)
    (outage,) = machine.outages()
    assert outage.open
    assert outage.until == machine.now


def test_an_outage_lasts_as_long_as_the_replay_ran_meanwhile(replayed: Machine) -> None:
    replayed.starts()
    replayed.passes(60)  # one hour of practice time
    replayed.stops()
    replayed.passes(360)
    replayed.starts()
    (outage,) = replayed.outages()
    assert replayed.hours() == [(1.0, 7.0)]
    assert (outage.real, outage.moved) == (360.0, False)


def test_a_replay_that_stands_loses_nothing(replayed: Machine) -> None:
    replayed.starts()
    replayed.passes(60)
    replayed.speed = 0.0
    replayed.passes(60)
    replayed.stops()
    replayed.passes(HOUR)
    replayed.starts()
    replayed.passes(60)
    assert replayed.outages() == []


def test_a_jump_forwards_is_no_fault_of_those_who_send_and_none_of_the_centre(replayed: Machine) -> None:
    replayed.starts()
    replayed.passes(60)
    replayed.is_set(10)
    replayed.passes(60)
    (outage,) = replayed.outages()
    assert outage.moved
    assert replayed.hours() == [(1.0, 11.0)]


def test_a_replay_set_back_passes_again_through_what_was_already_seen(replayed: Machine) -> None:
    replayed.starts()
    replayed.passes(360)  # six hours
    replayed.is_set(-4)
    replayed.stops()  # at hour 2, and back at hour 5: all of that was received the first time
    replayed.passes(180)
    replayed.starts()
    replayed.passes(180)
    assert replayed.outages() == []


def test_an_outage_that_a_replay_set_back_lives_through_later_is_none_any_more(replayed: Machine) -> None:
    replayed.starts()
    replayed.passes(60)
    replayed.stops()
    replayed.passes(120)
    replayed.starts()
    replayed.passes(60)
    assert replayed.hours() == [(1.0, 3.0)]
    replayed.is_set(-3.5)
    replayed.passes(90)  # until hour 2
    assert replayed.hours() == [(2.0, 3.0)]


def test_a_real_clock_that_is_set_back_makes_no_outage(machine: Machine) -> None:
    machine.starts()
    machine.passes(2 * HOUR)
    machine.is_set(-1)
    machine.passes(2 * HOUR)
    assert machine.outages() == []


def test_a_real_clock_that_is_set_forward_misses_what_it_skipped(machine: Machine) -> None:
    machine.starts()
    machine.passes(HOUR)
    machine.is_set(5)
    machine.passes(HOUR)
    assert machine.hours() == [(1.0, 6.0)]


def test_only_what_lies_in_the_span_that_is_asked_for(machine: Machine) -> None:
    machine.starts()
    machine.passes(HOUR)
    machine.stops()
    machine.passes(6 * HOUR)
    machine.starts()
    three, four = THEN + timedelta(hours=3), THEN + timedelta(hours=4)
    (part,) = outages.outages(three, four, data=machine.data)
    assert (part.since, part.until) == (three, four)
    assert outages.outages(machine.now, machine.now + timedelta(days=1), data=machine.data) == []


def test_a_city_that_is_served_long_after_it_was_filled_blames_nobody_for_the_time_between(
    replayed: Machine,
) -> None:
    heartbeat.begin(replayed.data)
    replayed.passes(600)  # ten hours of practice time, and nobody serves it
    replayed.starts()
    replayed.passes(60)
    found = [o for o in replayed.outages() if o.part == RECEIVER]
    assert [(o.since, o.moved) for o in found] == [(THEN, False)]
    assert found[0].until == THEN + timedelta(hours=10)


def test_each_part_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Machine(tmp_path, monkeypatch, part=WORKER)
    first.starts()
    second = Machine(tmp_path, monkeypatch, part=SERVER)
    second.starts()
    second.passes(HOUR)
    assert [o.part for o in second.outages()] == [WORKER]
    assert explaining(THEN, second.now, SERVER, data=tmp_path).is_empty()


def test_nobody_beats_while_the_clock_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a damaged replay shows is unknown; the moments of then must not count as lived in 2026."""
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    (tmp_path / "clock.json").write_text("{")
    assert clock.is_lost()
    Heart(tmp_path, RECEIVER).beat()
    assert lives(tmp_path, RECEIVER) == []


def test_the_oldest_lives_are_forgotten_first(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bihuan.heartbeat.MOST_LIVES", 3)
    for _ in range(6):
        machine.starts()
        machine.passes(60)
        machine.stops()
    kept = lives(machine.data, RECEIVER)
    assert len(kept) == 4
    assert kept[-1].last.real == machine.real
    assert machine.outages() == []


def test_the_record_can_be_read_by_a_person(machine: Machine) -> None:
    machine.starts()
    machine.passes(60)
    machine.stops()
    (line,) = machine.data.joinpath(FOLDER, "hj212.jsonl").read_text().splitlines()
    said = json.loads(line)
    assert said["last"]["shown"] - said["since"]["shown"] == 60
    assert said["stopped"] is True


EVENT = st.one_of(
    st.tuples(st.just("passes"), st.floats(0.5, 90)),
    st.tuples(st.just("stands"), st.floats(40, 4000)),
    st.tuples(st.just("is_set"), st.floats(-3, 3)),
    st.sampled_from([("starts", None), ("stops", None), ("is_killed", None)]),
)


@pytest.mark.parametrize("speed", [None, 0.0, 60.0, 3600.0])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(events=st.lists(EVENT, max_size=12))
def test_whatever_happens_an_outage_is_what_the_clock_showed_and_the_part_did_not_see(
    tmp_path_factory: pytest.TempPathFactory,
    speed: float | None,
    events: list[tuple[str, float | None]],
) -> None:
    """Compared with the truth of the test's own machine, to within what lies between two beats."""
    with pytest.MonkeyPatch.context() as patch:
        machine = Machine(tmp_path_factory.mktemp("up"), patch, speed)
        machine.starts()
        machine.passes(10)
        for name, value in events:
            getattr(machine, name)(*([] if value is None else [value]))
        found = [(o.since.timestamp(), o.until.timestamp()) for o in machine.outages()]
        fast = max(1.0, speed or 0.0)
        near = 6 * fast + 3  # what passes between two beats, and the slack
        seen = [span for life in machine.lives for span in life]
        for at in _probes(seen, found, machine.shown):
            down = any(a + 0.01 < at < b - 0.01 for a, b in found)
            lived = any(a + near < at < b - near for life in machine.lives for a, b in _joined(life))
            assert not (down and lived)
            unseen = not any(a - near <= at <= b + near for a, b in seen)
            if unseen and min(a for a, _ in seen) < at < machine.shown - 31 * fast:
                assert down
        assert found == sorted(found)
        assert all(a < b for a, b in found)
        assert all(before[1] <= after[0] for before, after in pairwise(found))


def _probes(seen: list[tuple[float, float]], found: list[tuple[float, float]], now: float) -> list[float]:
    """Moments between all that happened."""
    edges = sorted({x for span in [*_joined(seen), *found] for x in span} | {now})
    return [(a + b) / 2 for a, b in pairwise(edges)]


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    made: list[tuple[float, float]] = []
    for since, until in sorted(spans):
        if made and since <= made[-1][1] + 1e-6:
            made[-1] = (made[-1][0], max(made[-1][1], until))
        else:
            made.append((since, until))
    return made


def test_the_order_in_which_lives_were_written_does_not_matter() -> None:
    def life(since: float, until: float) -> Life:
        return Life(Moment(since, since, 1.0), Moment(until, until, 1.0))

    known = [life(0, 10), life(50, 60), life(20, 30), life(5, 25)]
    expected = [(30.0, 50.0)]
    for order in (known, known[::-1]):
        found = without("x", order, None)
        assert [(o.since.timestamp(), o.until.timestamp()) for o in found] == expected
