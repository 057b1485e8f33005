"""A damaged store or clock takes no page of the house along: the system page stands and shows it red."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from tests.archive.parts import log_of, part_of
from tests.people import City
from tests.web.measured import Measured


@pytest.fixture
def admin(real_hours: Path, city: City, data_dir: Path) -> Client:
    """The administrator of a city with hours."""
    Measured.of(real_hours, data_dir)
    client = Client()
    client.force_login(city.person("admin", "140300"))
    return client


def test_a_damaged_store_is_told_on_the_system_page_with_what_to_do(admin: Client, data_dir: Path) -> None:
    log_of(data_dir / "archive").write_text("{")
    page = admin.get(reverse("system"))
    assert page.status_code == 200
    assert "存储 archive/ambient 损坏" in page.content.decode()


def test_a_missing_part_that_no_page_has_read_yet_is_red_on_the_system_page(
    admin: Client, data_dir: Path
) -> None:
    assert "存储损坏" not in admin.get(reverse("system")).content.decode()
    part = part_of(data_dir / "archive")
    part.unlink()
    assert part.name in admin.get(reverse("system")).content.decode()


def test_a_broken_replay_is_told_on_the_system_page_and_mended_from_the_bar(
    admin: Client, data_dir: Path
) -> None:
    before = clock.now()
    (data_dir / "clock.json").write_text("{")
    assert Client().get(reverse("login")).status_code == 200
    page = admin.get(reverse("system")).content.decode()
    assert "回放时钟损坏" in page
    assert admin.post(reverse("replay"), {"speed": "0"}).status_code == 302
    assert clock.now() == before
    assert "回放时钟损坏" not in admin.get(reverse("system")).content.decode()
