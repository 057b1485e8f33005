"""No odd value breaks a page of the folder."""

from pathlib import Path

import pytest
from django.test import Client

from bihuan.scenarios.vehicle_reporting.tests.world import addresses
from tests.odd import broken
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, city: City, data_dir: Path) -> None:
    addresses(city, data_dir)
    client.force_login(with_every_role(city))
    assert broken(client, "vehicle_reporting", {}) == []
