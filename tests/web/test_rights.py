"""Lists, searches and maps hold only what lies in the own county; the replay is the whole city's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.web.map_layers import every_layer
from tests.people import ROLES, City
from tests.web.world import NOW, Objects

OTHER = "140322"


@pytest.mark.parametrize("role", ROLES)
def test_lists_hold_only_the_own_county(client: Client, objects: Objects, city: City, role: str) -> None:
    client.force_login(city.person(role, OTHER))
    for name in ("cases", "findings", "search", "centre"):
        asked: dict[str, Any] = {"tab": "all", "q": "测试"}
        if name == "findings":
            asked["tab"] = "new"
        text = client.get(reverse(name), asked).content.decode()
        assert objects.case.number not in text, name
        assert "测试站" not in text, name
        assert "测试厂" not in text, name


@pytest.mark.parametrize("role", ROLES)
def test_no_layer_of_the_map_shows_another_county(
    client: Client, objects: Objects, city: City, role: str
) -> None:
    mine, other = city.person("dispatcher", "140321"), city.person(role, OTHER)
    shown = {}
    for key in every_layer():
        for person in (mine, other):
            client.force_login(person)
            shown[key, person.pk] = client.get(reverse("map_layer", args=[key])).content.decode()
    for key, name in (("emitters", "测试厂"), ("cases", objects.case.number)):
        assert name in shown[key, mine.pk]
    for key in every_layer():
        for name in ("测试站", "测试厂", objects.case.number):
            assert name not in shown[key, other.pk], key


def test_only_duty_officer_and_admin_move_the_replay(client: Client, objects: Objects, city: City) -> None:
    clock.set_replay(NOW, 0)
    for role in ROLES:
        client.force_login(city.person(role, "140300"))
        status = client.post(reverse("replay"), {"speed": "60"}).status_code
        assert status == (302 if role in ("dispatcher", "admin") else 403), role
