"""Registers of a small city for the tests of their pages, declared here so that no folder of business is needed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bihuan.kit.registers.actions import create
from bihuan.kit.registers.declared import SUBJECT, Column, Register, Registers
from bihuan.kit.registers.writing import Act
from bihuan.registry.models import Site
from bihuan.scenarios import resolved
from bihuan.web import menu
from tests.kit.registers.world import MEASURES, REGIONS, UNITS
from tests.people import City

STATIONS = Register(
    "stations",
    Site,
    "监测点位",
    (
        *SUBJECT,
        Column("rank", source="环境空气质量监测网设置方案", filtered=True),
        Column("city", listed=False),
        Column("evaluated", filtered=True),
        Column("neighbour", listed=False),
    ),
    page="unit",
    target="site",
    note="环境空气自动监测点位。",
)
GIVEN = {"code": "S1", "name": "桃北中学", "region": "140321", "lon": "113.6", "lat": "37.8", "rank": "国控"}
Made = Callable[..., Any]


@pytest.fixture(autouse=True)
def registers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stations, regions, units and measures, and nothing else."""
    known = Registers([STATIONS, REGIONS, UNITS, MEASURES])
    monkeypatch.setattr(resolved, "every_register", lambda: known)
    monkeypatch.setattr(menu, "every_register", lambda: known)
    menu.every_entry.cache_clear()
    yield
    menu.every_entry.cache_clear()


@pytest.fixture
def station(city: City, data_dir: Path) -> Made:
    """Registers a station, like GIVEN but for what is said."""
    return lambda **given: create(STATIONS, GIVEN | given, Act(None, "建库", operator="root"))


@pytest.fixture
def chief(client: Client, city: City, data_dir: Path) -> Client:
    """The chief of the whole city."""
    client.force_login(city.person("chief", "140300"))
    return client
