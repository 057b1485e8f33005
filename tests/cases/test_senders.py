"""What each channel really sends, and what it takes for a refusal: asserted by content against servers on this machine."""

import base64
import hashlib
import hmac
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from bihuan.cases import senders
from bihuan.cases.channels import KINDS
from bihuan.cases.errors import NobodyThere, NotSent
from bihuan.cases.senders import Message, send
from tests.cases.fakes import Http, Mails, http_fake, mail_fake, text_of

TEXT = Message("", "闭环平台提醒", "阳环交〔2019〕0001 交办（平定县）")


@pytest.fixture
def robot() -> Iterator[Http]:
    with http_fake() as fake:
        yield fake


@pytest.fixture
def mails() -> Iterator[Mails]:
    with mail_fake() as fake:
        yield fake


def given(kind: str, **set_up: str) -> dict[str, str]:
    """The fields of a channel as they are kept."""
    return {f.key: f.usual for f in KINDS[kind].fields} | set_up


def robots(fake: Http) -> dict[str, dict[str, str]]:
    return {
        "wecom": given("wecom", key="wecom-key-1", url=f"{fake.url}/cgi-bin/webhook/send"),
        "wecom_app": given(
            "wecom_app", corpid="corp1", agentid="1000002", secret="app-secret-1", url=fake.url
        ),
        "dingtalk": given("dingtalk", token="a1b2c3d4", secret="sec123456", url=f"{fake.url}/robot/send"),
        "feishu": given("feishu", token="feishu-token-1", url=f"{fake.url}/open-apis/bot/v2/hook"),
        "sms": given("sms", url=f"{fake.url}/sms", extra="appkey=k1&sign=环保"),
    }


def test_every_kind_has_a_sender() -> None:
    assert set(senders.MAKERS) == set(KINDS)


def test_a_mail_says_it_in_subject_and_text_to_the_one_address(mails: Mails) -> None:
    set_up = given(
        "mail", host="127.0.0.1", port=str(mails.port), security="insecure", sender="bihuan@example.cn"
    )
    send("mail", set_up, Message("li@example.cn", TEXT.title, TEXT.body))
    [mail] = mails.came
    assert mails.to == ["li@example.cn"]
    assert mail["Subject"] == "闭环平台提醒"
    assert "bihuan@example.cn" in str(mail["From"])
    assert TEXT.body in text_of(mail)


def test_wecom_gets_a_text_under_its_key(robot: Http) -> None:
    send("wecom", robots(robot)["wecom"], TEXT)
    [came] = robot.came
    assert (came.path, came.query) == ("/cgi-bin/webhook/send", {"key": "wecom-key-1"})
    assert came.body == {"msgtype": "text", "text": {"content": f"{TEXT.title}\r\n{TEXT.body}"}}


TOKEN = (200, {"errcode": 0, "errmsg": "ok", "access_token": "token-1", "expires_in": 7200})
TAKEN = (200, {"errcode": 0, "errmsg": "ok", "msgid": "m1"})
TO_ZHANG = Message("zhangsan", TEXT.title, TEXT.body)


@pytest.fixture
def no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing kept of another test's application."""
    monkeypatch.setattr(senders.WeComApp, "tokens", {})


def paths(fake: Http) -> list[str]:
    return [came.path.rsplit("/", 1)[1] for came in fake.came]


def test_an_application_of_wecom_writes_to_one_person_with_a_token_that_it_keeps(
    robot: Http, no_tokens: None
) -> None:
    robot.answers = [TOKEN, TAKEN]
    for _ in range(2):
        send("wecom_app", robots(robot)["wecom_app"], TO_ZHANG)
    asked, first, second = robot.came
    # Asked once for both, as WeCom's documents 91039 (gettoken) and 90236 (message/send) have it.
    assert (asked.path, asked.query) == (
        "/cgi-bin/gettoken",
        {"corpid": "corp1", "corpsecret": "app-secret-1"},
    )
    assert (first.path, first.query) == ("/cgi-bin/message/send", {"access_token": "token-1"})
    assert first.body == second.body
    assert first.body == {
        "touser": "zhangsan",
        "msgtype": "text",
        "agentid": 1000002,
        "text": {"content": f"{TEXT.title}\r\n{TEXT.body}"},
    }


