"""What was not accepted is seen at the case, whole, by who wrote it and by the office; and nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.kit.phone.models import Item, ItemFile
from tests.cases.world import World, photo
from tests.kit.phone.device import Device, named

RED = photo("red")
HEAD = "手机提交未被接受"


@pytest.fixture
def refused(world: World, device: Device) -> Case:
    """A case to which a handler's phone sent words and a photo too late."""
    case = world.case(State.RECTIFYING)
    item = device.step(case, "progress", named(RED), note="清理了 <一半>")
    world.wait(days=40)
    world.go(case, "urge")
    device.photo(RED)
    assert device.settled(item)["state"] == "conflict"
    return case


def page(world: World, case: Case, role: str, region: str) -> tuple[str, Client]:
    client = Client()
    client.force_login(world.person(role, region))
    return client.get(reverse("case", args=[case.number])).content.decode(), client


@pytest.mark.parametrize("role", ["handler", "dispatcher", "chief"])
def test_who_wrote_it_and_the_office_see_words_reason_and_photo(
    world: World, refused: Case, role: str
) -> None:
    text, client = page(world, refused, role, "140321")
    assert HEAD in text
    assert "清理了 &lt;一半&gt;" in text
    assert "问题已变化" in text
    address = reverse("phone_kept", args=[refused.number, ItemFile.objects.get().pk])
    assert address in text
    assert b"".join(client.get(address)) == RED.content


@pytest.mark.parametrize(("role", "region"), [("verifier", "140321"), ("enterprise", "140321")])
def test_others_who_see_the_case_do_not_see_it(world: World, refused: Case, role: str, region: str) -> None:
    text, client = page(world, refused, role, region)
    assert refused.number in text
    assert HEAD not in text
    address = reverse("phone_kept", args=[refused.number, ItemFile.objects.get().pk])
    assert client.get(address).status_code == 404


def test_what_was_sent_again_is_marked_and_stays(world: World, device: Device, refused: Case) -> None:
    assert "已再提交" not in page(world, refused, "dispatcher", "140321")[0]
    refused.refresh_from_db()
    first = Item.objects.get()
    device.settled(device.step(refused, "progress", seq=2, note="清理了全部") | {"replaces": first.pk})
    text, _client = page(world, refused, "dispatcher", "140321")
    assert text.count("已再提交") == 1
    assert "清理了 &lt;一半&gt;" in text


def test_the_chain_says_which_step_came_from_a_phone_and_when_it_was_written(
    world: World, device: Device
) -> None:
    case = world.case(State.DISPATCHED)
    assert "手机填写于" not in page(world, case, "handler", "140321")[0]
    device.settled(device.step(case, "sign"))
    assert "手机填写于 01-12 13:30" in page(world, case, "handler", "140321")[0]
