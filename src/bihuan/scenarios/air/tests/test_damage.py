"""A damaged store is named on every page that needs it, with what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tests.archive.parts import log_of
from tests.people import City
from tests.web.measured import Measured


@pytest.fixture
def admin(measured: Measured, city: City) -> Client:
    """The administrator of a city with hours."""
    client = Client()
    client.force_login(city.person("admin", "140300"))
    return client


def all_parts(root: Path) -> None:
    for part in (root / "ambient").glob("part=*/*/*.parquet"):
        part.unlink()


@pytest.mark.parametrize("harm", [all_parts, lambda root: log_of(root).write_text("{")])
def test_pages_say_which_store_is_damaged_and_what_to_do(
    admin: Client, data_dir: Path, harm: Callable[[Path], object]
) -> None:
    harm(data_dir / "archive")
    for address in ("/", "/sites/", "/evaluation/", "/map/layers/stations.json"):
        answer = admin.get(address)
        assert answer.status_code == 503, address
        assert "存储 archive/ambient 损坏" in answer.content.decode(), address
        assert "restore" in answer.content.decode(), address
