"""What is not published is seen by the desk of its region only: not on the desk's page, its chart, its own page or its file."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.scenarios.forecast_desk import actions
from bihuan.scenarios.forecast_desk.tests.world import World
from tests.people import ROLES, person

REASON = "夜间静稳，上调"
DESK = {"dispatcher", "chief"}
AFTER = ("proposed", "approved", "returned")


def draft(world: World, state: str) -> int:
    """A version that got as far as `state`, with an adjusted span of hours; its number."""
    run = world.run()
    hours = {
        "item_1": "pm25",
        "first_1": f"{world.day()}T20:00",
        "until_1": f"{world.day(1)}T02:00",
        "factor_1": "1.5",
    }
    made = world.propose({f"v_aqi_{world.day()}": "181", **hours}, run=run)
    if state != "proposed":
        actions.act(made, state, world.person("chief"), "不充分")
    return made.pk


def shown(client: Client, made: int) -> dict[str, bool]:
    """Where somebody who is signed in meets the version."""
    desk = client.get(reverse("forecast_desk:index")).content.decode()
    again = client.get(reverse("forecast_desk:index"), {"from": str(made)}).content.decode()
    chart = client.get(reverse("forecast_desk:series"), {"item": "pm25"}).json()
    own = client.get(reverse("forecast_desk:bulletin", args=[made]))
    file = client.get(reverse("forecast_desk:bulletin", args=[made]), {"as": "xlsx"})
    return {
        "reason": REASON in desk + again,
        "value": re.search(r"""[>"\s]181[<"\s]""", desk + again) is not None,
        "chart": any("第 1 版" in s["name"] for p in chart["panels"] for s in p["series"]),
        "page": own.status_code == 200,
        "file": file.status_code == 200,
    }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", AFTER)
def test_a_draft_is_seen_by_the_desk_of_its_region_only(
    client: Client, world: World, role: str, state: str
) -> None:
    made = draft(world, state)
    client.force_login(world.person(role))
    assert set(shown(client, made).values()) == {role in DESK}
    client.force_login(world.person(role, "140321"))
    assert set(shown(client, made).values()) == {False}


def test_who_holds_no_post_meets_nothing_even_of_what_is_published(client: Client, world: World) -> None:
    made = draft(world, "approved")
    actions.act(actions.bulletin_for(world.person(), made), "published", world.person())
    client.force_login(person("nobody"))
    pages = [reverse(f"forecast_desk:{name}") for name in ("index", "series", "guidance")]
    for address in (*pages, reverse("forecast_desk:bulletin", args=[made])):
        answer = client.get(address)
        assert answer.status_code == 403
        assert REASON not in answer.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_once_published_everybody_with_a_post_reads_it(client: Client, world: World, role: str) -> None:
    made = draft(world, "approved")
    actions.act(actions.bulletin_for(world.person(), made), "published", world.person())
    client.force_login(world.person(role, "140321"))
    assert set(shown(client, made).values()) == {True}


def test_a_draft_after_a_published_version_stays_hidden_and_the_published_one_stands(
    client: Client, world: World
) -> None:
    world.publish()
    world.propose({f"v_aqi_{world.day()}": "299"})
    client.force_login(world.person("enterprise", "140321"))
    text = client.get(reverse("forecast_desk:index")).content.decode()
    assert "第 1 版" in text
    assert "299" not in text
    assert "第 2 版" not in text
