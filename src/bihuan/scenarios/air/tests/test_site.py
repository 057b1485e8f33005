"""A station's page: its evaluation tab lists days by date with their index, and months with their statistics."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.targets import kind_of
from tests.people import City
from tests.web.measured import Measured


@pytest.fixture
def page(client: Client, real_hours: Path, city: City, data_dir: Path) -> str:
    """The evaluation tab of 1738A on the evening of 1 February 2019."""
    Measured.of(real_hours, data_dir).at(datetime(2019, 2, 1, 12, tzinfo=UTC))
    client.force_login(city.person("dispatcher", "140300"))
    return client.get(reverse("site", args=["1738A"]), {"tab": "evaluation"}).content.decode()


def rows_of(page: str, number: int) -> list[list[str]]:
    """Cells of the page's n-th table, as text."""
    table = re.findall(r"<tbody>(.*?)</tbody>", page, re.S)[number]
    return [[re.sub(r"<[^>]+>", "", c).strip() for c in re.findall(r"<td[^>]*>(.*?)</td>", r, re.S)] for r in re.findall(r"<tr>(.*?)</tr>", table, re.S)]  # fmt: skip


def test_days_carry_their_date_and_index(page: str) -> None:
    days = {r[0]: r for r in rows_of(page, 1)}
    # The published hours of that day: PM2.5 mean of 24 hours, an index between 200 and 300.
    assert "2019-01-11" in days
    assert 200 < int(days["2019-01-11"][7]) <= 300
    assert days["2019-01-11"][8] == "PM2.5"


def test_months_carry_their_days_and_composite(page: str) -> None:
    january = next(r for r in rows_of(page, 0) if r[0] == "2019-01")
    assert int(january[7]) >= 27
    assert float(january[9]) > 5


@pytest.mark.parametrize(("item", "shown"), [("o3", "o3"), ("", "pm25")])
def test_the_chart_of_a_finding_is_of_its_item_around_its_end(item: str, shown: str) -> None:
    end = datetime(2019, 2, 25, 6, tzinfo=UTC)
    kind = kind_of("site")
    assert kind is not None
    assert kind.chart is not None
    assert (
        kind.chart("1738A", item, end)
        == f"/sites/1738A/series.json?until={int(end.timestamp())}&items={shown}"
    )
