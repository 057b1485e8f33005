"""Sending one message by one channel, through apprise. Loaded only where something is sent: it takes 20 MB of memory.

Mail and Feishu are apprise's own plugins. Those of WeCom and DingTalk take every answer with HTTP 200 for success, though
both say `errcode` there: their keys, addresses and signatures are apprise's, the exchange is ours. That of WeCom's
applications asks for a token with every message and does not ask again for one that has run out; that of web push lets a
message be kept for a minute at most, reads keys from files and follows where it is led: encryption and token are its own.
apprise knows no gateway of a Chinese SMS provider: that one is a small plugin of ours.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import apprise
import requests
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.vapid import NotifyVapid
from apprise.plugins.wechat import NotifyWeChat
from apprise.plugins.wecombot import NotifyWeComBot
from apprise.utils.pem import ApprisePEMController

from bihuan.cases import push_services, vapid
from bihuan.cases.errors import NobodyThere, NotSent

logging.getLogger(
    "apprise"
).propagate = False  # it names addresses and tokens; what went wrong stands in the delivery log
TIMEOUT = 10.0
"""Seconds that a server may take to answer."""
TAKEN = range(200, 300)
GONE = (404, 410)
"""What a push service answers for a browser that is not subscribed any more (RFC 8030, 7.3)."""
HELD, LETTERS = 24 * 3600, 1000
"""How long a push service keeps a message for a browser that is off [s]; letters of a text: 4096 bytes must be taken, and a
letter of Chinese has three (RFC 8291, 4). Ours."""
STALE = (40014, 42001)
"""`errcode` of WeCom for a token that is not, or no longer, good (its document 90313)."""


@dataclass(frozen=True)
class Message:
    """What goes out. to: an address; empty for a group. keys: of a browser. case: what it is about, where the receiver shows it."""

    to: str
    title: str
    body: str
    keys: tuple[str, str] = ("", "")
    case: str = ""


def send(kind: str, given: Mapping[str, str], message: Message) -> None:
    """Send it. Raises NotSent, NobodyThere."""
    try:
        plugin = MAKERS[kind](given, message)
    except (apprise.exception.AppriseException, TypeError, ValueError) as error:
        raise NotSent("渠道设置不完整或不合格式") from error
    plugin.socket_connect_timeout = plugin.socket_read_timeout = TIMEOUT
    plugin.request_rate_per_sec = 0  # rates are kept by `delivering`
    with apprise.LogCapture(level=logging.DEBUG, fmt="%(levelname)s %(message)s") as said:
        sent = plugin.notify(body=message.body, title=message.title)
        lines = said.getvalue().splitlines()
    if not sent:
        why = _without_secrets(_reason(lines), given)
        raise NobodyThere(why) if isinstance(plugin, Browser) and plugin.status in GONE else NotSent(why)


def _reason(lines: list[str]) -> str:
    """What apprise warned of, and what the library below it said."""
    warned = [line.removeprefix("WARNING ") for line in lines if line.startswith("WARNING ")]
    below = [line.split(": ", 1)[1] for line in lines if "Exception: " in line]
    return "；".join([*warned[-1:], *below[-1:]]) or "没有送出"


def _without_secrets(text: str, given: Mapping[str, str]) -> str:
    for value in given.values():
        if len(value) > 3:
            text = text.replace(value, "***")
    return text[:300]


def _exchange(plugin: NotifyBase, url: str, *, method: str = "POST", **what: Any) -> str | None:
    """The body of an answer with HTTP 200 or the like; else None, with a warning of what came."""
    try:
        answer = requests.request(
            method,
            url,
            timeout=plugin.request_timeout,
            verify=plugin.verify_certificate,
            allow_redirects=False,
            **what,
        )
    except requests.Timeout:
        plugin.logger.warning("对方 %d 秒没有回答", int(TIMEOUT))
        return None
    except requests.RequestException as error:
        plugin.logger.warning("连不上对方（%s）", type(error).__name__)
        return None
    plugin.status = answer.status_code
    if answer.status_code not in TAKEN:
        plugin.logger.warning("对方回答 HTTP %d", answer.status_code)
        return None
    return answer.text


def _told(plugin: NotifyBase, answer: str | None) -> dict[str, Any]:
    """What WeCom or DingTalk answered; `errcode` is in it, None where nothing that can be read came."""
    if answer is None:
        return {"errcode": None}
    try:
        told = json.loads(answer)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("errcode") is None:
        plugin.logger.warning("对方的回答读不懂")
        return {"errcode": None}
    return told


def _taken(plugin: NotifyBase, told: Mapping[str, Any]) -> bool:
    """Did they take it? `errcode` 0, as both document it."""
    if told["errcode"]:
        plugin.logger.warning("对方拒收：errcode=%s %s", told["errcode"], str(told.get("errmsg", ""))[:120])
    return bool(told["errcode"] == 0)


class WeCom(NotifyWeComBot):  # type: ignore[misc]  # apprise has no types
    """A robot of a WeCom group."""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Send a text."""
        payload = {"msgtype": "text", "text": {"content": body}}  # apprise has put the title above
        return _taken(self, _told(self, _exchange(self, self.api_url, json=payload)))


