"""Findings: a running problem extends, people judge, evidence stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bihuan.cases.actions import hand_over, open_case
from bihuan.cases.errors import IllegalMove, NotVisible
from bihuan.cases.findings import finding_for, open_or_extend
from bihuan.cases.judging import reject, silence
from bihuan.cases.models import Finding
from bihuan.registry.models import Site
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE, City


def test_a_running_problem_extends_its_finding(world: World) -> None:
    first = world.finding()
    until = world.wait(hours=1)
    again = world.finding(
        started_at=first.started_at, until=until, magnitude=6.0, evidence={"values": [132.0] * 6}
    )
    assert again.pk == first.pk
    again.refresh_from_db()
    assert (again.until, again.magnitude) == (until, 6.0)
    assert again.evidence == {"values": [132.0] * 5}
    assert again.latest == {"values": [132.0] * 6}


def test_the_same_run_twice_changes_nothing(world: World) -> None:
    world.finding()
    before = Finding.objects.values().get()
    world.finding()
    assert Finding.objects.values().get() == before


def test_after_a_long_pause_it_is_a_new_finding(world: World) -> None:
    first = world.finding()
    world.wait(days=2)
    second = world.finding()
    assert second.pk != first.pk
    first.refresh_from_db()
    assert (first.running, second.running) == (False, True)


def test_another_target_or_check_is_another_finding(world: World) -> None:
    found = {world.finding().pk, world.finding(target="S2").pk, world.finding(check_key="air.range").pk}
    assert len(found) == 3


def test_an_open_case_takes_the_problem_in_and_a_closed_one_does_not(world: World) -> None:
    finding = world.finding()
    case = hand_over([finding], world.person("dispatcher"), world.city.governments[COUNTY])
    world.wait(days=2)
    assert world.finding().pk == finding.pk
    for action in ("sign", "plan", "apply_close", "pass", "close"):
        world.go(case, action)
    assert world.finding(started_at=finding.started_at).pk == finding.pk
    world.wait(hours=2)
    assert world.finding(started_at=finding.started_at).pk != finding.pk


@pytest.mark.parametrize("how", ["void", "decline"])
@pytest.mark.parametrize(("days", "severity"), [(4, "moderate"), (1, "major")])
def test_a_problem_whose_case_was_dropped_comes_back_later_or_when_it_gets_worse(
    world: World, how: str, days: int, severity: str
) -> None:
    first = world.finding()
    case = open_case([first], world.person("dispatcher"))
    world.go(case, "submit")
    world.go(case, how)
    start = first.started_at
    assert world.finding(started_at=start, until=world.wait(hours=20)) == first
    again = world.finding(started_at=start, until=world.wait(days=days), severity=severity)
    assert (again != first, again.status) == (True, "new")


def test_a_rejected_problem_does_not_come_back_while_it_goes_on(world: World) -> None:
    finding = world.finding()
    reject(finding, world.person("dispatcher", CITY_CODE), "仪器校准")
    world.wait(hours=1)
    assert world.finding(started_at=finding.started_at).pk == finding.pk
    assert Finding.objects.get().status == "rejected"


def test_silence_lasts_until_its_end(world: World) -> None:
    finding = world.finding()
    silence(finding, world.person("chief", CITY_CODE), world.at + timedelta(days=3), "计划检修")
    world.wait(days=2)
    assert world.finding().pk == finding.pk
    world.wait(days=2)
    assert world.finding().pk != finding.pk


def test_another_county_does_not_see_it(world: World) -> None:
    finding = world.finding()
    assert finding_for(world.person("dispatcher"), finding.pk) == finding
    with pytest.raises(NotVisible):
        finding_for(world.person("dispatcher", "140302"), finding.pk)


def test_a_rejected_finding_cannot_be_handed_over(world: World) -> None:
    finding = world.finding()
    reject(finding, world.person("dispatcher", CITY_CODE), "误报")
    with pytest.raises(IllegalMove, match="已否定, 不能再交办"):
        hand_over([finding], world.person("dispatcher"), world.city.governments[COUNTY])


def test_new_is_said_once(world: World) -> None:
    fields: dict[str, Any] = {
        "check_key": "k", "target_kind": "site", "target": "S9", "target_name": "九", "title": "t",
        "region": world.city.regions[COUNTY], "started_at": world.at, "until": world.at, "magnitude": None,
        "unit": "", "severity": "minor", "evidence": {},
    }  # fmt: skip
    assert open_or_extend(**fields)[1] is True
    assert open_or_extend(**fields)[1] is False


def test_a_case_stands_on_the_map_where_its_finding_is(city: City, data_dir: object) -> None:
    region = city.regions["140321"]
    Site.objects.create(code="Z9", name="站", rank="national", region=region, lon=113.61, lat=37.81)
    moment = datetime(2019, 2, 1, tzinfo=UTC)
    found, _ = open_or_extend(
        check_key="air.stuck", target_kind="site", target="Z9", target_name="站", title="不变", region=region,
        started_at=moment, until=moment, magnitude=5.0, unit="h", severity="minor", evidence={},
    )  # fmt: skip
    case = open_case([found], city.person("dispatcher", "140321"))
    assert (case.lon, case.lat) == (113.61, 37.81)
