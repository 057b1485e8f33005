"""Which city an installation is for, in registers that are complete, odd, or hardly begun; and who then acts for all of it."""

import pytest

from bihuan.registry.access import CITY, may
from bihuan.registry.city import evaluated_cities, own_city
from bihuan.registry.models import Emitter, Organisation, Region, Site
from bihuan.registry.roles import ADMINS, OFFICE, Role
from tests.people import person

NAMES = {
    "140000": "山西省", "140100": "太原市", "140300": "阳泉市", "140302": "城区", "140321": "平定县", "140322": "盂县",
    "140321103": "冶西镇", "130100": "石家庄市",
}  # fmt: skip


@pytest.fixture
def regions(db: None) -> dict[str, Region]:
    """A province, three cities of two provinces, some counties and a town; nobody and nothing in them yet."""
    return {code: Region.objects.create(code=code, name=name) for code, name in NAMES.items()}


def station(code: str, region: Region, city: Region | None, *, evaluated: bool) -> Site:
    return Site.objects.create(
        code=code, name=code, rank="national", region=region, city=city, lon=113.6, lat=37.8, evaluated=evaluated
    )  # fmt: skip


def emitter(code: str, region: Region) -> None:
    Emitter.objects.create(code=code, name=code, kind="plant", region=region, industry="水泥", grade="C", lon=113.6, lat=37.8)  # fmt: skip


def test_regions_alone_make_no_city(regions: dict[str, Region]) -> None:
    assert own_city() is None


def test_nobody_acts_for_the_whole_where_nothing_says_what_the_whole_is(regions: dict[str, Region]) -> None:
    """Posts in two provinces have no registered region around them."""
    north = person("north", ("admin", regions["140300"], None))
    east = person("east", ("admin", regions["130100"], None))
    assert own_city() is None
    assert not may(north, *ADMINS, region=CITY)
    assert not may(east, *ADMINS, region=CITY)
    assert may(north, *ADMINS, region="140321")


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (["140321"], "140321"),
        (["140321", "140322"], "140300"),
        (["140321103", "140321"], "140321"),
        (["140321103"], "140321103"),
        (["140300", "140321"], "140300"),
        (["140300", "140100"], "140000"),
        (["140000", "140321"], "140000"),
    ],
)
@pytest.mark.parametrize("kind", ["posts", "organisations", "emitters"])
def test_before_stations_are_evaluated_it_is_the_smallest_region_around_all_that_is_registered(
    regions: dict[str, Region], held: list[str], expected: str, kind: str
) -> None:
    for code in held:
        if kind == "posts":
            person(f"p{code}", ("ranger", regions[code], None))
        elif kind == "organisations":
            Organisation.objects.create(name=code, kind="department", region=regions[code])
        else:
            emitter(code, regions[code])
    assert own_city() == regions[expected]


def test_one_enterprise_elsewhere_takes_the_whole_from_a_county(regions: dict[str, Region]) -> None:
    chief = person("chief", ("chief", regions["140321"], None))
    assert may(chief, *OFFICE, region=CITY)
    emitter("E1", regions["140322"])
    again = type(chief).objects.get(pk=chief.pk)
    assert not may(again, *OFFICE, region=CITY)


def test_stations_that_are_not_evaluated_do_not_decide(regions: dict[str, Region]) -> None:
    """A neighbour's station belongs to a city too, but that city is not ours."""
    station("N1", regions["140100"], regions["140100"], evaluated=False)
    assert own_city() is None
    person("one", ("admin", regions["140300"], None))
    assert own_city() == regions["140300"]
    assert not evaluated_cities().exists()


def test_an_evaluated_station_without_a_city_does_not_decide(regions: dict[str, Region]) -> None:
    station("S1", regions["140302"], None, evaluated=True)
    assert own_city() is None


def test_the_stations_decide_against_what_else_is_registered(regions: dict[str, Region]) -> None:
    """A department of the province that is entered in the register does not make the city's chief a chief of a part."""
    chief = person("chief", ("chief", regions["140300"], None))
    Organisation.objects.create(name="省厅", kind="department", region=regions["140000"])
    assert not may(chief, *OFFICE, region=CITY)
    station("S1", regions["140302"], regions["140300"], evaluated=True)
    assert own_city() == regions["140300"]
    again = type(chief).objects.get(pk=chief.pk)
    assert may(again, *OFFICE, region=CITY)


def test_a_province_with_two_evaluated_cities_counts_each_once(regions: dict[str, Region]) -> None:
    for code, top in (("B1", "140300"), ("B2", "140300"), ("A1", "140100")):
        station(code, regions[top], regions[top], evaluated=True)
    assert [c.code for c in evaluated_cities()] == ["140100", "140300"]
    assert own_city() == regions["140100"]


def test_a_post_of_the_province_acts_for_the_whole_whichever_city_is_first(
    regions: dict[str, Region],
) -> None:
    station("A1", regions["140100"], regions["140100"], evaluated=True)
    station("B1", regions["140300"], regions["140300"], evaluated=True)
    assert may(person("province", ("admin", regions["140000"], None)), Role.ADMIN, region=CITY)
    assert not may(person("second", ("admin", regions["140300"], None)), Role.ADMIN, region=CITY)
    assert not may(person("county", ("admin", regions["140321"], None)), Role.ADMIN, region=CITY)