class DingTalk(NotifyDingTalk):  # type: ignore[misc]  # apprise has no types
    """A robot of a DingTalk group, signed where it has a secret."""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Send a text."""
        params = dict(zip(("timestamp", "sign"), self.get_signature(), strict=True)) if self.secret else {}
        if params:  # apprise quotes it for an address that it writes itself
            params["sign"] = self.unquote(params["sign"])
        text = f"{title}\n{body}" if title else body
        payload = {"msgtype": "text", "text": {"content": text}}
        url = self.notify_url.format(token=self.token)
        return _taken(self, _told(self, _exchange(self, url, json=payload, params=params)))


class WeComApp(NotifyWeChat):  # type: ignore[misc]  # apprise has no types
    """An application of WeCom, which writes to one person. A token holds for two hours and is asked for seldom, as WeCom demands."""

    tokens: ClassVar[dict[tuple[str, ...], tuple[str, float]]] = {}
    """The token of each application and until when it holds [s of time.monotonic]."""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Send a text; with a new token where the kept one is not good any more."""
        payload = {
            "touser": self.to,
            "msgtype": "text",
            "agentid": int(self.agentid),
            "text": {"content": body},
        }
        told: dict[str, Any] = {"errcode": None}
        for _try in range(2):
            token = self._token()
            if not token:
                return False
            told = _told(self, _exchange(self, self.notify_url, params={"access_token": token}, json=payload))
            if told["errcode"] not in STALE:
                break
            self.tokens.pop(self._who, None)
        if told["errcode"] == 0 and (told.get("invaliduser") or told.get("unlicenseduser")):
            self.logger.warning("企业微信没有这个成员，或不在应用的可见范围内")
            return False
        return _taken(self, told)

    @property
    def _who(self) -> tuple[str, ...]:
        return self.token_url, self.corpid, self.corpsecret

    def _token(self) -> str:
        """The kept one, or a new one; empty, with a warning, where none is given."""
        token, until = self.tokens.get(self._who, ("", 0.0))
        if token and time.monotonic() < until:
            return token
        asked = {"corpid": self.corpid, "corpsecret": self.corpsecret}
        told = _told(self, _exchange(self, self.token_url, method="GET", params=asked))
        if not _taken(self, told):
            return ""
        token, seconds = str(told.get("access_token", "")), told.get("expires_in")
        self.tokens[self._who] = token, time.monotonic() + (seconds if isinstance(seconds, int) else 0)
        return token


class Key(ApprisePEMController):  # type: ignore[misc]  # apprise has no types
    """The key of a push channel; apprise would read it from a file."""

    def __init__(self, written: str) -> None:
        super().__init__(path="")
        self.kept = vapid.private(written)

    def private_key(self, *_names: str, **_how: Any) -> Any:
        """To sign with."""
        return self.kept

    def public_key(self, *_names: str, **_how: Any) -> Any:
        """To say who signs."""
        return self.kept.public_key()


