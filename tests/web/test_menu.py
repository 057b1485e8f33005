"""The menu: what a post opens and nothing else, in its groups, with the page that is open marked once."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.registry.models import Post
from bihuan.scenarios.resolved import every_register
from bihuan.web.menu import Heading, every_entry, menu_of
from tests.people import CITY_CODE, ROLES, City, person
from tests.web.world import MINE


def pages(headings: list[Heading]) -> list[str]:
    return [line.url for heading in headings for line in heading.lines]


def marked(headings: list[Heading]) -> list[str]:
    return [line.url for heading in headings for line in heading.lines if line.here]


def test_entries_stand_in_the_order_of_their_groups_and_each_leads_somewhere() -> None:
    places = [(e.group.place, e.place) for e in every_entry()]
    assert places == sorted(places)
    addresses = [reverse(e.page, args=e.args) for e in every_entry()]
    assert len(set(addresses)) == len(addresses)


def test_every_register_has_a_line(city: City) -> None:
    shown = pages(menu_of(city.person("ranger", MINE), "/"))
    for kind in every_register():
        assert reverse("register", args=[kind]) in shown


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("region", [CITY_CODE, MINE])
def test_what_is_for_the_whole_city_is_offered_to_its_posts_alone(city: City, role: str, region: str) -> None:
    shown = pages(menu_of(city.person(role, region), "/"))
    whole = {"system": {"dispatcher", "chief", "auditor", "admin"}, "imports": {"dispatcher", "admin"}}
    for page, roles in whole.items():
        assert (reverse(page) in shown) is (role in roles and region == CITY_CODE), page
    assert (reverse("people") in shown) is (role == "admin"), "a county's administrator has its own people"
    assert reverse("cases") in shown


def test_without_a_post_there_is_no_menu(city: City) -> None:
    assert menu_of(person("nobody"), "/") == []
    ended = city.person("chief", CITY_CODE)
    Post.objects.filter(person=ended).update(until="2020-01-01T00:00Z")
    assert menu_of(city.person("chief", CITY_CODE), "/") == []


def test_two_posts_open_what_each_of_them_does(city: City) -> None:
    both = person("both", ("ranger", city.regions[MINE], None), ("auditor", city.regions[CITY_CODE], None))
    shown = pages(menu_of(both, "/"))
    assert reverse("system") in shown
    assert reverse("imports") not in shown


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/", "centre"),
        ("/findings/", "findings"),
        ("/findings/77/", "findings"),
        ("/incidents/5/", "findings"),
        ("/cases/", "cases"),
        ("/cases/figures/", "cases"),
        ("/system/", "system"),
        ("/people/3/", "people"),
    ],
)
def test_the_page_that_is_open_is_marked_once_with_its_group(city: City, path: str, entry: str) -> None:
    headings = menu_of(city.person("admin", CITY_CODE), path)
    assert marked(headings) == [reverse(entry)]
    assert [h.here for h in headings].count(True) == 1


@pytest.mark.parametrize("path", ["/me/", "/search/", "/nowhere/", "/findingsx/"])
def test_a_page_outside_of_the_menu_marks_nothing(city: City, path: str) -> None:
    assert marked(menu_of(city.person("admin", CITY_CODE), path)) == []


def test_one_register_is_marked_and_not_all_of_them(city: City) -> None:
    chief = city.person("chief", CITY_CODE)
    stations = reverse("register", args=["stations"])
    assert marked(menu_of(chief, f"{stations}S1/")) == [stations]
    assert marked(menu_of(chief, "/registers/")) == ["/registers/"]


def test_a_reader_of_english_reads_the_menu_in_english(client: Client, city: City, data_dir: Path) -> None:
    client.force_login(city.person("chief", CITY_CODE))
    client.cookies["django_language"] = "en"
    page = client.get(reverse("cases")).content.decode()
    menu = page.partition("<nav")[2].partition("</nav>")[0]
    assert "Cases" in menu or "cases" in menu
    assert "问题" not in menu
