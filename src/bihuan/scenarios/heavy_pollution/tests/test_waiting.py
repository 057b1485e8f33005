"""A proposal that waits for a second signature stands in the inbox of those who may give it, until somebody answers it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Notification
from bihuan.registry.models import Person
from bihuan.scenarios.heavy_pollution.in_force import Kind
from bihuan.scenarios.heavy_pollution.models import WarningStep
from bihuan.scenarios.heavy_pollution.tests.world import World
from bihuan.scenarios.heavy_pollution.warning_actions import Wish, approve, propose, turn_down, withdraw
from bihuan.scenarios.resolved import waiting_for
from tests.people import ROLES, person


def asked(world: World, by: Person | None = None) -> WarningStep:
    """A proposal of an orange warning."""
    wish = Wish(Kind.START, "orange", reason="会商：静稳将持续")
    return propose(world.city.regions["140300"], by or world.person(), wish)


@pytest.mark.parametrize("region", ["140300", "140321"])
@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_approve_it_has_it_in_the_inbox(world: World, role: str, region: str) -> None:
    asked(world)
    waits = len(waiting_for(world.person(role, region), clock.now()))
    assert waits == ((role, region) == ("chief", "140300"))


def test_nobody_is_asked_to_approve_the_own_proposal(world: World) -> None:
    chief, other = world.person("chief"), person("other-chief", ("chief", world.city.regions["140300"], None))
    asked(world, chief)
    assert waiting_for(chief, clock.now()) == []
    assert len(waiting_for(other, clock.now())) == 1


@pytest.mark.parametrize("answer", ["approve", "turn_down", "withdraw"])
def test_it_is_gone_when_it_is_answered(world: World, answer: str) -> None:
    proposal, chief = asked(world), world.person("chief")
    answers: dict[str, Any] = {
        "approve": lambda: approve(proposal, chief),
        "turn_down": lambda: turn_down(proposal, chief, "再等一轮预报"),
        "withdraw": lambda: withdraw(proposal, world.person()),
    }
    answers[answer]()
    assert waiting_for(world.person("chief"), clock.now()) == []


def test_the_inbox_shows_it_and_the_frame_counts_it_without_a_notice(client: Client, world: World) -> None:
    asked(world)
    client.force_login(world.person("chief"))
    page = client.get(reverse("inbox")).content.decode()
    assert "预警提请，待批准" in page
    assert "会商：静稳将持续" in page
    assert '<span class="tag warn">1</span>' in page
    client.post(reverse("inbox_read"))  # reading does not decide
    assert "预警提请，待批准" in client.get(reverse("inbox")).content.decode()
    assert not Notification.objects.exists()


def test_it_speaks_the_readers_language(client: Client, world: World) -> None:
    asked(world)
    client.force_login(world.person("chief"))
    client.post(reverse("language"), {"language": "en"})
    page = client.get(reverse("inbox")).content.decode()
    assert "Warning proposed, waits for approval" in page
    assert "橙色" not in page
