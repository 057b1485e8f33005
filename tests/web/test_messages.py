"""Channels, the delivery log and a person's own addresses on the pages; secrets and addresses that are never shown."""

import json
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bihuan.cases import channels, senders
from bihuan.cases.delivering import deliver
from bihuan.cases.errors import IllegalMove
from bihuan.cases.escalation import go_on
from bihuan.cases.message_models import Address, Delivery, OwnQuiet
from bihuan.cases.transitions import State
from bihuan.registry.models import AuditEntry
from bihuan.web.message_rows import channel_troubles, masked
from tests.cases.conftest import world as world  # the fixture
from tests.cases.fakes import Http, http_fake
from tests.cases.world import World
from tests.people import CITY_CODE

SECRET = "s3cr3t-token-1"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def admin(client: Client, world: World) -> Client:
    client.force_login(world.person("admin", CITY_CODE))
    return client


@pytest.fixture
def gateway(world: World) -> Iterator[Http]:
    with http_fake() as fake:
        fake.answers = [(200, {"code": 0})]
        about = {
            "name": "短信",
            "enabled": "on",
            "url": f"{fake.url}/sms",
            "format": "json",
            "to_field": "to",
            "text_field": "text",
            "accepted": '"code":0',
        }
        channels.save(world.person("admin", CITY_CODE), "", about, "sms")
        yield fake


def set_up(client: Client, kind: str, **about: str) -> str:
    return text(client.post(reverse("channel", args=[f"new-{kind}"]), about, follow=True))


def test_a_channel_is_set_up_and_its_secret_is_kept_and_never_shown(admin: Client, data_dir: Path) -> None:
    page = set_up(admin, "dingtalk", name="调度群", token=SECRET, secret="sign-me-123", enabled="on")
    assert "已保存" in page
    assert "调度群" in page
    [channel] = channels.every_channel()
    assert (channel.given["token"], channel.enabled, channel.organisation) == (SECRET, True, 0)
    kept = data_dir / "channels.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    shown = text(admin.get(reverse("channel", args=[channel.key]))) + text(admin.get(reverse("channels")))
    logged = json.dumps([[e.action, e.target, e.detail] for e in AuditEntry.objects.all()])
    for secret in (SECRET, "sign-me-123"):
        assert secret not in page + shown + logged + repr(channel)
    # Saved again without typing the secret anew, it stays; the name changes.
    admin.post(reverse("channel", args=[channel.key]), {"name": "值班群"})
    [again] = channels.every_channel()
    assert (again.name, again.given["token"], again.enabled) == ("值班群", SECRET, False)
    admin.post(reverse("channel_change", args=[channel.key, "remove"]))
    assert channels.every_channel() == []


def test_a_refused_channel_comes_back_without_its_secret_and_is_kept_nowhere(admin: Client) -> None:
    page = set_up(
        admin,
        "mail",
        name="邮件",
        host="mail.example.cn",
        port="abc",
        security="ssl",
        sender="a@example.cn",
        password=SECRET,
    )
    assert "端口应是数字" in page
    assert 'value="mail.example.cn"' in page
    assert SECRET not in page
    assert SECRET not in str(dict(admin.session))
    assert channels.every_channel() == []
    assert "请填写“发件地址”" in set_up(admin, "mail", name="邮件", host="h", port="25", security="ssl")
    assert "“加密”的内容不能用" in set_up(
        admin, "mail", name="x", host="h", port="25", security="rot13", sender="a@b.cn"
    )


def test_a_test_message_goes_out_and_its_result_stands_in_the_log(
    admin: Client, gateway: Http, world: World
) -> None:
    [channel] = channels.every_channel()
    answer = admin.post(
        reverse("channel_change", args=[channel.key, "test"]), {"address": "13800001234"}, follow=True
    )
    assert "结果见送达记录" in text(answer)
    deliver(world.at)
    [came] = gateway.came
    assert came.body["to"] == "13800001234"
    assert "这是闭环平台的测试消息（短信）" in came.body["text"]
    page = text(admin.get(reverse("messages")))
    assert "138****1234" in page
    assert "13800001234" not in page
    assert "已送达" in page