def test_a_token_is_asked_for_anew_when_its_time_is_over(
    robot: Http, no_tokens: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(senders.time, "monotonic", lambda: now)
    robot.answers = [TOKEN, TAKEN]
    send("wecom_app", robots(robot)["wecom_app"], TO_ZHANG)
    now = 8199.0
    send("wecom_app", robots(robot)["wecom_app"], TO_ZHANG)
    now = 8200.0
    robot.answers = [TOKEN, TAKEN]
    send("wecom_app", robots(robot)["wecom_app"], TO_ZHANG)
    assert paths(robot) == ["gettoken", "send", "send", "gettoken", "send"]


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_that_wecom_does_not_know_any_more_is_asked_for_once_more(
    robot: Http, no_tokens: None, code: int
) -> None:
    stale, fresh = (
        (200, {"errcode": code, "errmsg": "invalid access_token"}),
        (200, TOKEN[1] | {"access_token": "token-2"}),
    )
    robot.answers = [TOKEN, stale, fresh, TAKEN]
    send("wecom_app", robots(robot)["wecom_app"], TO_ZHANG)
    assert paths(robot) == ["gettoken", "send", "gettoken", "send"]
    assert robot.came[-1].query == {"access_token": "token-2"}
    # Once: who keeps refusing is not asked for ever.
    robot.answers = [stale, fresh, stale]
    with pytest.raises(NotSent, match=f"errcode={code}"):
        send("wecom_app", robots(robot)["wecom_app"], TO_ZHANG)
    assert paths(robot)[4:] == ["send", "gettoken", "send"]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([(200, {"errcode": 40001, "errmsg": "invalid credential"})], "errcode=40001 invalid credential"),
        ([(0, "")], "连不上对方"),
        ([TOKEN, (200, {"errcode": 81013, "errmsg": "user & party & tag all invalid"})], "errcode=81013"),
        ([TOKEN, (200, TAKEN[1] | {"invaliduser": "zhangsan"})], "没有这个成员"),
        ([TOKEN, (200, "<html>login</html>")], "读不懂"),
        ([TOKEN, (0, "")], "连不上对方"),
    ],
)  # fmt: skip
def test_what_an_application_did_not_deliver_is_no_success_and_its_secrets_stay(
    robot: Http, no_tokens: None, answers: list[tuple[int, Any]], why: str
) -> None:
    robot.answers = answers
    with pytest.raises(NotSent, match=why) as refused:
        send("wecom_app", robots(robot)["wecom_app"], TO_ZHANG)
    assert not [secret for secret in ("app-secret-1", "token-1") if secret in str(refused.value)]


def test_dingtalk_gets_a_text_signed_as_its_documents_say(robot: Http) -> None:
    send("dingtalk", robots(robot)["dingtalk"], TEXT)
    [came] = robot.came
    # Sign: base64(HmacSHA256(secret, timestamp + "\n" + secret)), as open.dingtalk.com has it for custom robots.
    signed = f"{came.query['timestamp']}\nsec123456".encode()
    digest = hmac.new(b"sec123456", signed, hashlib.sha256).digest()
    assert came.query["sign"] == base64.b64encode(digest).decode()
    assert came.query["access_token"] == "a1b2c3d4"
    assert came.body == {"msgtype": "text", "text": {"content": f"{TEXT.title}\n{TEXT.body}"}}


def test_feishu_gets_a_text(robot: Http) -> None:
    robot.answers = [(200, {"code": 0, "msg": "success", "data": {}})]
    send("feishu", robots(robot)["feishu"], TEXT)
    [came] = robot.came
    assert came.path == "/open-apis/bot/v2/hook/feishu-token-1"
    assert came.body == {"msg_type": "text", "content": {"text": f"{TEXT.title}\r\n{TEXT.body}"}}


@pytest.mark.parametrize("form", ["json", "form"])
def test_a_gateway_gets_number_text_and_what_is_fixed(robot: Http, form: str) -> None:
    robot.answers = [(200, {"code": 0})]
    send("sms", robots(robot)["sms"] | {"format": form}, Message("13800000000", TEXT.title, TEXT.body))
    [came] = robot.came
    assert came.body == {
        "appkey": "k1",
        "sign": "环保",
        "mobile": "13800000000",
        "content": f"{TEXT.title}\r\n{TEXT.body}",
    }


@pytest.mark.parametrize(
    ("kind", "answer", "why"),
    [
        ("wecom", (200, {"errcode": 93000, "errmsg": "invalid webhook url"}), "errcode=93000 invalid webhook url"),
        ("wecom", (200, {"errcode": 45009, "errmsg": "api freq out of limit"}), "errcode=45009"),
        ("wecom", (200, "<html>login</html>"), "读不懂"),
        ("wecom", (429, "slow down"), "HTTP 429"),
        ("dingtalk", (200, {"errcode": 310000, "errmsg": "sign not match"}), "errcode=310000 sign not match"),
        ("dingtalk", (302, ""), "HTTP 302"),
        ("dingtalk", (0, ""), "连不上对方"),
        ("feishu", (200, {"code": 9499, "msg": "Bad Request", "data": {}}), "code=9499"),
        ("feishu", (429, ""), "429"),
        ("sms", (200, {"code": 160040, "msg": "余额不足"}), "网关没有受理"),
        ("sms", (500, ""), "HTTP 500"),
        ("sms", (404, ""), "HTTP 404"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_also_with_http_200(
    robot: Http, kind: str, answer: tuple[int, Any], why: str
) -> None:
    robot.answers = [answer]
    set_up = robots(robot)[kind]
    with pytest.raises(NotSent, match=why) as refused:
        send(kind, set_up, Message("13800000000", TEXT.title, TEXT.body))
    assert not isinstance(refused.value, NobodyThere)
    secrets = [set_up[f.key] for f in KINDS[kind].fields if f.secret and set_up[f.key]]
    assert not [secret for secret in secrets if secret in str(refused.value)]


def test_a_server_that_does_not_answer_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        set_up = given("wecom", key="k", url=f"http://127.0.0.1:{silent.getsockname()[1]}/x")
        with pytest.raises(NotSent, match="没有回答"):
            send("wecom", set_up, TEXT)


def test_a_mail_server_that_refuses_or_is_not_there_is_no_success(mails: Mails) -> None:
    set_up = given(
        "mail", host="127.0.0.1", port=str(mails.port), security="insecure", sender="bihuan@example.cn"
    )
    mails.refuses = "550 no such user"
    with pytest.raises(NotSent):
        send("mail", set_up, Message("li@example.cn", TEXT.title, TEXT.body))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent):
        send("mail", set_up | {"port": str(port)}, Message("li@example.cn", TEXT.title, TEXT.body))
    assert mails.came == []
