"""What a round of checks cost, on the pages of rules and of the system."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.models import CheckRun
from bihuan.scenarios.catalogue import every_check
from bihuan.web.check_times import round_times
from bihuan.web.pages.checks import last_runs
from tests.pages import flat
from tests.people import City

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)


def ran(key: str, seconds: float, prepared: float) -> None:
    CheckRun.objects.create(check_key=key, as_of=NOW, started=NOW, seconds=seconds, inputs_seconds=prepared)


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path) -> Client:
    """A browser in which a dispatcher of the city is signed in."""
    client.force_login(city.person("dispatcher", "140300"))
    return client


@pytest.fixture
def rounds(city: City) -> None:
    """An old and a new run of two checks of air, one of a check of stacks."""
    ran("air.stuck", 9.0, 9.0)
    ran("air.stuck", 0.5, 1.5)
    ran("air.spike", 2.5, 1.5)
    ran("cems.copies.twins", 1.0, 6.0)


def test_each_check_counts_with_its_last_run_and_each_scenario_prepares_once(rounds: None) -> None:
    times = round_times(last_runs())
    assert [(c.key, c.seconds) for c in times.costs] == [
        ("", 6.0), ("air.spike", 2.5), ("", 1.5), ("cems.copies.twins", 1.0), ("air.stuck", 0.5)
    ]  # fmt: skip
    titles = {e.check.key: e.scenario.title for e in every_check()}
    assert [c.scenario for c in times.costs if not c.key] == [
        titles["cems.copies.twins"],
        titles["air.stuck"],
    ]
    assert (times.total, times.prepared) == (11.5, 7.5)


def test_the_page_of_rules_lists_them_the_longest_first(officer: Client, rounds: None) -> None:
    shown = officer.get(reverse("checks")).content.decode()
    assert "各条规则上次运行共 11.5 s，其中准备数据 7.5 s" in shown
    table = shown[shown.index('id="times"') :].split("</table>")[0]
    assert re.findall(r'class="num">([\d.]+)<', table) == ["6.00", "2.50", "1.50", "1.00", "0.50"]


def test_the_page_of_the_system_says_the_whole_and_leads_to_the_list(officer: Client, rounds: None) -> None:
    shown = flat(officer.get(reverse("system")).content.decode())
    assert f'<a href="{reverse("checks")}#times">各条规则上次运行共 11.5 s' in shown


def test_before_the_first_round_nothing_is_said(officer: Client) -> None:
    assert "上次运行共" not in officer.get(reverse("checks")).content.decode()