def test_the_log_tells_failures_and_is_narrowed_by_them(admin: Client, gateway: Http, world: World) -> None:
    gateway.answers = [(200, {"code": 7, "msg": "余额不足"})]
    [channel] = channels.every_channel()
    admin.post(reverse("channel_change", args=[channel.key, "test"]), {"address": "13800001234"})
    for minutes in (0, 1, 5, 15, 60):
        world.wait(minutes=minutes)
        deliver(world.at)
    world.case(State.DISPATCHED)
    failed = text(admin.get(reverse("messages") + "?status=failed"))
    assert "网关没有受理" in failed
    assert "站内</td>" not in failed
    [trouble] = channel_troubles(world.at)
    assert (trouble.name, trouble.count) == ("短信", 1)
    assert "渠道“短信”自" in text(admin.get(reverse("system")))
    rows = (
        admin.get(reverse("messages") + "?status=failed&format=csv").content.decode("utf-8-sig").splitlines()
    )
    assert len(rows) >= 2
    assert "13800001234" not in "".join(rows)


def test_an_address_counts_once_its_code_was_typed_in(client: Client, gateway: Http, world: World) -> None:
    handler = world.person("handler")
    client.force_login(handler)
    client.post(reverse("contact", args=["phone", "ask"]), {"value": "13800001234"})
    assert channels.reachable({handler.pk})[handler.pk].addresses == {}
    deliver(world.at)
    code = re.search(r"验证码 (\d{6})", gateway.came[0].body["text"])
    assert code is not None
    assert "验证码 " not in str(list(Delivery.objects.values()))
    wrong = f"{(int(code[1]) + 1) % 10**6:06d}"
    assert "验证码不对" in text(
        client.post(reverse("contact", args=["phone", "confirm"]), {"code": wrong}, follow=True)
    )
    page = text(client.post(reverse("contact", args=["phone", "confirm"]), {"code": code[1]}, follow=True))
    assert "已确认" in page
    assert channels.reachable({handler.pk})[handler.pk].addresses == {"phone": "13800001234"}
    client.post(reverse("contact", args=["phone", "forget"]))
    assert not Address.objects.exists()


def test_a_code_is_not_guessed_and_holds_half_an_hour(client: Client, gateway: Http, world: World) -> None:
    client.force_login(world.person("handler"))
    ask, confirm = reverse("contact", args=["phone", "ask"]), reverse("contact", args=["phone", "confirm"])
    client.post(ask, {"value": "13800001234"})
    assert "请一分钟后再试" in text(client.post(ask, {"value": "13800001234"}, follow=True))
    deliver(world.at)
    code = gateway.came[0].body["text"].split("验证码 ")[1][:6]
    for _ in range(5):
        client.post(confirm, {"code": "x"})
    assert "已失效" in text(client.post(confirm, {"code": code}, follow=True))
    Address.objects.update(wrong=0, code_at=timezone.now() - timedelta(minutes=31))
    assert "已失效" in text(client.post(confirm, {"code": code}, follow=True))
    Address.objects.update(code_at=timezone.now())
    assert "已确认" in text(client.post(confirm, {"code": code}, follow=True))


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("phone", "1380000", "不是可用的地址"),
        ("phone", "13800001234\nBcc: x", "不是可用的地址"),
        ("mail", "a@b.cn", "还没有设置可以发到这里的渠道"),
        ("mail", "a@b.cn,c@d.cn", "不是可用的地址"),
        ("wecom", "@all", "不是可用的地址"),
        ("wecom", "li|wang", "不是可用的地址"),
        ("pigeon", "x", "不是可用的地址"),
    ],
)
def test_no_code_goes_to_what_is_no_address(
    client: Client, gateway: Http, world: World, kind: str, value: str, said: str
) -> None:
    client.force_login(world.person("handler"))
    assert said in text(client.post(reverse("contact", args=[kind, "ask"]), {"value": value}, follow=True))
    assert not Delivery.objects.filter(purpose="code").exists()


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        ({"which": "none"}, "none"),
        ({"which": "own", "hours": "21:00-6:00"}, None),
        ({"which": "own", "hours": "21:00-06:00"}, "21:00-06:00"),
        ({"which": "city"}, None),
    ],
)
def test_a_person_sets_own_quiet_hours(
    client: Client, world: World, posted: dict[str, str], kept: str | None
) -> None:
    client.force_login(world.person("handler"))
    client.post(reverse("own_quiet"), posted)
    assert list(OwnQuiet.objects.values_list("hours", flat=True)) == ([kept] if kept else [])


