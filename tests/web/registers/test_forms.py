"""An object is registered, changed, ended and restored by a form; what cannot be taken comes back as it was typed."""

from typing import Any

import pytest
from django.test import Client

from bihuan.domain.places.coordinates import System
from bihuan.kit.registers.actions import change
from bihuan.kit.registers.writing import Act
from bihuan.registry.changes import Batch, Change
from bihuan.registry.models import AuditEntry, Organisation, Site
from bihuan.web.registers import forms
from tests.people import City
from tests.places.systems import from_wgs84
from tests.web.registers.conftest import GIVEN, STATIONS, Made

NEW = "/registers/stations/new"
EDIT = "/registers/stations/S1/edit"


def sent(client: Client, **typed: str) -> dict[str, str]:
    """What the browser sends of the form of S1, with some fields typed over."""
    inputs = client.get(EDIT).context["inputs"]
    filled = {f.name: f.value for f in inputs} | {forms.SEEN + f.name: f.seen for f in inputs}
    return filled | {"system": "wgs84", "reason": "核对"} | typed


def inputs(answer: Any) -> dict[str, Any]:
    return {f.name: f for f in answer.context["inputs"]}


def test_a_new_object_stands_in_the_register_with_its_history_and_the_log(
    chief: Client, city: City, data_dir: Any
) -> None:
    answer = chief.post(NEW, GIVEN | {"reason": "新建站"}, follow=True)
    assert answer.redirect_chain == [("/registers/stations/S1/", 302)]
    assert Site.objects.get().name == "桃北中学"
    batch = Batch.objects.get()
    assert (batch.person, batch.reason) == (city.person("chief", "140300"), "新建站")
    assert AuditEntry.objects.get(action="register.new").address == "127.0.0.1"


def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(chief: Client) -> None:
    answer = chief.post(NEW, GIVEN | {"lon": "很东", "rank": "很好", "since": "去年", "reason": "新建站"})
    assert answer.status_code == 400
    fields = inputs(answer)
    assert [n for n, f in fields.items() if f.problems] == ["lon", "since", "rank"]
    assert all(p.remedy for f in fields.values() for p in f.problems)
    assert {n: fields[n].value for n in ("name", "lon", "since")} == {"name": "桃北中学", "lon": "很东", "since": "去年"}  # fmt: skip
    assert 'value="新建站"' in answer.content.decode()
    assert not Site.objects.exists()


def test_what_is_probably_registered_already_must_be_confirmed(chief: Client, station: Made) -> None:
    station()
    again = GIVEN | {"code": "S2", "name": "桃北中学站", "lon": "113.6004"}
    answer = chief.post(NEW, again)
    assert "S1 桃北中学" in answer.context["doubts"][0]
    assert "相距" in answer.context["doubts"][0]
    assert Site.objects.count() == 1
    chief.post(NEW, again | {"sure": "1"})
    assert Site.objects.count() == 2


@pytest.mark.parametrize("system", [System.GCJ02, System.BD09])
def test_coordinates_of_another_system_are_turned_into_wgs_84(chief: Client, system: System) -> None:
    lon, lat = from_wgs84(113.6, 37.8, system)
    chief.post(NEW, GIVEN | {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "system": system})
    made = Site.objects.get()
    assert (made.lon, made.lat) == (pytest.approx(113.6, abs=2e-6), pytest.approx(37.8, abs=2e-6))


def test_a_place_that_was_not_typed_anew_is_not_turned_again(chief: Client, station: Made) -> None:
    station()
    chief.post(EDIT, sent(chief, name="桃南中学", system="gcj02"))
    made = Site.objects.get()
    assert (made.name, made.lon, made.lat) == ("桃南中学", 113.6, 37.8)


def test_a_system_that_nobody_knows_is_refused(chief: Client) -> None:
    assert chief.post(NEW, GIVEN | {"system": "utm"}).status_code == 400
    assert not Site.objects.exists()


