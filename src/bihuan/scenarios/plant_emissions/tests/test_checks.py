"""The scenario's checks through its own inputs: packets in the journal -> findings about outlets."""

from datetime import timedelta
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.cases.filing import file_findings
from bihuan.cases.models import Finding
from bihuan.scenarios.catalogue import every_check
from bihuan.scenarios.plant_emissions.inputs import inputs
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, START, lines, receive
from tests.people import City

DAY = timedelta(days=1)


def found() -> set[tuple[str, str]]:
    """(check with item, outlet) after the checks have run with the manifest's parameters."""
    given = inputs(NOW, 3 * DAY)
    for entry in (e for e in every_check() if e.folder == "plant_emissions"):
        file_findings(entry.check, entry.check.run(*given))
    return {(f.full_key, f.target) for f in Finding.objects.filter(target_kind="outlet")}


def test_the_episode_is_found(plants: City) -> None:
    """03:00: six records of 110 to 112 mg/m³ at 9 % oxygen, mean 111, limit 100; the other logger is silent from 03:00."""
    receive(lines("episode"))
    keys = found()
    assert ("cems.limits.hour_over:nox", "E1-1") in keys
    assert ("cems.arrival.offline", "E2-1") in keys
    over = Finding.objects.get(check_key="cems.limits.hour_over", item="nox")
    assert over.magnitude == pytest.approx(1.11, abs=0.005)
    assert over.started_at == START + timedelta(hours=3)
    assert (over.target_name, over.region_id, over.organisation) == (
        "测试厂E1 1号锅炉",
        "140321",
        plants.governments["140321"],
    )
    assert over.simulated


def test_the_near_miss_has_neither(plants: City) -> None:
    """The same hours with 90 to 96 mg/m³ at 03:00, over the ultra-low limit only, and both loggers sending."""
    receive(lines("near_miss"))
    keys = {key for key, _ in found()}
    assert "cems.limits.ultra_low_hour:nox" in keys
    assert not keys & {"cems.limits.hour_over:nox", "cems.arrival.offline"}


def test_running_again_extends_and_adds_nothing(plants: City) -> None:
    receive(lines("episode"))
    first = found()
    assert found() == first
    assert Finding.objects.count() == len(first)


def test_a_replay_sees_only_what_had_been_received(plants: City) -> None:
    receive(lines("episode"))
    (early,) = inputs(START + timedelta(hours=3), DAY)
    # The last record received by 03:00 is that of 02:40, which came at 02:51.
    assert early.minutes["start"].max() == START + timedelta(hours=2, minutes=40)
    assert early.hours.filter(early.hours["nox_zs"] > 51).is_empty()


def test_silence_of_all_loggers_is_not_the_plants_fault(plants: City) -> None:
    receive(lines("near_miss"))
    (late,) = inputs(NOW + timedelta(hours=10), DAY)
    # The last packet came at 06:01; one hour later is as far as it is judged.
    assert late.as_of == START + timedelta(hours=7, minutes=1)


def test_what_an_outlet_has_no_limit_for_is_not_missing(plants: City) -> None:
    """The loggers send neither particles nor SO2, and no limit asks for them."""
    receive(lines("near_miss"))
    assert not [key for key, _ in found() if key.startswith(("cems.arrival.few", "cems.arrival.capture"))]


def test_without_any_data_every_check_is_quiet(plants: City) -> None:
    assert not {key for key, _ in found() if key.startswith("cems.")}


def test_without_any_outlet_the_checks_run(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)
    assert not found()
