"""For which places the city's forecast is made, by the register; and who may change the model that makes it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.forecasting.champions import FIT_SPAN
from bihuan.registry import forecasting
from bihuan.registry.decisions import decide
from bihuan.registry.forecasting import NotAppointed, appoint, areas, cities, counties, stations_of
from bihuan.registry.models import AuditEntry, Region, Site
from tests.people import ROLES, City, person

TOP, MINE, OTHER = "140300", "140321", "140322"
NOW = datetime(2019, 2, 25, 4, tzinfo=UTC)


def station(
    code: str, region: Region, city: Region | None = None, *, evaluated: bool = True, **more: bool
) -> Site:
    return Site.objects.create(
        code=code, name=code, rank="national", region=region, city=city, lon=113.6, lat=37.8, evaluated=evaluated, **more
    )  # fmt: skip


@pytest.fixture
def stations(city: City) -> City:
    """Two in a county, one of them in a town of it; one in another; one that is not evaluated; one of a neighbour."""
    top = city.regions[TOP]
    town = Region.objects.create(code="140321103", name="冶西镇", parent=city.regions[MINE])
    other = Region.objects.create(code="140100", name="太原市")
    station("S1", city.regions[MINE], top)
    station("S2", town, top)
    station("S3", city.regions[OTHER], top)
    station("S4", city.regions["140302"], top, evaluated=False)
    station("N1", other, other, evaluated=False)
    return city


def test_a_city_is_forecast_from_its_evaluated_stations(stations: City) -> None:
    assert cities() == {TOP: ["S1", "S2", "S3"]}


def test_a_county_has_the_stations_of_its_towns_too(stations: City) -> None:
    assert counties() == {MINE: ["S1", "S2"], OTHER: ["S3"]}


def test_a_station_that_stands_for_the_city_itself_makes_no_county(stations: City) -> None:
    station("S5", stations.regions[TOP], stations.regions[TOP])
    assert TOP not in counties()
    assert "S5" in cities()[TOP]


def test_a_town_whose_county_is_not_registered_makes_no_county_without_a_name(stations: City) -> None:
    lost = Region.objects.create(code="140399001", name="某镇")
    station("S6", lost, stations.regions[TOP])
    assert set(counties()) == {MINE, OTHER}


def test_every_area_is_made_of_stations_and_a_station_of_itself(stations: City) -> None:
    known = areas()
    assert sorted(map(set, known.values()), key=len) == [{"S3"}, {"S1", "S2"}, {"S1", "S2", "S3"}]
    for place, made_of in known.items():
        assert stations_of(place) == list(made_of)
    assert stations_of("S1") == ["S1"]


def test_an_area_that_is_not_there_is_made_of_nothing(stations: City) -> None:
    place = next(iter(areas())).replace(TOP, "999900").replace(MINE, "999900").replace(OTHER, "999900")
    assert stations_of(place) == []


def test_where_nothing_is_evaluated_there_is_nothing_to_forecast(city: City) -> None:
    station("S4", city.regions["140302"], city.regions[TOP], evaluated=False)
    assert (cities(), counties(), areas()) == ({}, {}, {})


def test_simulated_stations_are_forecast_and_never_learned_from(stations: City) -> None:
    station("SIM", stations.regions[MINE], stations.regions[TOP], simulated=True)
    places = forecasting._places()
    assert "SIM" in places.sites
    assert places.real == ["N1", "S1", "S2", "S3", "S4"]


@pytest.mark.parametrize(("before", "seen"), [(timedelta(0), 1), (timedelta(microseconds=1), 0)])
def test_a_model_learns_by_what_was_excluded_when_it_learned(
    stations: City, data_dir: Path, before: timedelta, seen: int
) -> None:
    """A back-test of an old day must not know what a reviewer found out later."""
    clock.set_replay(NOW, 0)
    site = Site.objects.get(pk="S1")
    decide(site, ["pm25"], NOW - timedelta(days=2), NOW - timedelta(days=1), "exclude", "校准", stations.person("chief", MINE))  # fmt: skip
    assert forecasting.excluded_by(NOW - before).height == seen


def test_decisions_on_hours_older_than_any_model_learns_from_are_not_read(
    stations: City, data_dir: Path
) -> None:
    old = NOW - FIT_SPAN - timedelta(days=2)
    clock.set_replay(NOW, 0)
    decide(Site.objects.get(pk="S1"), ["pm25"], old, old + timedelta(days=1), "exclude", "校准", stations.person("chief", MINE))  # fmt: skip
    assert forecasting.excluded_by(NOW).is_empty()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("region", [TOP, MINE])
def test_the_model_is_changed_by_the_citys_administrator_only(
    stations: City, data_dir: Path, role: str, region: str
) -> None:
    """The right is asked before anything is said of the model: who may not change it learns nothing about it."""
    said = "没有编号" if (role, region) == ("admin", TOP) else "由全市的系统管理员更换"
    with pytest.raises(NotAppointed, match=said):
        appoint(stations.person(role, region), "no-such-model", "试一试")
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("reason", ["", " ", "\u3000\n"])
def test_a_change_of_the_model_says_why(stations: City, data_dir: Path, reason: str) -> None:
    with pytest.raises(NotAppointed, match="理由"):
        appoint(stations.person("admin", TOP), "no-such-model", reason)


def test_an_administrator_whose_post_ended_changes_nothing(stations: City, data_dir: Path) -> None:
    late = person("late", ("admin", stations.regions[TOP], None))
    late.posts.update(until=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(NotAppointed, match="由全市的系统管理员更换"):
        appoint(late, "no-such-model", "试一试")
