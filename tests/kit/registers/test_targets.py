"""The objects of a register as what findings are about and as what a card of the map opens; choices of fields in both languages."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from bihuan.kit.forms import worded
from bihuan.kit.registers.declared import BadRegister, Registers
from bihuan.kit.registers.map_layer import key_of, layer_of, own_page
from bihuan.kit.registers.targets import kind_of
from bihuan.registry.models import Site
from tests.kit.registers.world import MEASURES, REGIONS, SITES, UNITS
from tests.people import City


@pytest.fixture
def two(city: City) -> None:
    """A station with a unit, and one that is simulated and ended."""
    fields = {"rank": "national", "region": city.regions["140321"], "lon": 113.6, "lat": 37.8}
    Site.objects.create(code="S1", name="桃北中学", organisation=city.governments["140321"], **fields)
    Site.objects.create(code="S2", name="白羊墅", simulated=True, until=date(2019, 1, 1), **fields)


@pytest.mark.usefixtures("two")
def test_a_finding_finds_its_object_with_region_unit_and_place_also_an_ended_one() -> None:
    found = kind_of(SITES).targets(["S1", "S2", "S9"])
    assert sorted(found) == ["S1", "S2"]
    first = found["S1"]
    assert (first.name, first.region.pk, str(first.organisation), first.lon, first.lat) == (
        "桃北中学", "140321", "平定县人民政府", 113.6, 37.8,
    )  # fmt: skip
    assert (first.simulated, found["S2"].simulated, found["S2"].organisation) == (False, True, None)
    assert kind_of(SITES).targets([]) == {}


def test_it_opens_the_page_that_the_register_names_else_the_one_that_all_share() -> None:
    own, common = kind_of(replace(SITES, page="unit")), kind_of(SITES)
    assert (own.page, own.args) == ("unit", ())
    assert (common.page, common.args) == ("register_object", ("stations",))


@pytest.mark.parametrize("register", [REGIONS, UNITS, MEASURES])
def test_what_lies_nowhere_cannot_be_what_findings_are_about(register: object) -> None:
    with pytest.raises(BadRegister, match="findings are about a Subject"):
        kind_of(register)  # type: ignore[arg-type]  # a register of the world


def test_a_card_of_the_map_opens_the_own_page_or_none() -> None:
    assert own_page(replace(SITES, page="unit", target=""), "S1") == "/units/S1/"
    assert own_page(replace(SITES, page="", target=""), "S1") == ""
    assert own_page(replace(SITES, page="", target="gone"), "S1") == ""


def test_a_layer_is_called_by_its_own_title_else_by_that_of_the_register() -> None:
    assert key_of(SITES) == "register-stations"
    assert (layer_of(SITES).title, layer_of(replace(SITES, layer="点位")).title) == ("监测点位", "点位")
    assert not layer_of(SITES).shown


def test_registers_are_found_by_kind_and_by_model() -> None:
    known = Registers([SITES, REGIONS])
    assert (list(known), len(known), known["regions"]) == (["stations", "regions"], 2, REGIONS)
    assert known.of_model("registry.site") is SITES
    assert known.of_model("registry.measure") is None
    with pytest.raises(KeyError):
        known["measures"]
    with pytest.raises(BadRegister, match="declared twice"):
        Registers([SITES, replace(SITES, kind="again")])


def test_choices_are_worded_for_whoever_is_asked_when_they_are_asked() -> None:
    choices = worded(Site.Rank.choices)
    chinese = choices()
    with translation.override("en"):
        english = choices()
    assert (
        [value for value, _label in chinese] == [value for value, _label in english] == list(Site.Rank.values)
    )
    assert dict(chinese)["national"] == "国控"
    assert not [label for _value, label in english if any("\u3400" < letter < "\u9fff" for letter in label)]
    assert worded([])() == []
