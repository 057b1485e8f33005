"""A gate asks the centre, and decides by the signed rule file while the centre is away; those decisions come in later."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bihuan.archive import Archive
from bihuan.domain.vehicles.decisions import Vehicle
from bihuan.domain.vehicles.rule_files import RuleFile
from bihuan.simulate.gates.link import verified
from tests.servers.gates.running import Entrance, installed
from tests.servers.gates.test_entrance import passage
from tests.servers.installed import run_python

WARNING = """
import django
django.setup()
from datetime import timedelta
from bihuan import clock
from bihuan.registry.gate_secrets import public_key
from bihuan.registry.models import GatePass, Organisation, Person, Region, Vehicle, VehicleUser
from bihuan.scenarios.heavy_pollution.models import WarningStep
now = clock.now()
county = Region.objects.get(pk="140321")
person = Person.objects.create(username="x")
WarningStep.objects.create(region=county, action="approved", kind="start", level="orange", since=now - timedelta(hours=1),
                           person=person, post="指挥长", at=now - timedelta(hours=2))
Vehicle.objects.create(plate="晋C44444", colour="yellow", region=county, fuel="diesel", stage="4", stage_source="national")
GatePass.objects.create(plate="晋C00001", region=county, reason="emergency", since=now - timedelta(days=1), until=now + timedelta(days=1))
print(public_key())
"""


@pytest.fixture
def warned(tmp_path: Path, empty_database: Path) -> Any:
    folder = tmp_path / "city"
    keys = installed(folder, empty_database)
    public = run_python(folder, WARNING).strip()
    with Entrance(folder, keys) as running:
        yield running, public


def test_the_centre_answers_by_the_running_order(warned: tuple[Entrance, str]) -> None:
    link = warned[0].link()
    truck = {
        "gate": "V001-G1",
        "plate": "晋C12345",
        "colour": "yellow",
        "fuel": "diesel",
        "stage": "国四",
        "stage_source": "list",
    }
    status, told = link.decision(truck)
    assert (status, told["allow"], told["rule"], told["order"]) == (200, False, "orange_stage_4", "orange")
    assert "禁止通行" in told["text"]
    assert told["decided_by"] == "centre"
    assert link.decision(truck | {"stage": "国六"})[1]["rule"] == "stage_met"
    register = link.decision({"plate": "晋C44444", "stage": "6", "stage_source": "manual"})[1]
    assert (register["allow"], register["stage"], register["stage_source"]) == (False, "4", "national")
    assert link.decision(truck | {"plate": "晋C00001"})[1]["rule"] == "exception"
    assert link.decision({"plate": "未识别"})[1]["rule"] == "no_plate"
    assert link.ask("POST", "/gates/v1/decision", b"[]")[0] == 422


def test_a_gate_decides_by_its_file_and_tells_it_later(warned: tuple[Entrance, str]) -> None:
    entrance, public = warned
    link = entrance.link()
    assert link.records([passage(1, plate="晋C44444", stage=None, stage_source=None)])[0] == 200
    entrance.stored()
    status, answer = link.rules()
    assert status == 200
    with pytest.raises(ValueError, match="not signed"):
        verified(answer | {"payload": answer["payload"].replace('"stage": "4"', '"stage": "6"', 1)}, public)
    file = RuleFile(verified(answer, public))
    entrance.end(9)
    decided = file.decide(Vehicle("晋C44444"), datetime.now(UTC))
    assert (decided.allow, decided.rule, decided.stage) == (False, "orange_stage_4", "4")
    entrance.start()
    late = passage(2, plate="晋C44444", allowed=decided.allow, rule=decided.rule, decided_by="file")
    assert entrance.link().records([late])[1]["refused"] == 0
    entrance.stored()
    row = Archive(entrance.folder / "archive").passages.current().collect().filter(number="2").to_dicts()[0]
    assert (row["allowed"], row["rule"], row["decided_by"]) == (0, "orange_stage_4", "file")


def test_a_citys_own_rules_hold_from_the_next_look_and_a_broken_file_changes_nothing(
    warned: tuple[Entrance, str],
) -> None:
    entrance, _ = warned
    link, unknown = entrance.link(), {"plate": "晋C12345", "colour": "yellow", "fuel": "diesel"}
    assert link.decision(unknown)[1]["allow"] is False
    path = entrance.folder / "gate_rules.toml"
    path.write_text("[settings]\nstage_unknown = true\n")
    until = time.monotonic() + 20
    while not link.decision(unknown)[1]["allow"]:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert link.decision(unknown)[1]["rule"] == "stage_unknown"
    path.write_text("[settings]\nstage_unknown = 'perhaps'\n")
    time.sleep(2.5)
    assert link.decision(unknown)[1]["allow"] is True
