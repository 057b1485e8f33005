"""What the tests of the pages share."""

from pathlib import Path

import pytest
from django.test import Client

from bihuan import clock
from bihuan.cases.models import Finding
from tests.people import CITY_CODE, City
from tests.web.world import NOW, Objects, make_objects


@pytest.fixture
def objects(city: City, data_dir: Path) -> Objects:
    """One of everything in one county (tests.web.world)."""
    return make_objects(city)


@pytest.fixture
def finding(objects: Objects) -> Finding:
    """The open finding of that county; the clock stands."""
    clock.set_replay(NOW, 0)
    return objects.finding


@pytest.fixture
def officer(client: Client, city: City) -> Client:
    """A browser in which a dispatcher of the city is signed in."""
    client.force_login(city.person("dispatcher", CITY_CODE))
    return client