def test_how_people_are_reached_is_set_on_the_page_of_reminders(client: Client, world: World) -> None:
    client.force_login(world.person("chief", CITY_CODE))
    url, form = (
        reverse("reminders_change", args=["set-reach"]),
        {
            "quiet": "21:00-08:00",
            "urgent_serious": "on",
            "awake_dispatcher": "on",
            "hours": "4",
            "urgent_hours": "1",
        },
    )
    assert "请写明理由" in text(client.post(url, form, follow=True))
    assert "写成 22:00-07:00 的样子" in text(
        client.post(url, form | {"quiet": "晚上", "reason": "冬季"}, follow=True)
    )
    assert "应在 1 至 72 小时之间" in text(
        client.post(url, form | {"hours": "73", "reason": "冬季"}, follow=True)
    )
    page = text(client.post(url, form | {"reason": "冬季"}, follow=True))
    assert "已记录" in page
    assert 'value="21:00-08:00"' in page
    assert 'name="awake_dispatcher" checked' in page
    back = reverse("reminders_change", args=["undo-reach"])
    assert 'value="22:00-07:00"' in text(client.post(back, {"reason": "春季"}, follow=True))


@pytest.mark.parametrize(
    "damage", ["{", "[]", '{"channels": {"x": {"kind": "pigeon", "name": "x", "enabled": true}}}']
)
def test_a_damaged_list_of_channels_stops_no_step_and_the_system_page_says_so(
    admin: Client, world: World, data_dir: Path, damage: str
) -> None:
    (data_dir / "channels.json").write_text(damage)
    case = world.case(State.DISPATCHED)
    assert world.person("handler").notifications.filter(case=case).exists()
    assert "channels.json 读不出" in text(admin.get(reverse("system")))
    assert admin.get(reverse("me")).status_code == 200


def test_addresses_are_known_to_their_owner_only() -> None:
    assert [masked(a) for a in ("li@example.cn", "13800001234", "zhangsan", "li", "")] == [
        "l***@example.cn", "138****1234", "z***", "l***", "",
    ]  # fmt: skip


def test_an_account_of_wecom_is_confirmed_by_a_code_and_then_gets_the_reminders(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders.WeComApp, "tokens", {})
    token = {"errcode": 0, "access_token": "token-1", "expires_in": 7200}
    handler = world.person("handler")
    with http_fake() as fake:
        fake.answers = [(200, token), (200, {"errcode": 0, "errmsg": "ok"})]
        about = {
            "name": "企业微信",
            "enabled": "on",
            "corpid": "c",
            "agentid": "1",
            "secret": "s3cr3t",
            "url": fake.url,
        }
        channels.save(world.person("admin", CITY_CODE), "", about, "wecom_app")
        client.force_login(handler)
        client.post(reverse("contact", args=["wecom", "ask"]), {"value": "li.si"})
        deliver(world.at)
        sent = fake.came[-1].body
        assert sent["touser"] == "li.si"
        client.post(
            reverse("contact", args=["wecom", "confirm"]),
            {"code": sent["text"]["content"].split("验证码 ")[1][:6]},
        )
        assert "li.si" in text(client.get(reverse("me")))
        case = world.case(State.DISPATCHED, level="major")
        go_on(world.at)
        deliver(world.at)
    assert fake.came[-1].body["touser"] == "li.si"
    assert case.number in fake.came[-1].body["text"]["content"]
    assert Delivery.objects.get(kind="wecom_app", case=case).state == "sent"


def test_a_test_message_goes_to_an_address_and_never_to_everybody(admin: Client, world: World) -> None:
    about = {"name": "企业微信", "corpid": "c", "agentid": "1", "secret": "s3cr3t", "enabled": "on"}
    key = channels.save(world.person("admin", CITY_CODE), "", about, "wecom_app")
    for typed in ("@all", ""):
        answer = admin.post(reverse("channel_change", args=[key, "test"]), {"address": typed}, follow=True)
        assert "不是可用的地址" in text(answer)
    assert not Delivery.objects.filter(purpose="test").exists()
    with pytest.raises(IllegalMove, match="AgentId"):
        channels.save(world.person("admin", CITY_CODE), "", about | {"agentid": "ww1"}, "wecom_app")
