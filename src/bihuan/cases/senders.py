"""Sending one message by one channel, through apprise. Loaded only where something is sent: it takes 20 MB of memory.

Mail and Feishu are apprise's own plugins. Those of WeCom and DingTalk take every answer with HTTP 200 for success, though
both say `errcode` there: their keys, addresses and signatures are apprise's, the exchange is ours. apprise knows no
gateway of a Chinese SMS provider: that one is a small plugin of ours.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import apprise
import requests
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

logging.getLogger(
    "apprise"
).propagate = False  # it names addresses and tokens; what went wrong stands in the delivery log
TIMEOUT = 10.0
"""Seconds that a server may take to answer."""


class NotSent(Exception):
    """The other side did not take it; the sentence says why and holds no secret."""


@dataclass(frozen=True)
class Message:
    """What goes out. to: an address; empty for a group."""

    to: str
    title: str
    body: str


def send(kind: str, given: Mapping[str, str], message: Message) -> None:
    """Send it. Raises NotSent."""
    try:
        plugin = MAKERS[kind](given, message.to)
    except (apprise.exception.AppriseException, TypeError, ValueError) as error:
        raise NotSent("渠道设置不完整或不合格式") from error
    plugin.socket_connect_timeout = plugin.socket_read_timeout = TIMEOUT
    plugin.request_rate_per_sec = 0  # rates are kept by `delivering`
    with apprise.LogCapture(level=logging.DEBUG, fmt="%(levelname)s %(message)s") as said:
        sent = plugin.notify(body=message.body, title=message.title)
        lines = said.getvalue().splitlines()
    if not sent:
        raise NotSent(_without_secrets(_reason(lines), given))


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


def _exchange(plugin: NotifyBase, url: str, **what: Any) -> str | None:
    """The body of an answer with HTTP 200; else None, with a warning of what came."""
    try:
        answer = requests.post(
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
    if answer.status_code != requests.codes.ok:
        plugin.logger.warning("对方回答 HTTP %d", answer.status_code)
        return None
    return answer.text


def _taken(plugin: NotifyBase, answer: str | None) -> bool:
    """Did a robot take it? `errcode` 0, as WeCom and DingTalk document it."""
    if answer is None:
        return False
    try:
        told = json.loads(answer)
    except ValueError:
        told = None
    if not isinstance(told, dict) or "errcode" not in told:
        plugin.logger.warning("对方的回答读不懂")
        return False
    if told["errcode"] != 0:
        plugin.logger.warning("对方拒收：errcode=%s %s", told["errcode"], str(told.get("errmsg", ""))[:120])
    return bool(told["errcode"] == 0)


class WeCom(NotifyWeComBot):  # type: ignore[misc]  # apprise has no types
    """A robot of a WeCom group."""

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Send a text."""
        payload = {"msgtype": "text", "text": {"content": body}}  # apprise has put the title above
        return _taken(self, _exchange(self, self.api_url, json=payload))


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
        return _taken(self, _exchange(self, url, json=payload, params=params))


class Gateway(NotifyBase):  # type: ignore[misc]  # apprise has no types
    """An SMS gateway that takes a number and a text by HTTP."""

    service_name = "SMS gateway"
    title_maxlen = 0

    def __init__(self, given: Mapping[str, str], to: str) -> None:
        super().__init__()
        self.given, self.to = given, to

    def send(self, body: str, title: str = "", **_more: Any) -> bool:
        """Send a text."""
        fields = {
            **dict(parse_qsl(self.given["extra"])),
            self.given["to_field"]: self.to,
            self.given["text_field"]: body,
        }
        what = {"json": fields} if self.given["format"] == "json" else {"data": fields}
        answer = _exchange(self, self.given["url"], **what)
        if answer is not None and self.given["accepted"] not in "".join(answer.split()):
            self.logger.warning("网关没有受理：%s", answer[:120])
            return False
        return answer is not None


def _mail(given: Mapping[str, str], to: str) -> NotifyBase:
    return NotifyEmail(
        smtp_host=given["host"], host=given["host"], port=int(given["port"]), secure_mode=given["security"],
        secure=given["security"] != "insecure", user=given["user"] or None, password=given["password"] or None,
        from_addr=given["sender"], targets=[to],
    )  # fmt: skip


def _wecom(given: Mapping[str, str], to: str) -> NotifyBase:
    plugin = WeCom(key=given["key"])
    plugin.api_url = f"{given['url']}?key={given['key']}" if given["url"] else plugin.api_url
    return plugin


def _dingtalk(given: Mapping[str, str], to: str) -> NotifyBase:
    plugin = DingTalk(token=given["token"], secret=given["secret"] or None)
    plugin.notify_url = f"{given['url']}?access_token={{token}}" if given["url"] else plugin.notify_url
    return plugin


def _feishu(given: Mapping[str, str], to: str) -> NotifyBase:
    plugin = NotifyFeishu(token=given["token"])
    plugin.notify_url = f"{given['url'].rstrip('/')}/{{token}}" if given["url"] else plugin.notify_url
    return plugin


MAKERS = {"mail": _mail, "wecom": _wecom, "dingtalk": _dingtalk, "feishu": _feishu, "sms": Gateway}
"""By the kinds of `channels.KINDS`."""
