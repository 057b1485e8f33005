"""One object: its fields with units and sources, its history, what was found about it and what names it."""

from datetime import UTC, datetime, timedelta

from django.test import Client

from bihuan.cases import actions
from bihuan.cases.findings import open_or_extend
from bihuan.kit.registers.actions import change, end, restore
from bihuan.kit.registers.writing import Act
from bihuan.registry.models import Emitter, Measure, Site
from tests.cases.world import photo
from tests.people import City
from tests.web.registers.conftest import STATIONS, Made

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
PAGE = "/registers/stations/S1/"


def test_it_shows_every_field_with_its_source(chief: Client, station: Made) -> None:
    station(evaluated="是", since="2018-01-01")
    fields = {f["title"]: f for f in chief.get(PAGE).context["fields"]}
    assert fields["区划"]["text"] == "平定县"
    assert fields["级别"]["source"] == "环境空气质量监测网设置方案"
    assert (fields["经度"]["text"], fields["经度"]["unit"]) == ("113.6", "°")
    assert fields["参与城市评价"]["text"] == "是"
    assert fields["停用日期"]["text"] == "—"


def test_its_history_says_who_when_from_what_to_what_and_why(
    chief: Client, city: City, station: Made
) -> None:
    made = station()
    by = Act(city.person("chief", "140300"), "道路改名")
    change(STATIONS, made, {"name": "桃南中学", "region": "140302", "lon": "113.58", "lat": "37.85"}, by)
    end(STATIONS, Site.objects.get(), NOW.date(), by)
    restore(STATIONS, Site.objects.get(), by)
    entries = chief.get(PAGE).context["history"]
    assert [e.change.action for e in entries] == ["restored", "ended", "changed", "new"]
    turns = {turn.title: (turn.before, turn.after) for turn in entries[2].turns}
    assert turns["名称"] == ("桃北中学", "桃南中学")
    assert turns["区划"] == ("平定县", "城区")
    page = chief.get(PAGE).content.decode()
    assert "道路改名" in page
    assert "chief_140300" in page
    assert "本机操作员 root" in page


def test_its_findings_their_cases_and_photos_stand_beside_it(
    chief: Client, city: City, station: Made
) -> None:
    station()
    found = open_or_extend(
        check_key="k", target_kind="site", target="S1", target_name="桃北中学", title="数值不变", region=city.regions["140321"],
        started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="minor", evidence={},
    )[0]  # fmt: skip
    open_or_extend(
        check_key="k", target_kind="emitter", target="S1", target_name="同号的企业", title="超标", region=city.regions["140321"],
        started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="minor", evidence={},
    )  # fmt: skip
    case = actions.hand_over([found], city.person("dispatcher"), city.governments["140321"])
    actions.take(case, "return", city.person("handler"), note="不属本单位", files=[photo()])
    context = chief.get(PAGE).context
    assert [f.title for f in context["findings"]] == ["数值不变"]
    assert [c.number for c in context["cases"]] == [case.number]
    assert [f.step.case.number for f in context["photos"]] == [case.number]


def test_what_names_it_is_counted_and_listed(chief: Client, city: City, station: Made) -> None:
    station()
    others = {o.title: o for o in chief.get("/registers/regions/140321/").context["others"]}
    assert others["监测点位"].count == 1
    listed = chief.get(others["监测点位"].url)
    assert [line.url for line in listed.context["list"].lines] == [PAGE]
    plant = Emitter.objects.create(
        code="E1", name="厂", kind="plant", region=city.regions["140321"], industry="水泥", grade="C", lon=113.6, lat=37.8
    )  # fmt: skip
    Measure.objects.create(emitter=plant, level="red", pollutant="pm", text="停产", kg_per_day=1, basis="x")
    assert (
        chief.get(f"/registers/measures/{Measure.objects.get().pk}/").content.decode().count("<h1>停产</h1>")
        == 1
    )


def test_a_unit_has_the_cases_that_were_given_to_it(chief: Client, city: City, station: Made) -> None:
    station()
    unit = city.governments["140321"]
    found = open_or_extend(
        check_key="k", target_kind="site", target="S1", target_name="桃北中学", title="数值不变", region=city.regions["140321"],
        started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="minor", evidence={},
    )[0]  # fmt: skip
    case = actions.hand_over([found], city.person("dispatcher"), unit)
    assert [c.number for c in chief.get(f"/registers/units/{unit.pk}/").context["cases"]] == [case.number]


def test_it_opens_the_page_that_its_register_names(chief: Client, station: Made) -> None:
    station()
    assert 'href="/units/S1/"' in chief.get(PAGE).content.decode()


def test_nobody_opens_what_lies_elsewhere(city: City, client: Client, station: Made) -> None:
    station()
    client.force_login(city.person("chief", "140322"))
    assert client.get(PAGE).status_code == 404


def test_keys_that_no_object_can_have_are_not_there(chief: Client, station: Made) -> None:
    for key in ("x", "99999999999999999999999", "-1", "%00", "a/b"):
        assert chief.get(f"/registers/units/{key}/").status_code == 404
        assert chief.get(f"/registers/stations/{key}/").status_code == 404