def test_a_change_needs_a_reason_and_only_what_was_typed_anew_changes(chief: Client, station: Made) -> None:
    station(organisation="平定县人民政府", since="2018-01-01")
    answer = chief.post(EDIT, sent(chief, name="桃南中学", reason=" "))
    assert answer.status_code == 400
    assert "没有写理由" in answer.content.decode()
    assert inputs(answer)["name"].value == "桃南中学"
    chief.post(EDIT, sent(chief, name="桃南中学"))
    made = Change.objects.order_by("pk").last()
    assert made is not None
    assert (made.before, made.after) == ({"name": "桃北中学"}, {"name": "桃南中学"})


def test_what_somebody_else_changed_meanwhile_is_not_written_over(chief: Client, station: Made) -> None:
    made = station()
    mine = sent(chief, name="桃南中学")
    change(STATIONS, made, {"name": "桃东中学"}, Act(None, "x"))
    answer = chief.post(EDIT, mine)
    assert answer.status_code == 400
    assert inputs(answer)["name"].problems[0].why == "刚被别人改过"
    assert Site.objects.get().name == "桃东中学"


def test_a_code_stays_what_it_is(chief: Client, station: Made) -> None:
    station()
    assert inputs(chief.get(EDIT))["code"].fixed
    assert chief.post(EDIT, sent(chief, code="S9")).status_code == 400
    assert Site.objects.get().pk == "S1"


def test_a_shape_is_not_written_into_the_form_and_stays_unless_another_is_given(
    chief: Client, station: Made
) -> None:
    shape = '{"type":"Polygon","coordinates":[[[113.59,37.79],[113.61,37.79],[113.61,37.81],[113.59,37.79]]]}'
    station(geometry=shape)
    before = Site.objects.get().geometry
    answer = chief.get(EDIT)
    assert "37.81" not in answer.content.decode()
    assert "geometry" in answer.context["shapes"]
    chief.post(EDIT, sent(chief, name="桃南中学"))
    assert Site.objects.get().geometry == before


def test_a_county_registers_only_its_own(city: City, client: Client, station: Made) -> None:
    client.force_login(city.person("chief", "140322"))
    answer = client.post(NEW, GIVEN)
    assert answer.status_code == 403
    assert inputs(answer)["name"].value == "桃北中学"
    station()
    assert client.get(EDIT).status_code == 404
    assert (
        client.post("/registers/stations/S1/end", {"until": "2020-01-01", "reason": "x"}).status_code == 404
    )
    assert not Change.objects.exclude(action="new").exists()
    client.force_login(city.person("ranger"))
    assert client.get(NEW).status_code == 403
    assert client.get(EDIT).status_code == 403


def test_an_object_is_ended_and_restored_with_a_reason(chief: Client, station: Made) -> None:
    station()
    page = "/registers/stations/S1/"
    chief.post(f"{page}end", {"until": "2020-01-01", "reason": ""})
    chief.post(f"{page}end", {"until": "明天", "reason": "拆除"})
    assert Site.objects.get().until is None
    chief.post(f"{page}end", {"until": "2020-01-01", "reason": "拆除"})
    assert str(Site.objects.get().until) == "2020-01-01"
    chief.post(f"{page}restore", {"reason": "没有拆"})
    assert Site.objects.get().until is None
    assert [c.action for c in Change.objects.order_by("pk")] == ["new", "ended", "restored"]


def test_a_field_with_too_many_units_proposes_them_while_one_types(
    city: City, client: Client, data_dir: Any
) -> None:
    region = city.regions["140321"]
    Organisation.objects.bulk_create(
        Organisation(name=f"企业{n}", kind="enterprise", region=region) for n in range(250)
    )
    client.force_login(city.person("chief", "140321"))
    assert inputs(client.get(NEW))["organisation"].kind == "search"
    text = client.get("/registers/stations/choices/organisation?organisation=企业24").content.decode()
    assert text.count("<option") == 11
    assert client.get("/registers/stations/choices/name?name=x").status_code == 404
    client.force_login(city.person("chief", "140322"))
    assert "企业24" not in client.get("/registers/stations/choices/organisation?organisation=企业24").content.decode()  # fmt: skip
