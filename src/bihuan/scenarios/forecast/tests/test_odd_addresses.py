"""No address of this line of business breaks, whatever stands in its parameters, its forms or its path."""

from pathlib import Path

import pytest
from django.test import Client

from bihuan.scenarios.forecast.tests.world import addresses
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, city: City, data_dir: Path) -> None:
    addresses(city, data_dir)
    client.force_login(with_every_role(city))
    assert broken(client, "forecast", {}) == []
    assert broken(client, "forecast", {}, post=True) == []
    assert broken_paths(client, "forecast") == []
