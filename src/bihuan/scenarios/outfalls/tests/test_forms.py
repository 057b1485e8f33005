"""Finds and surveys on the phone: three without signal, each once, what cannot be registered is refused with its reason."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.models import Answer
from bihuan.registry.changes import Batch
from bihuan.registry.log_check import check_log
from bihuan.registry.models import Region
from bihuan.scenarios.outfalls.inspections import CHECK, FIND, SURVEY
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.tests.world import LAT, LON, in_days, outfall, reach, step
from bihuan.scenarios.outfalls.transitions import State
from tests.cases.world import photo
from tests.kit.phone.device import Device, hash_of, named
from tests.people import City
from tests.web.world import MINE, NOW

SHOT = photo(name="a.jpg")
FOUND = {
    "place": f"{LAT} {LON} 0 5", "reach": "R-1", "bank": "left", "name": "桃河北岸无名排口", "kind": "town_sewage", "shape": "pipe",
    "size": "DN600", "discharging": "yes", "flow": "2.5", "look": "smell", "photo": "a.jpg",
}  # fmt: skip
FINE = dict.fromkeys(("closed", "water_ok", "no_new", "mouth", "board", "archive"), "yes") | {
    "discharging": "no"
}


def xml(form: Form, number: UUID | str, **given: str) -> bytes:
    return filled_in(versions.xform_of(versions.in_force(form)), f"uuid:{number}", given)


def answered(place: City, form: Form, target: str, given: Mapping[str, str]) -> Answer:
    """An answer of the county's ranger, with the photo that it names."""
    by, files = place.person("ranger"), [SHOT] if "photo" in given else []
    return receive(form, by, place_for(form, by, target), Sent(xml(form, uuid4(), **given), files))


@pytest.fixture
def ranger(place: City) -> Device:
    reach(place)
    return Device(place.person("ranger"))


def item(ranger: Device, seq: int = 1, **changed: str) -> dict[str, Any]:
    """A find as the phone saves it: the record has the number of its item."""
    made = ranger.item("answer", MINE, seq=seq, photos=[named(SHOT)], saved_at=NOW.isoformat())
    text = xml(FIND, made["id"], **FOUND | changed).decode()
    return made | {"given": {"form": FIND.key, "target": MINE, "xml": text}}


def test_a_phone_keeps_the_form_of_a_find_without_a_round_and_offers_it_again(ranger: Device) -> None:
    kept = ranger.client.get(reverse("phone_data")).json()
    (task,) = [t for t in kept["inspections"] if t["form"] == FIND.key]
    assert (task["target"], task["again"], task["until"]) == (MINE, True, None)
    assert FIND.key in [form["key"] for form in kept["forms"]]
    model = ranger.client.get(reverse("phone_form", args=[task["version_of_form"]])).json()["model"]
    assert "<name>R-1</name>" in model
    assert "城镇雨洪排口" in model


def test_three_finds_made_without_signal_are_three_outfalls_once_each(ranger: Device) -> None:
    items = [item(ranger, n, name=f"无名排口{n}", place=f"{LAT + n / 100} {LON} 0 5") for n in (1, 2, 3)]
    for each in (*items, *items):
        ranger.photo(SHOT)
        assert ranger.settled(each)["state"] == "done"
    assert Outfall.objects.count() == Answer.objects.count() == 3
    first = Outfall.objects.get(name="无名排口1")
    assert (first.stage, first.entry, first.reach_id, first.bank, first.kind) == (
        "found",
        "found",
        "R-1",
        "left",
        "town_sewage",
    )
    assert (first.lat, first.lon, first.region_id, first.organisation) == (LAT + 0.01, LON, MINE, None)
    assert first.code == f"{MINE}-{items[0]['id'].replace('-', '')[:12].upper()}"
    made = first.steps.get()
    assert (made.action, made.by, made.note) == ("find", ranger.person, "无名排口1，在排水")
    assert made.answer is not None
    assert made.answer.files.get().sha256 == hash_of(SHOT)
    assert Batch.objects.filter(kind="outfalls.outfall", person=ranger.person).count() == 3
    assert check_log() == []


def test_a_find_outside_the_county_is_refused_and_leaves_nothing(ranger: Device) -> None:
    ring = [[112, 36], [112.1, 36], [112.1, 36.1], [112, 36.1], [112, 36]]
    Region.objects.filter(pk=MINE).update(geometry={"type": "Polygon", "coordinates": [ring]})
    ranger.photo(SHOT)
    answer = ranger.settled(item(ranger))
    assert answer["state"] == "refused"
    assert "平定县" in answer["why"]
    assert not Outfall.objects.exists()
    assert not Answer.objects.exists()


def test_a_survey_makes_what_was_found_checked_and_what_is_none_waits_for_the_office(place: City) -> None:
    yes, no = outfall(place, "P1"), outfall(place, "P2", lat=LAT + 1)
    given = {"level": "second", "photo": "a.jpg"}
    made = answered(place, SURVEY, "P1", given | {"is_outfall": "yes", "discharging": "no"})
    answered(place, SURVEY, "P2", given | {"is_outfall": "no", "why_not": "是涵洞"})
    yes.refresh_from_db()
    no.refresh_from_db()
    assert (yes.stage, no.stage) == (State.CHECKED, State.FOUND)
    assert (yes.steps.get().answer, yes.steps.get().note) == (made, "确认是排污口，无水")
    assert not Finding.objects.exists()
    answered(
        place,
        SURVEY,
        "P1",
        {"level": "first", "is_outfall": "yes", "discharging": "yes", "look": "colour smell"},
    )
    assert yes.steps.count() == 1
    assert Finding.objects.get().target == "P1"


def test_work_is_accepted_after_an_inspection_in_order_since_the_plan(place: City) -> None:
    found = outfall(place, stage=State.TRACED)
    answered(place, CHECK, "P1", FINE)
    clock.set_replay(NOW + timedelta(hours=1), 0)
    step(found, "plan", place, way="ban", due=in_days(30))
    with pytest.raises(IllegalMove, match="还没有现场检查"):
        step(found, "accept", place, "verifier", companion="李某")
    answered(place, CHECK, "P1", FINE | {"closed": "no"})
    with pytest.raises(IllegalMove, match="发现了问题"):
        step(found, "accept", place, "verifier", companion="李某")
    seen = answered(place, CHECK, "P1", FINE)
    done = step(found, "accept", place, "verifier", companion="李某")
    assert (found.stage, done.answer) == (State.ACCEPTED, seen)
    step(found, "supervise", place, "dispatcher")
    step(found, "relapse", place, "ranger")
    assert found.stage == State.RELAPSED


def test_what_was_merged_is_inspected_no_more(place: City) -> None:
    outfall(place, "P1")
    step(outfall(place, "P2"), "merge", place, other="P1")
    assert CHECK.objects is not None
    assert [code for code, _name in CHECK.objects(place.person("ranger"))] == ["P1"]
