"""The page of the rules of reminders: what is set decides the next reminder, what cannot be meant comes back at its field."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.ladders import LADDERS, Reach, Rung
from bihuan.cases.models import Notification
from bihuan.cases.reminder_settings import MOST_RUNGS, read, timing, written
from bihuan.cases.reminders import remind
from bihuan.cases.terms import Unit
from bihuan.cases.transitions import State
from bihuan.web.reminder_forms import ladders_of, values_of
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import World
from tests.people import CITY_CODE

FORM = values_of(LADDERS)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def office(client: Client, world: World) -> Client:
    client.force_login(world.person("dispatcher", CITY_CODE))
    return client


def send(client: Client, action: str, **data: str) -> str:
    return text(client.post(reverse("reminders_change", args=[action]), data, follow=True))


def test_ladders_survive_being_kept_and_being_shown_in_the_form() -> None:
    assert read(written(LADDERS)) == dict(LADDERS)
    assert ladders_of(FORM) == dict(LADDERS)


def test_a_changed_ladder_decides_the_next_reminder_and_can_be_taken_back(
    office: Client, world: World
) -> None:
    changed = FORM | {
        "days_before": "5 2",
        "days_after_0": "2",
        "days_what_0": "请当日说明",
        "reason": "提前两天催",
    }
    assert "已记录" in send(office, "set", **changed)
    assert timing().ladders[Unit.DAYS].before == (5, 2)
    assert timing().ladders[Unit.DAYS].after[0] == Rung(2, Reach.UNIT, "请当日说明")
    case = world.case(State.SIGNED)
    assert case.due is not None
    world.wait(seconds=(case.due - world.at).total_seconds() - 5 * 86_400)
    assert remind(world.at) == 2
    assert set(Notification.objects.filter(step=None).values_list("text", flat=True)) == {f"{case} 还剩 5 天"}
    assert "请写明理由" in send(office, "undo")
    assert "已记录" in send(office, "undo", reason="太早")
    assert timing().ladders == dict(LADDERS)
    page = text(office.get(reverse("reminders")))
    assert "提前两天催" in page
    assert "太早" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"days_before": "4", "reason": ""}, "请写明理由"),
        ({}, "没有改动"),
        ({"days_before": "三 1"}, "“三”不是整数"),
        ({"hours_before": "0"}, "到期前的提醒最多 4 次"),
        ({"at_once_before": "25"}, "各在 1 至 24 之间"),
        ({"days_before": "9 8 7 6 5"}, "到期前的提醒最多 4 次"),
        ({"days_after_1": "1"}, "由近及远"),
        ({"days_after_0": "401"}, "应在 1 至 400 之间"),
        ({"days_reach_0": "everybody"}, "请选择提醒到谁"),
        ({"days_what_0": " "}, "请写明提醒要求做什么"),
        ({f"hours_after_{n}": "" for n in range(MOST_RUNGS)}, "应有 1 至 6 次"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_comes_back_as_typed(
    office: Client, changed: dict[str, str], said: str
) -> None:
    page = send(office, "set", **({**FORM, "reason": "试"} | changed))
    assert said in page
    assert timing().ladders == LADDERS
    for value in changed.values():
        assert not value.strip() or f'value="{value}"' in page or "everybody" in value


def test_who_may_not_set_them_sees_them_closed(client: Client, world: World) -> None:
    client.force_login(world.person("handler"))
    page = text(client.get(reverse("reminders")))
    assert "请承办单位负责人过问" in page
    assert "<fieldset disabled>" in page
    assert client.post(reverse("reminders_change", args=["set"]), FORM | {"reason": "试"}).status_code == 403
    assert timing().ladders == LADDERS
