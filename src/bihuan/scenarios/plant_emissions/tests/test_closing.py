"""An exceedance that its own check says is over, hour by hour; the same check shows it again, and the case is open again."""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest

from bihuan.cases import closing
from bihuan.cases.actions import hand_over
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.cases.sensors import Place
from bihuan.cases.transitions import State
from bihuan.scenarios import checking
from bihuan.scenarios.catalogue import Entry, check_of, every_check, sensing
from bihuan.scenarios.plant_emissions.closing import OF_DAYS, in_force, measured
from bihuan.scenarios.plant_emissions.tests.asking import at, six
from bihuan.scenarios.plant_emissions.tests.conftest import receive
from tests.cases.world import World
from tests.people import City

OVER = "cems.limits.hour_over"
OUTLET = ("outlet", "E1-1", "nox")


def hours(first: int, last: int, nox: float = 60.0, *, bad: Collection[int] = ()) -> None:
    """Hours of 25 February from `first` to `last` (exclusive): NOx as converted, `bad` ones flagged as failed."""
    for n in range(first, last):
        flags = "DDDDDD" if n in bad else "NNNNNN"
        receive(six("E1-1", at(2, 25) + timedelta(hours=n), nox, flags=flags))


def measured_hours(key: str, place: Place, last: int = 6) -> list[int]:
    """The hours of the day that a check can judge at a place."""
    found = measured(check_of(key), [place], at(2, 25), at(2, 25) + timedelta(hours=last, minutes=5))
    return sorted((start - at(2, 25)) // timedelta(hours=1) for start in found["start"])


def test_only_valid_hours_without_a_mark_are_measured_and_any_record_is_of_checks_of_arrival(
    plants: City,
) -> None:
    hours(0, 3)
    hours(4, 6, bad=[5])
    assert measured_hours(OVER, OUTLET) == [0, 1, 2, 4]
    assert measured_hours(OVER, ("outlet", "E1-1", "so2")) == []  # nothing of it was sent
    assert measured_hours("cems.process.flow_low", ("outlet", "E1-1", "")) == [0, 1, 2, 4]
    assert measured_hours("cems.arrival.offline", ("outlet", "E1-1", "")) == [0, 1, 2, 4, 5]
    assert measured_hours("cems.arrival.capture_low", OUTLET) == [0, 1, 2, 4, 5]
    assert measured_hours(OVER, ("outlet", "E2-1", "nox")) == []


def test_checks_of_days_need_two_days_and_no_check_more_than_it_looks_at() -> None:
    assert set(OF_DAYS) <= sensing().keys()
    assert {s.normal_hours for key, s in sensing().items() if key in OF_DAYS} == {48}
    assert sensing()[OVER].normal_hours == 24
    assert sensing()[OVER].watch == timedelta(days=in_force().watch_days) == timedelta(days=30)
    assert all(s.normal_hours * timedelta(hours=1) < s.look_back for s in sensing().values())


@pytest.fixture
def one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds run the check of hours over the limit only."""
    entries: tuple[Entry, ...] = tuple(e for e in every_check() if e.check.key == OVER)
    monkeypatch.setattr(checking, "every_check", lambda: entries)


def a_round(world: World, hour: float) -> str:
    """The clock goes on to an hour of the day; the round of checks runs."""
    world.at = at(2, 25) + timedelta(hours=hour)
    world.wait()
    return checking.check(world.at, lambda _: None)


def test_an_exceedance_from_its_finding_to_a_closing_on_evidence_and_back(
    plants: City, data_dir: Path, one_check: None
) -> None:
    world = World(plants, data_dir, at(2, 25))
    hours(0, 1, 150)
    a_round(world, 1.2)
    finding = Finding.objects.get()
    assert (finding.check_key, finding.target, finding.item) == (OVER, "E1-1", "nox")
    case = hand_over([finding], world.person("dispatcher"), plants.governments["140321"])
    for action in ("sign", "plan", "apply_close", "pass"):
        world.go(case, action)

    hours(1, 6)
    a_round(world, 6.1)
    with pytest.raises(IllegalMove) as refused:
        world.go(case, "close")
    assert str(refused.value) == "已恢复 5 小时，需 24 小时，最早 2月26日 01:00 可销号"

    hours(6, 26, bad=[10])
    a_round(world, 25.2)
    with pytest.raises(IllegalMove, match="已恢复 23 小时，需 24 小时，最早 2月26日 02:00 可销号；其间 1 小时没有有效数据，不计"):  # fmt: skip
        world.go(case, "close")
    world.wait(hours=1)
    with pytest.raises(IllegalMove, match="已恢复 23 小时"):  # measured, but no round has looked at it
        world.go(case, "close")
    a_round(world, 26.2)
    step = world.go(case, "close")
    assert [(r["normal_hours"], r["unmeasured_hours"]) for r in step.data[closing.PROOF]] == [(24, 1)]

    hours(26, 27, 180)
    assert a_round(world, 27.2) == "新发现 1 条，延续 1 条；监测反弹 1 件"
    case = Case.objects.get()
    assert (case.state, case.reopened, case.findings.count()) == (State.DISPATCHED, 1, 2)
    assert a_round(world, 27.9) == "新发现 0 条，延续 2 条"
    assert verify_chains().broken == []
