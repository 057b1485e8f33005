"""Every address of the core and of every scenario, with every way of asking, by everybody: against what is declared.

A new address without a line, or a scenario folder without `addresses` in its tests/world.py, fails here.
"""

import hashlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bihuan import clock
from bihuan.registry.models import Person
from bihuan.scenarios import scenario_names
from bihuan.scenarios.resolved import every_scenario
from tests.people import COUNTIES, City, build_city, person
from tests.rights import core
from tests.rights.address import CAST, NOBODY, SPECIAL, STRANGER, Address

pytestmark = pytest.mark.slow

PLACES = {"city": "140300", "mine": "140321", "other": "140322"}
PARTS = ("", *scenario_names())
REFUSED = (302, 401, 400, 403, 404, 405)
NOTED = {
    "notification",
    "session",
    "accessattempt",
    "accesslog",
    "accessfailurelog",
    "accessattemptexpiration",
}


def addresses_of(part: str, city: City, folder: Path) -> list[Address]:
    """What a part of the pages declares, with its objects made."""
    if not part:
        return core.addresses(city, folder)
    module = import_module(f"bihuan.scenarios.{part}.tests.world")
    found: list[Address] = module.addresses(city, folder)
    return found


def someone(label: str, city: City) -> Person | None:
    """The person behind a label."""
    mine, unit = city.regions["140321"], city.governments["140321"]
    match label:
        case "stranger":
            return None
        case "nobody":
            return person("nobody")
        case "rival":
            return person("rival", ("enterprise", mine, city.governments["140322"]))
        case "colleague":
            return person("colleague", ("handler", mine, unit))
        case "everywhere":
            others = [city.regions[code] for code in COUNTIES if code != "140321"]
            return person("everywhere", *(("chief", region, None) for region in others))
    place, _, role = label.partition(":")
    return city.person(role, PLACES[place])


def clients(city: City) -> Iterator[tuple[str, Client]]:
    """Everybody, signed in."""
    for label in CAST:
        browser, who = Client(), someone(label, city)
        if who is not None:
            browser.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        yield label, browser


def url(part: str, address: Address) -> str:
    spaced = part and address.name not in at_root(part)
    return reverse(f"{part}:{address.name}" if spaced else address.name, kwargs=address.values)


def at_root(part: str) -> set[str]:
    """Names of the pages of a scenario that stand at the root; of all scenarios for the core."""
    every = every_scenario()
    asked = [every[part]] if part else every.values()
    return {page.name or "without a name" for s in asked for page in s.root_pages}


def state(folder: Path) -> str:
    """A digest of the whole database and of the files that are not made anew by reading."""
    seen = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
        if model._meta.model_name not in NOTED:
            seen.update(
                repr((model._meta.label, list(model._default_manager.order_by("pk").values_list()))).encode()
            )
    for name in ("clock.json", "devices.json", "mappings", "archive/quarantine", "files", "guidance"):
        for path in sorted((folder / name).rglob("*")) if (folder / name).is_dir() else [folder / name]:
            seen.update(repr((str(path), path.stat().st_mtime_ns if path.is_file() else None)).encode())
    return seen.hexdigest()


def named(part: str) -> set[str]:
    """Names of all addresses of a part."""

    def walk(patterns: list[Any], space: str) -> Iterator[tuple[str, str | None]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, pattern.namespace or space)
            elif isinstance(pattern, URLPattern):
                yield space, pattern.name

    found = {
        name or "without a name" for space, name in walk(get_resolver().url_patterns, "") if space == part
    }
    return found | at_root(part) if part else found - at_root(part)


@pytest.fixture
def walked(request: pytest.FixtureRequest, db: None, data_dir: Path) -> tuple[str, City, list[Address]]:
    """A part of the pages with its objects; the clock stands still."""
    city = build_city()
    found = addresses_of(request.param, city, data_dir)
    return request.param, city, found


every_part = pytest.mark.parametrize("walked", PARTS, indirect=True, ids=lambda p: p or "core")
Walked = tuple[str, City, list[Address]]


@every_part
def test_every_address_is_declared(walked: Walked) -> None:
    part, _city, addresses = walked
    assert {a.name for a in addresses} == named(part)
    for address in addresses:
        assert STRANGER not in address.reads | address.writes
        assert address.works in ("", *address.writes)


@every_part
def test_what_is_declared_is_opened_and_nothing_else(walked: Walked) -> None:
    part, city, addresses = walked
    wrong = []
    for label, browser in clients(city):
        for address in addresses:
            for method in (browser.get, browser.head) if label in SPECIAL else (browser.get,):
                answer = method(url(part, address))
                wrong += judged(label, address, answer.status_code, answer.get("Location", ""))
                answer.close()
    assert not wrong, "\n".join(wrong)


def judged(label: str, address: Address, status: int, where: str) -> Iterator[str]:
    """What is wrong with the answer to somebody who reads an address."""
    if label == STRANGER:
        to_login = status == 401 or (status == 302 and where.startswith("/login/"))
        right = status in address.there if address.open else to_login
    elif label in address.reads:
        right = status in address.there
    elif label == NOBODY and not address.open:
        right = status in (403, 405)
    else:
        right = status in REFUSED[2:]
    if not right:
        yield f"{label} {address.name}: {status} {where}"


@every_part
def test_nobody_changes_what_is_not_declared(walked: Walked, data_dir: Path) -> None:
    part, city, addresses = walked
    wrong = []
    for label, browser in clients(city):
        refused = [a for a in addresses if label not in a.writes and not a.open]
        before = state(data_dir)
        for address in refused:
            answer = browser.post(url(part, address), address.data)
            allowed = (200, *REFUSED) if label in address.reads else REFUSED
            wrong += (
                [] if answer.status_code in allowed else [f"{label} {address.name}: {answer.status_code}"]
            )
            answer.close()
        if state(data_dir) != before:
            wrong.append(f"{label} changed something by posting to one of {[a.name for a in refused]}")
    assert not wrong, "\n".join(wrong)


@every_part
def test_other_ways_of_asking_are_known_to_no_page(walked: Walked, data_dir: Path) -> None:
    part, city, addresses = walked
    for label, browser in clients(city):
        if label not in SPECIAL:
            continue
        before = state(data_dir)
        for address in addresses:
            for method in (browser.put, browser.patch, browser.delete, browser.options):
                status = method(url(part, address)).status_code
                assert status == 405 or (label == STRANGER and status in REFUSED[:2]), (
                    f"{label} {address.name}"
                )
        assert state(data_dir) == before


@every_part
def test_the_same_posts_take_effect_for_those_they_are_meant_for(walked: Walked, data_dir: Path) -> None:
    part, city, addresses = walked
    shown = dict(clients(city))
    tried = [a for a in addresses if a.works]
    assert tried or all(a.alone for a in addresses if a.writes), (
        "no address of this part shows that its post would take effect"
    )
    still = []
    for address in tried:
        before = state(data_dir)
        shown[address.works].post(url(part, address), address.data)
        still += [address.name] if state(data_dir) == before else []
    assert still == []


def test_the_clock_of_the_walk_stands_still(db: None, data_dir: Path) -> None:
    core.addresses(build_city(), data_dir)
    running = clock.replay()
    assert running is not None
    assert running.speed == 0
