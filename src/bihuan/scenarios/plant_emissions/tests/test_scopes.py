"""What hangs on an outlet is seen where the post covers its enterprise, nowhere else."""

from datetime import UTC, datetime

import pytest

from bihuan.registry.access import visible
from bihuan.registry.models import Emitter
from bihuan.scenarios.plant_emissions.models import Channel, Limit, Logger, Outlet
from tests.people import ROLES, City, person

MINE, OTHER = "140321", "140322"


def plant(city: City) -> Emitter:
    return Emitter.objects.create(
        code="E1", name="测试厂", kind="plant", region=city.regions[MINE], organisation=city.governments[MINE],
        industry="水泥", grade="C", lon=113.6, lat=37.8,
    )  # fmt: skip


def outlet(emitter: Emitter, code: str) -> Outlet:
    return Outlet.objects.create(
        code=code, name=code, emitter=emitter, process="窑", since=datetime(2019, 1, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize("role", ROLES)
def test_what_hangs_on_an_outlet_of_a_county_is_not_seen_from_another(city: City, role: str) -> None:
    emitter = plant(city)
    stack = outlet(emitter, "S1")
    Limit.objects.create(outlet=stack, item="so2", limit=35, valid_from="2019-01-01", basis="x")
    logger = Logger.objects.create(mn="M1", edition=2017, emitter=stack.emitter)
    Channel.objects.create(logger=logger, outlet=stack)
    mine, other = city.person(role, MINE), city.person(role, OTHER)
    for model in (Outlet, Limit, Logger, Channel):
        assert visible(model.objects.all(), mine).count() == 1, model
        assert visible(model.objects.all(), other).count() == 0, model
        assert visible(model.objects.all(), person(f"nobody{model.__name__}")).count() == 0, model


def test_a_logger_of_several_outlets_is_listed_once(city: City) -> None:
    emitter = plant(city)
    logger = Logger.objects.create(mn="M1", edition=2017, emitter=emitter)
    for code in ("S1", "S2"):
        Channel.objects.create(logger=logger, outlet=outlet(emitter, code))
    assert list(visible(Logger.objects.all(), city.person("chief", MINE))) == [logger]
