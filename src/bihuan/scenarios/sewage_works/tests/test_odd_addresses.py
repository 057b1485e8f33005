"""No odd value breaks a page of the folder."""

from pathlib import Path

import pytest
from django.test import Client

from bihuan.scenarios.sewage_works.tests.world import month, reported, works
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role


@pytest.mark.slow
def test_no_odd_value_breaks_a_page(client: Client, place: City, tmp_path: Path) -> None:
    works(place, "W1")
    reported(tmp_path, "W1", month(3, inflow=900.0))
    client.force_login(with_every_role(place))
    assert broken(client, "sewage_works", {"code": "W1"}) == []
    assert broken_paths(client, "sewage_works") == []
