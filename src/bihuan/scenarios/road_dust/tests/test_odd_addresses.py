"""No odd value breaks a page of the folder."""

from pathlib import Path

import pytest
from django.test import Client

from bihuan.scenarios.road_dust.tests.world import runs, segment, weather
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City, tmp_path: Path) -> None:
    segment(place)
    weather(tmp_path)
    runs(tmp_path, [(0, 100.0)], [3])
    client.force_login(with_every_role(place))
    assert broken(client, "road_dust", {"code": "R1"}) == []
    assert broken_paths(client, "road_dust") == []