class Browser(NotifyVapid):  # type: ignore[misc]  # apprise has no types
    """One browser, at its push service (RFC 8030)."""

    title_maxlen = 250
    status = 0
    """What its push service answered, once it did."""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Send a text that the browser alone can read."""
        told = {"title": title, "body": body[:LETTERS], "case": self.about}
        plain = json.dumps(told, ensure_ascii=False).encode()
        p256dh, auth = self.keys
        sealed = self.pem.encrypt_webpush(plain, public_key=vapid.point(p256dh), auth_secret=vapid.read(auth))
        token = self._jwt_token(push_services.origin_of(self.endpoint))
        head = {
            "TTL": str(HELD), "Urgency": "high", "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
            "Authorization": f"vapid t={token}, k={self.public_key}",
        }  # fmt: skip
        return _exchange(self, self.endpoint, data=sealed, headers=head) is not None


class Gateway(NotifyBase):  # type: ignore[misc]  # apprise has no types
    """An SMS gateway that takes a number and a text by HTTP."""

    service_name = "SMS gateway"
    title_maxlen = 0

    def __init__(self, given: Mapping[str, str], message: Message) -> None:
        super().__init__()
        self.given, self.to = given, message.to

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Send a text."""
        fields = {
            **dict(parse_qsl(self.given["extra"])),
            self.given["to_field"]: self.to,
            self.given["text_field"]: body,
        }
        what: dict[str, Any] = {"json": fields} if self.given["format"] == "json" else {"data": fields}
        answer = _exchange(self, self.given["url"], **what)
        if answer is not None and self.given["accepted"] not in "".join(answer.split()):
            self.logger.warning("网关没有受理：%s", answer[:120])
            return False
        return answer is not None


def _mail(given: Mapping[str, str], message: Message) -> NotifyBase:
    return NotifyEmail(
        smtp_host=given["host"], host=given["host"], port=int(given["port"]), secure_mode=given["security"],
        secure=given["security"] != "insecure", user=given["user"] or None, password=given["password"] or None,
        from_addr=given["sender"], targets=[message.to],
    )  # fmt: skip


def _wecom(given: Mapping[str, str], _message: Message) -> NotifyBase:
    plugin = WeCom(key=given["key"])
    plugin.api_url = f"{given['url']}?key={given['key']}" if given["url"] else plugin.api_url
    return plugin


def _dingtalk(given: Mapping[str, str], _message: Message) -> NotifyBase:
    plugin = DingTalk(token=given["token"], secret=given["secret"] or None)
    plugin.notify_url = f"{given['url']}?access_token={{token}}" if given["url"] else plugin.notify_url
    return plugin


def _feishu(given: Mapping[str, str], _message: Message) -> NotifyBase:
    plugin = NotifyFeishu(token=given["token"])
    plugin.notify_url = f"{given['url'].rstrip('/')}/{{token}}" if given["url"] else plugin.notify_url
    return plugin


def _wecom_app(given: Mapping[str, str], message: Message) -> NotifyBase:
    plugin = WeComApp(corpid=given["corpid"], corpsecret=given["secret"], agentid=given["agentid"])
    plugin.to = message.to
    if base := given["url"].rstrip("/"):
        plugin.token_url, plugin.notify_url = f"{base}/cgi-bin/gettoken", f"{base}/cgi-bin/message/send"
    return plugin


def _push(given: Mapping[str, str], message: Message) -> NotifyBase:
    plugin = Browser(given["subject"])
    plugin.pem, plugin.endpoint, plugin.keys = Key(given["private_key"]), message.to, message.keys
    plugin.about = message.case
    return plugin


MAKERS = {
    "push": _push,
    "mail": _mail,
    "wecom_app": _wecom_app,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
    "sms": Gateway,
}
"""By the kinds of `channels.KINDS`."""
