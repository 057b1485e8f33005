"""What belongs to the whole city asks for a post of the whole city: a county's does not do, nor do those of all counties."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.registry.hours import archive
from bihuan.registry.models import AuditEntry, Site
from tests.people import COUNTIES, ROLES, City, person
from tests.web.world import NOW, Objects

WATCHED = {"dispatcher", "chief", "auditor", "admin"}
RUN = {"dispatcher", "admin"}
LATE = "site,time,PM2.5\nX1,2019-01-13T01:00,499\n"
# address, its arguments, whether it is posted to, and the roles of the city that it is for
Asked = tuple[str, dict[str, Any], bool, set[str]]
FOR_THE_CITY: tuple[Asked, ...] = (
    ("system", {}, False, WATCHED),
    ("quarantine", {}, False, WATCHED),
    ("loggers", {}, False, WATCHED),
    ("audit", {}, False, {"chief", "auditor", "admin"}),
    ("imports", {}, False, RUN),
    ("imports", {}, True, RUN),
    ("import_state", {"number": "x"}, False, set()),
    ("quarantine_settle", {"number": 1, "how": "dismiss"}, True, RUN),
    ("quarantine_settle", {"number": 1, "how": "mend"}, True, RUN),
    ("logger", {}, False, set()),
    ("logger_settle", {}, True, set()),
    ("logger_ask", {}, True, set()),
    ("sign_in_unlock", {}, True, RUN),
    ("replay", {}, True, RUN),
)
CASES = [pytest.param(*case, id=f"{case[0]}-{'post' if case[2] else 'get'}") for case in FOR_THE_CITY]


@pytest.fixture
def in_county(objects: Objects, data_dir: Path) -> Objects:
    """A station of a county, and a replay that stands still."""
    clock.set_replay(NOW, 0)
    return objects


def ask(client: Client, name: str, values: dict[str, Any], *, posted: bool) -> Any:
    sent = {"speed": "60", "value": "x", "do": "import", "username": "a", "address": "::1", "reason": "x"}  # fmt: skip
    address = reverse(name, kwargs=values)
    if not posted:
        return client.get(address)
    file = {"file": SimpleUploadedFile("late.csv", LATE.encode())} if name == "imports" else {}
    return client.post(address, sent | file)


def state() -> tuple[Any, ...]:
    """All that these addresses could change."""
    return (
        AuditEntry.objects.count(), clock.replay(), archive().quarantine.count(),
        archive().ambient.history("X1", NOW.replace(month=1, day=1), NOW).height,
    )  # fmt: skip


def counties_of(city: City, role: str) -> list[Any]:
    """Somebody of one county, and somebody who holds the role in every county."""
    unit = city.governments["140321"] if role in ("handler", "enterprise") else None
    everywhere = person(f"all_{role}", *((role, city.regions[code], unit) for code in COUNTIES))
    return [city.person(role, "140321"), everywhere]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("name", "values", "posted", "_for"), CASES)
def test_posts_of_counties_neither_read_nor_change_what_is_the_citys(
    client: Client, in_county: Objects, city: City, role: str, name: str, values: dict[str, Any], posted: bool, _for: set[str]
) -> None:  # fmt: skip
    before = state()
    for someone in counties_of(city, role):
        client.force_login(someone)
        answer = ask(client, name, values, posted=posted)
        assert answer.status_code in (400, 403)
    assert state() == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("name", "values", "posted", "held"), [c for c in CASES if c.values[3]])
def test_the_citys_own_posts_are_let_in_by_their_role(
    client: Client, in_county: Objects, city: City, role: str, name: str, values: dict[str, Any], posted: bool, held: set[str]
) -> None:  # fmt: skip
    client.force_login(city.person(role, "140300"))
    status = ask(client, name, values, posted=posted).status_code
    assert (status in (200, 302)) == (role in held), status


def test_the_dispatcher_of_a_county_cannot_overwrite_an_hour_of_a_station(
    client: Client, in_county: Objects, city: City
) -> None:
    client.force_login(city.person("dispatcher", "140300"))
    assert ask(client, "imports", {}, posted=True).status_code in (200, 302)
    first = archive().ambient.history("X1", NOW.replace(month=1, day=1), NOW)["pm25"].to_list()
    client.force_login(city.person("dispatcher", "140321"))
    again = SimpleUploadedFile("again.csv", LATE.replace("499", "11").encode())
    assert client.post(reverse("imports"), {"do": "import", "file": again}).status_code == 403
    assert (
        archive().ambient.history("X1", NOW.replace(month=1, day=1), NOW)["pm25"].to_list()
        == first
        == [499.0]
    )


def test_the_rights_do_not_depend_on_how_long_a_code_is(
    client: Client, in_county: Objects, city: City
) -> None:
    """An installation of a city at county level (six significant digits): its own posts run it, the prefecture's stations do not."""
    Site.objects.update(city=city.regions["140321"])
    client.force_login(city.person("admin", "140321"))
    assert client.get(reverse("system")).status_code == 200
    client.force_login(city.person("admin", "140322"))
    assert client.get(reverse("system")).status_code == 403
