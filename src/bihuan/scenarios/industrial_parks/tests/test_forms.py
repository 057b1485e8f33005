"""A visit whose problems are findings, and a sample whose numbers become observations, once; who is offered what."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import polars as pl
import pytest
from django.urls import reverse

from bihuan import clock
from bihuan.archive.observations import Asked
from bihuan.cases.models import Finding
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Refused, Sent, place_for, receive
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.rounds.planning import Wanted, make_round
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.industrial_parks import sampling
from bihuan.scenarios.industrial_parks.figures import flows
from bihuan.scenarios.industrial_parks.inputs import inputs
from bihuan.scenarios.industrial_parks.inspections import CHECK, WATER
from bihuan.scenarios.industrial_parks.scenario import SCENARIO
from bihuan.scenarios.industrial_parks.tests.world import outlet, park, whole_park
from tests.kit.phone.device import Device
from tests.people import City
from tests.web.world import MINE, NOW

FINE = dict.fromkeys(("works_run", "online_ok", "pretreat", "no_mixing", "first_flush", "pool"), "yes") | {
    "rained": "yes"
}
TAKEN = datetime(2019, 2, 25, 3, 20, tzinfo=UTC)
SAMPLE = {
    "taken": "2019-02-25T11:20:00.000+08:00", "rained": "no", "flowing": "yes", "method": "field", "flow": "2.5", "cod": "96",
    "nh3n": "0.05", "below": "nh3n",
}  # fmt: skip


def xml(form: Form, number: UUID, **said: str) -> bytes:
    return filled_in(versions.xform_of(versions.in_force(form)), f"uuid:{number}", said)


def answered(place: City, form: Form, target: str, **said: str) -> Answer:
    by = place.person("ranger")
    return receive(form, by, place_for(form, by, target), Sent(xml(form, uuid4(), **said)))


def stored() -> list[tuple[str, str, str, datetime, float, str | None]]:
    columns = ("site", "quantity", "period", "start", "value", "flag")
    rows = archive().observations.read(Asked(as_of=clock.now()), columns).collect().sort("quantity", "start")
    return rows.rows()


def test_what_is_wrong_on_a_visit_is_a_finding_about_the_park(place: City) -> None:
    whole_park(place)
    answered(place, CHECK, "K1", **FINE | {"no_mixing": "no", "online_ok": "na"})
    found = Finding.objects.get()
    assert (found.target_kind, found.target, found.item) == ("industrial_park", "K1", "no_mixing")
    assert found.organisation == place.governments[MINE]
    assert "第四十五条" in found.basis


def test_a_visit_in_order_is_none_and_rain_outlets_are_asked_for_when_it_was_dry(place: City) -> None:
    made = whole_park(place)
    outlet(place, park(place, "K2"), "K2-R", kind="rain")
    answered(place, CHECK, "K1", **FINE)
    assert not Finding.objects.exists()
    answered(place, CHECK, "K1", **FINE | {"rained": "no", "dry_wet": "K1-R"})
    assert inputs(NOW, SCENARIO.look_back)[4].rows() == [("K1-R", NOW)]
    assert not Finding.objects.exists()  # the check tells it, about the outlet
    with pytest.raises(Refused):
        answered(place, CHECK, "K1", **FINE | {"rained": "no", "dry_wet": "K2-R"})
    assert made.code == "K1"


def test_numbers_of_a_sample_become_observations_once(place: City) -> None:
    whole_park(place)
    answered(place, WATER, "K1-R", **SAMPLE)
    assert stored() == []
    assert sampling.store(NOW, lambda _text: None) == "采样数值 3 个"
    assert stored() == [
        ("K1-R", "w00000", "realtime", TAKEN, 2.5, None), ("K1-R", "w01018", "realtime", TAKEN, 96.0, None),
        ("K1-R", "w21003", "realtime", TAKEN, 0.025, "<"),
    ]  # fmt: skip
    assert sampling.store(NOW + timedelta(minutes=10), lambda _text: None) == "没有新的采样"
    assert len(stored()) == 3
    months = inputs(NOW + timedelta(minutes=20), SCENARIO.look_back)[3]
    assert months.filter(pl.col("quantity") == "w00000")["samples"].to_list() == [1]
    assert flows(months).is_empty()  # a flow of a moment is none of a month


def test_what_the_laboratory_says_later_of_the_same_water_counts_and_a_file_that_came_after_it(
    place: City, tmp_path: Path
) -> None:
    whole_park(place)
    answered(place, WATER, "K1-R", **SAMPLE)
    sampling.store(NOW, lambda _text: None)
    clock.set_replay(NOW + timedelta(hours=1), 0)
    answered(place, WATER, "K1-R", **SAMPLE | {"method": "lab", "cod": "88", "tp": "0.6"})
    later = NOW + timedelta(hours=2)
    clock.set_replay(later, 0)
    assert sampling.store(later, lambda _text: None) == "采样数值 2 个"
    told = {code: value for _site, code, _period, _start, value, _flag in stored()}
    assert told == {"w00000": 2.5, "w01018": 88.0, "w21003": 0.025, "w21011": 0.6}
    assert sampling.store(later, lambda _text: None) == "没有新的采样"
    path = tmp_path / "corrected.csv"
    path.write_text("site,time,code,period,value\nK1-R,2019-02-25 11:20,w01018,realtime,90\n")
    import_files(archive(), [path], received=later, delay=None)
    assert sampling.store(later + timedelta(hours=1), lambda _text: None) == "没有新的采样"
    assert {value for _s, code, _p, _t, value, _f in stored() if code == "w01018"} == {90.0}


def test_a_sample_of_no_water_stores_nothing_and_one_from_the_future_is_refused(place: City) -> None:
    whole_park(place)
    answered(place, WATER, "K1-R", taken=SAMPLE["taken"], rained="no", flowing="no")
    assert sampling.store(NOW, lambda _text: None) == "没有新的采样"
    with pytest.raises(Refused, match="晚于现在"):
        answered(place, WATER, "K1-R", **SAMPLE | {"taken": "2019-02-25T15:00:00.000+08:00"})
    assert inputs(NOW, SCENARIO.look_back)[4].is_empty()


def test_outlets_and_stations_in_use_are_offered_to_those_who_see_them(place: City) -> None:
    made = whole_park(place)
    outlet(place, made, "GONE", until=NOW.date())
    assert WATER.objects is not None
    assert {code for code, _ in WATER.objects(place.person("ranger"))} == {
        "K1-P",
        "K1-R",
        "K1-U",
        "K1-D",
        "K1-I",
    }
    assert list(WATER.objects(place.person("ranger", "140322"))) == []


def test_a_sample_of_a_round_is_taken_without_signal(place: City) -> None:
    """The phone keeps form and object of a round that is due; what it saved is taken in when it is sent."""
    whole_park(place)
    day = NOW.date()
    chief, region = place.person("chief"), place.regions[MINE]
    make_round(chief, Wanted("采样", WATER, region, day, day, {"K1-R": None, "K1-P": None}))
    device = Device(place.person("ranger"))
    kept = device.client.get(reverse("phone_data")).json()["inspections"]
    assert {task["target"] for task in kept if task["form"] == WATER.key} == {"K1-R", "K1-P"}
    item = device.item("answer", MINE, seq=1, photos=[], saved_at=NOW.isoformat())
    text = xml(WATER, item["id"], **SAMPLE).decode()
    sent = item | {"given": {"form": WATER.key, "target": "K1-R", "xml": text}}
    assert device.settled(sent)["state"] == "done"
    assert sampling.store(NOW, lambda _text: None) == "采样数值 3 个"
    clock.set_replay(NOW + timedelta(days=1), 0)
    assert inputs(clock.now(), SCENARIO.look_back)[5].select("park", "title", "left").rows() == [
        ("K1", "采样", 1)
    ]
