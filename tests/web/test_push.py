"""Web push on the pages: a browser subscribes and leaves again, only as its person, and the channel tells no secret."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases import browsers, channels
from bihuan.cases.delivering import deliver
from bihuan.cases.message_models import Browser, Delivery
from bihuan.registry.models import AuditEntry
from bihuan.web.message_rows import channel_troubles
from tests.cases.conftest import world as world  # the fixture
from tests.cases.push_fake import FakeBrowser, Push, push_fake
from tests.cases.world import World
from tests.people import CITY_CODE


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def service(world: World) -> Iterator[Push]:
    with push_fake() as fake:
        about = {"name": "推送", "enabled": "on", "subject": "it@example.cn", "hosts": fake.host}
        channels.save(world.person("admin", CITY_CODE), "", about, "push")
        yield fake


@pytest.fixture
def handler(client: Client, world: World) -> Client:
    client.force_login(world.person("handler"))
    return client


def test_a_browser_subscribes_is_known_to_its_person_and_leaves(
    handler: Client, service: Push, world: World
) -> None:
    mine, address = FakeBrowser(service, "/p/1"), reverse("phone_push")
    assert handler.get(address).json() == {"key": browsers.public_key(), "mine": []}
    answer = handler.post(address, mine.given, headers={"User-Agent": "Chrome Android"})
    assert answer.json()["mine"] == [hashlib.sha256(mine.endpoint.encode()).hexdigest()]
    assert [(b.person, b.name) for b in Browser.objects.all()] == [
        (world.person("handler"), "Chrome · Android")
    ]
    page = text(handler.get(reverse("me")))
    assert "Chrome · Android" in page
    assert mine.endpoint not in page
    assert handler.post(address, {"off": "1", "endpoint": mine.endpoint}).json()["mine"] == []
    assert not Browser.objects.exists()
    deeds = AuditEntry.objects.filter(action__startswith="contact.browser").values_list("action", "target")
    assert sorted(deeds) == [
        ("contact.browser_added", world.person("handler").username), ("contact.browser_removed", world.person("handler").username),
    ]  # fmt: skip


def test_a_browser_is_removed_on_the_page_of_the_account_by_its_person_alone(
    handler: Client, service: Push, world: World
) -> None:
    agent = {"User-Agent": "Firefox Windows"}
    handler.post(reverse("phone_push"), FakeBrowser(service, "/p/1").given, headers=agent)
    row = Browser.objects.get()
    other = Client()
    other.force_login(world.person("chief"))
    other.post(reverse("browser_forget", args=[row.pk]))
    other.post(reverse("phone_push"), {"off": "1", "endpoint": row.endpoint})
    assert Browser.objects.exists()
    assert row.name not in text(other.get(reverse("me")))
    handler.post(reverse("browser_forget", args=[row.pk]))
    assert not Browser.objects.exists()


def test_a_stranger_and_a_form_of_another_site_change_nothing(service: Push, world: World) -> None:
    given, address = FakeBrowser(service, "/p/1").given, reverse("phone_push")
    assert Client().post(address, given).status_code == 401
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(world.person("handler"))
    assert forged.post(address, given).status_code == 403
    assert not Browser.objects.exists()


def test_why_a_browser_is_not_taken_is_told(handler: Client, service: Push) -> None:
    given = FakeBrowser(service, "/p/1").given
    answer = handler.post(reverse("phone_push"), given | {"endpoint": "https://10.0.0.1/internal"})
    assert answer.status_code == 422
    assert "名单" in answer.json()["why"]
    assert "密钥" in handler.post(reverse("phone_push"), given | {"auth": "?"}).json()["why"]
    assert not Browser.objects.exists()


def test_without_a_channel_there_is_no_key_and_nothing_to_subscribe_to(handler: Client) -> None:
    assert handler.get(reverse("phone_push")).json() == {"key": "", "mine": []}
    answer = handler.post(reverse("phone_push"), {"endpoint": "https://fcm.googleapis.com/x"})
    assert "还没有设置浏览器推送" in answer.json()["why"]


def test_the_key_is_made_not_typed_and_never_shown(client: Client, world: World) -> None:
    client.force_login(world.person("admin", CITY_CODE))
    assert 'name="private_key"' not in text(client.get(reverse("channel", args=["new-push"])))
    given = {"name": "推送", "enabled": "on", "subject": "it@example.cn", "private_key": "typed"}
    page = text(client.post(reverse("channel", args=["new-push"]), given, follow=True))
    [channel] = channels.every_channel()
    key = channel.given["private_key"]
    assert len(key) == 43  # 32 bytes in base64url
    page += text(client.get(reverse("channel", args=[channel.key])))
    assert key not in page + str(list(AuditEntry.objects.values("detail"))) + repr(channel)


def test_a_test_message_comes_to_the_administrators_own_browser(
    client: Client, service: Push, world: World
) -> None:
    client.force_login(world.person("admin", CITY_CODE))
    [channel] = channels.every_channel()
    test = reverse("channel_change", args=[channel.key, "test"])
    assert "请先在“我的”页面打开" in text(client.post(test, follow=True))
    mine = FakeBrowser(service, "/p/1")
    client.post(reverse("phone_push"), mine.given)
    client.post(test)
    deliver(world.at)
    assert mine.shown() == [{"title": "闭环平台提醒", "body": "这是闭环平台的测试消息（推送）。", "case": ""}]
    log = text(client.get(reverse("messages")))
    assert "1 个浏览器中 1 个已推送" in log
    assert "browsers/" not in log


def test_a_browser_that_is_gone_is_no_trouble_of_the_channel(
    client: Client, service: Push, world: World
) -> None:
    client.force_login(world.person("admin", CITY_CODE))
    client.post(reverse("phone_push"), FakeBrowser(service, "/p/1").given)
    [channel] = channels.every_channel()
    for status, troubles in ((410, 0), (503, 1)):
        service.status = {"/p/1": status}
        client.post(reverse("phone_push"), FakeBrowser(service, "/p/1").given)
        client.post(reverse("channel_change", args=[channel.key, "test"]))
        deliver(world.at)
        assert len(channel_troubles(world.at)) == troubles
    assert Delivery.objects.filter(result="没有可用的浏览器", state="failed").count() == 1
