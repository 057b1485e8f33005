"""Who may see what: every address with every role, and another county's objects.

A new address without a line in ADDRESSES fails here: whoever adds a page says how it is scoped.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.people import ROLES, City, person
from tests.web.world import MINE, NOW, Objects

OTHER = "140322"

# name -> arguments; `object` says that the address names something that lies in a county.
OPEN_TO_ALL = {"login", "language", "health"}
PLAIN = {
    "newest_brief",
    "centre", "timeline", "map_data", "sites", "evaluation", "evaluation_excel", "calendar", "forecast",
    "forecast_series", "forecast_scores", "forecast_reliability", "forecast_daily", "forecast_report", "findings", "checks", "cases", "figures", "figure_cases", "quarantine", "imports", "system", "audit", "search", "me",
    "loggers", "logger", "models", "import_state", "inbox", "case_new",
}  # fmt: skip
POSTED = {
    "logout",
    "theme",
    "replay",
    "target",
    "quarantine_settle",
    "logger_settle",
    "logger_ask",
    "model_appoint",
    "sign_in_unlock",
    "inbox_read",
}
DATED = {"brief", "brief_word", "brief_chart"}
OF_SITE = {"unit": {"code": "E1"}, "site": {"code": "X1"}, "site_series": {"code": "X1"}}
OF_FINDING = {"finding": {}, "finding_judge": {"verdict": "confirm"}}
OF_CASE = {
    "case": {},
    "case_paper": {"kind": "dispatch"},
    "case_file": {"pk": 1},
    "case_step": {"action": "sign"},
}
ELSEWHERE = {
    "boundary",
    "people",
    "person_new",
    "person",
    "person_change",
}  # a file of the installation, common to all who are signed in


def named() -> set[str]:
    """Every named address of the pages (scenarios have their own walk below)."""

    def walk(patterns: list[URLPattern | URLResolver], space: str) -> set[str]:
        names: set[str] = set()
        for p in patterns:
            if isinstance(p, URLResolver):
                names |= walk(p.url_patterns, f"{p.namespace}:" if p.namespace else space)
            elif p.name:
                names.add(space + p.name)
        return names

    return walk(get_resolver().url_patterns, "")


def test_every_address_says_how_it_is_scoped() -> None:
    known = OPEN_TO_ALL | PLAIN | POSTED | DATED | set(OF_SITE) | set(OF_FINDING) | set(OF_CASE) | ELSEWHERE
    assert {n for n in named() if ":" not in n} == known


def of_scenarios() -> list[tuple[str, dict[str, Any]]]:
    """Every named address of the scenarios, with some value for each of its arguments."""
    found = []
    for space in (p for p in get_resolver().url_patterns if isinstance(p, URLResolver) and p.namespace):
        for pattern in space.url_patterns:
            values = {k: 1 if c.regex == "[0-9]+" else "x" for k, c in pattern.pattern.converters.items()}
            found.append((f"{space.namespace}:{pattern.name}", values))
    return found


@pytest.mark.parametrize(("name", "values"), of_scenarios(), ids=lambda v: v if isinstance(v, str) else "")
def test_a_stranger_is_sent_to_the_login_of_scenarios_too(
    client: Client, city: City, data_dir: Path, name: str, values: dict[str, Any]
) -> None:
    for ask in (client.get, client.post):
        answer = ask(reverse(name, kwargs=values))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/login/"), name


@pytest.mark.parametrize(("name", "values"), of_scenarios(), ids=lambda v: v if isinstance(v, str) else "")
def test_somebody_without_posts_finds_nothing_of_a_scenario(
    client: Client, city: City, data_dir: Path, name: str, values: dict[str, Any]
) -> None:
    client.force_login(person("nobody"))
    assert client.get(reverse(name, kwargs=values)).status_code == 403, name


def address(name: str, objects: Objects) -> str:
    """The address with this county's objects in it."""
    if name in DATED:
        return reverse(name, kwargs={"day": NOW.date()})
    if name == "quarantine_settle":
        return reverse(name, kwargs={"number": 1, "how": "mend"})
    if name == "import_state":
        return reverse(name, kwargs={"number": "x"})
    if name in OF_SITE:
        return reverse(name, kwargs=OF_SITE[name])
    if name in OF_FINDING:
        return reverse(name, kwargs={"pk": objects.finding.pk, **OF_FINDING[name]})
    if name in OF_CASE:
        return reverse(name, kwargs={"number": objects.case.number, **OF_CASE[name]})
    return reverse(name)


def test_a_stranger_is_sent_to_the_login(client: Client, objects: Objects) -> None:
    for name in sorted(n for n in named() if ":" not in n):
        if name in OPEN_TO_ALL or name in ELSEWHERE:
            continue
        for ask in (client.get, client.post):
            answer = ask(address(name, objects))
            assert answer.status_code in (302, 405), f"{name}: {answer.status_code}"
            if answer.status_code == 302:
                assert answer["Location"].startswith("/login/"), name


@pytest.mark.parametrize("role", ROLES)
def test_the_own_county_opens_without_a_fault(
    client: Client, objects: Objects, city: City, role: str
) -> None:
    client.force_login(city.person(role, MINE))
    for name in sorted(PLAIN | DATED | set(OF_SITE) | set(OF_FINDING) | set(OF_CASE)):
        answer = client.get(address(name, objects))
        # 400 is a plain refusal in words, 405 an address that only takes a form.
        assert answer.status_code in (200, 400, 404, 405), f"{role} {name}: {answer.status_code}"


SEES: dict[str, Callable[[str], bool]] = {
    "site": lambda r: r != "enterprise",
    "finding": lambda r: r != "enterprise",
    "case": lambda _: True,
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", SEES)
def test_own_objects_are_seen_and_another_countys_are_not(
    client: Client, objects: Objects, city: City, role: str, name: str
) -> None:
    client.force_login(city.person(role, MINE))
    assert client.get(address(name, objects)).status_code == (200 if SEES[name](role) else 404)
    client.force_login(city.person(role, OTHER))
    assert client.get(address(name, objects)).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_another_countys_objects_answer_404_to_every_verb(
    client: Client, objects: Objects, city: City, role: str
) -> None:
    client.force_login(city.person(role, OTHER))
    for name in (*OF_SITE, *OF_FINDING, *OF_CASE):
        answers = {
            client.get(address(name, objects)).status_code,
            client.post(address(name, objects), {"note": "x"}).status_code,
        }
        assert answers <= {404, 405}, f"{role} {name}: {answers}"
    objects.case.refresh_from_db()
    objects.finding.refresh_from_db()
    assert (objects.case.state, objects.finding.status) == ("dispatched", "new")


@pytest.mark.parametrize("role", ROLES)
def test_lists_hold_only_the_own_county(client: Client, objects: Objects, city: City, role: str) -> None:
    client.force_login(city.person(role, OTHER))
    for name in ("cases", "findings", "sites", "search", "map_data", "centre"):
        asked: dict[str, Any] = {"tab": "all", "q": "测试"}
        if name == "findings":
            asked["tab"] = "new"
        text = client.get(reverse(name), asked).content.decode()
        assert objects.case.number not in text, name
        assert "测试站" not in text, name
        assert "测试厂" not in text, name


def test_only_duty_officer_and_admin_move_the_replay(client: Client, objects: Objects, city: City) -> None:
    from bihuan import clock

    clock.set_replay(NOW, 0)
    for role in ROLES:
        client.force_login(city.person(role, "140300"))
        status = client.post(reverse("replay"), {"speed": "60"}).status_code
        assert status == (302 if role in ("dispatcher", "admin") else 400), role
