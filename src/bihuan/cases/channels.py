"""`channels.json` in the data folder: by which ways a message leaves the house. Set by administrators, read by the worker.

{"link": "https://...", "channels": {"a1b2c3d4": {"kind": "mail", "name": "...", "enabled": true, "organisation": 0, ...}}}
The file is private (mode 600) and holds secrets: they are written, and never shown again. The channels stand in the order
in which they are tried. `organisation`: whose group a robot writes into; 0: the office's of the city.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.archive.lock import only_one
from bihuan.atomic import write_json
from bihuan.cases import push_services
from bihuan.cases.errors import IllegalMove
from bihuan.cases.message_models import Address, Browser, OwnQuiet
from bihuan.errors import NotAllowed, NothingDone
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Person, Post
from bihuan.registry.roles import ADMINS
from bihuan.small_json import read_small_json

LOCK_WAIT, LONGEST = 10.0, 500
MAIL = re.compile(r"[^\s@<>,;]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
BROWSERS = "browsers"
"""What a channel needs that shows messages in the browsers of a person (`cases.browsers`)."""


@dataclass(frozen=True)
class Field:
    """Something that a channel needs to know. secret: never shown again. choices, form: nothing else is taken.

    made: makes the value when the channel is set up; nobody types it.
    """

    key: str
    title: Any
    secret: bool = False
    must: bool = True
    choices: tuple[str, ...] = ()
    usual: str = ""
    form: re.Pattern[str] = re.compile(".*", re.DOTALL)
    made: Callable[[], str] | None = None


URL = Field("url", gettext_lazy("接口地址（空：官方地址）"), must=False)


@dataclass(frozen=True)
class Kind:
    """A kind of channel. address: what it needs of a person, a kind of Address or BROWSERS; empty: it writes into a group.
    per_minute: messages at most."""

    key: str
    title: Any
    fields: tuple[Field, ...]
    address: str = ""
    per_minute: int = 20

    @property
    def asked(self) -> list[Field]:
        """What an administrator types."""
        return [field for field in self.fields if field.made is None]


def _new_key() -> str:
    from bihuan.cases import vapid  # only who sets the channel up pays for the library

    return vapid.new_key()


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "mail",
            gettext_lazy("邮件"),
            (
                Field("host", gettext_lazy("SMTP 服务器")),
                Field("port", gettext_lazy("端口"), usual="465"),
                Field(
                    "security",
                    gettext_lazy("加密"),
                    choices=("ssl", "starttls", "insecure"),
                    usual="ssl",
                ),
                Field("sender", gettext_lazy("发件地址")),
                Field("user", gettext_lazy("用户名"), must=False),
                Field("password", gettext_lazy("密码"), secret=True, must=False),
            ),
            Address.Kind.MAIL,
            per_minute=30,
        ),
        Kind(
            "wecom_app",
            gettext_lazy("企业微信应用消息"),
            (
                Field("corpid", gettext_lazy("企业 ID（corpid）")),
                Field("agentid", gettext_lazy("应用 AgentId"), form=re.compile("[0-9]{1,12}")),
                Field("secret", gettext_lazy("应用 Secret"), secret=True),
                URL,
            ),
            Address.Kind.WECOM,
        ),
        Kind("wecom", gettext_lazy("企业微信群机器人"), (Field("key", "key", secret=True), URL)),
        Kind(
            "dingtalk",
            gettext_lazy("钉钉群机器人"),
            (
                Field("token", "access_token", secret=True),
                Field("secret", gettext_lazy("加签密钥"), secret=True, must=False),
                URL,
            ),
        ),
        Kind(
            "push",
            gettext_lazy("浏览器推送"),
            (
                Field("subject", gettext_lazy("联系邮箱（写给推送服务的运营者）"), form=MAIL),
                Field(
                    "hosts",
                    gettext_lazy("另外允许的推送服务（主机名，逗号分隔）"),
                    must=False,
                    form=push_services.HOSTS,
                ),
                Field("private_key", gettext_lazy("签名私钥"), secret=True, made=_new_key),
            ),
            BROWSERS,
            per_minute=60,
        ),
        Kind("feishu", gettext_lazy("飞书群机器人"), (Field("token", "token", secret=True), URL)),
        Kind(
            "sms",
            gettext_lazy("短信网关（HTTP）"),
            (
                Field("url", gettext_lazy("接口地址"), secret=True),
                Field("format", gettext_lazy("格式"), choices=("json", "form"), usual="json"),
                Field("to_field", gettext_lazy("手机号字段"), usual="mobile"),
                Field("text_field", gettext_lazy("内容字段"), usual="content"),
                Field("extra", gettext_lazy("固定字段，如 appkey=123&sign=环保"), secret=True, must=False),
                Field("accepted", gettext_lazy("受理成功时回答中含有的文字"), usual='"code":0'),
            ),
            Address.Kind.PHONE,
        ),
    )
}
"""In the order in which they are offered. Robots of WeCom and DingTalk take twenty messages a minute (their documents)."""


@dataclass(frozen=True)
class Channel:
    """A way out as it is set up; `given` are the fields of its kind, secrets included."""

    key: str
    kind: Kind
    name: str
    enabled: bool
    organisation: int = 0
    given: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def told(self) -> list[tuple[Any, str]]:
        """What a page may show of it."""
        return [
            (f.title, ("••••••" if f.secret else self.given[f.key]))
            for f in self.kind.fields
            if self.given.get(f.key)
        ]


@dataclass(frozen=True)
class Way:
    """A channel to a person, or into a group (`address` empty)."""

    channel: str
    kind: str
    address: str = ""


@dataclass(frozen=True)
class Reachable:
    """Where a person can be reached: confirmed addresses by kind, browsers by the key of their channel; own quiet hours (see
    `attention`); channels that are on."""

    addresses: Mapping[str, str]
    quiet: str
    channels: tuple[Channel, ...]

    def ways(self, post: Post | None) -> Iterator[Way]:
        """The ways to the person, as the holder of a post, in the order in which they are tried."""
        for channel in self.channels:
            needs = channel.kind.address
            if not needs:
                if post is not None and (post.organisation_id or 0) == channel.organisation:
                    yield Way(channel.key, channel.kind.key)
            elif address := self.addresses.get(channel.key if needs == BROWSERS else needs):
                yield Way(channel.key, channel.kind.key, address)


def _path() -> Path:
    return settings.DATA_DIR / "channels.json"


def _content() -> dict[str, Any]:
    """Raises NothingDone for a file that cannot be read."""
    path = _path()
    try:
        found = read_small_json(path) if path.exists() else {}
        if not isinstance(found, dict) or not isinstance(found.get("channels", {}), dict):
            raise ValueError("it is not a list of channels")
    except (OSError, ValueError) as error:
        raise _damaged(error) from error
    return found


def _damaged(error: Exception) -> NothingDone:
    return NothingDone(
        _("消息渠道的设置 %(path)s 读不出（%(why)s）：请从备份恢复，或删除后重新设置")
        % {"path": _path(), "why": error}
    )


def _channel(key: str, about: Mapping[str, Any]) -> Channel:
    kind = KINDS[about["kind"]]
    given = {f.key: str(about.get(f.key, "")) for f in kind.fields}
    return Channel(
        key, kind, str(about["name"]), bool(about["enabled"]), int(about.get("organisation") or 0), given
    )


def every_channel() -> list[Channel]:
    """All that are set up, in their order. Raises NothingDone."""
    try:
        return [_channel(key, about) for key, about in _content().get("channels", {}).items()]
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(error) from error


def working() -> tuple[Channel, ...]:
    """Those that are on. None while the file is damaged: no step of a case waits for that, and the system page says it."""
    try:
        return tuple(channel for channel in every_channel() if channel.enabled)
    except NothingDone:
        return ()


def link() -> str:
    """The address under which people open the pages from outside; empty: not said."""
    return str(_content().get("link", ""))


def reachable(persons: Collection[int]) -> dict[int, Reachable]:
    """Where each of these persons can be reached."""
    addresses: dict[int, dict[str, str]] = {person: {} for person in persons}
    confirmed = Address.objects.filter(person__in=persons, confirmed_at__isnull=False)
    for person, kind, value in confirmed.values_list("person_id", "kind", "value"):
        addresses[person][kind] = value
    subscribed = Browser.objects.filter(person__in=persons).order_by().values_list("person_id", "channel")
    for person, channel in subscribed.distinct():
        addresses[person][channel] = browsers_of(person)
    quiet = dict(OwnQuiet.objects.filter(person__in=persons).values_list("person_id", "hours"))
    on = working()
    return {person: Reachable(found, quiet.get(person, ""), on) for person, found in addresses.items()}


def browsers_of(person: int) -> str:
    """How an outbox names the browsers of a person, whichever they are when it is sent."""
    return f"{BROWSERS}/{person}"


def person_of(address: str) -> int:
    """Whose browsers these are."""
    return int(address.removeprefix(f"{BROWSERS}/"))


def _demand_admin(by: Person) -> None:
    if not may(by, *ADMINS, region=CITY):
        raise NotAllowed(_("消息渠道由全市的系统管理员设置。"))


def save(by: Person, key: str, about: Mapping[str, str], kind: str) -> str:
    """Set a channel up, or change one (a secret that is left empty stays); returns its key.

    Raises NotAllowed, NothingDone, IllegalMove, which names the field.
    """
    _demand_admin(by)
    with _changing() as content:
        listed = content.setdefault("channels", {})
        before = listed.get(key, {})
        kept = _checked(KINDS[before.get("kind", kind)], about, before)
        key = key if before else token_hex(4)
        listed[key] = kept
    record(by, "channel.set", f"{kept['kind']} {kept['name']}")
    return key


def remove(by: Person, key: str) -> None:
    """Take a channel away. Raises NotAllowed, NothingDone."""
    _demand_admin(by)
    with _changing() as content:
        gone = content.get("channels", {}).pop(key, None)
    Browser.objects.filter(channel=key).delete()
    if gone:
        record(by, "channel.removed", f"{gone['kind']} {gone['name']}")


def set_link(by: Person, address: str) -> None:
    """Say under which address people open the pages. Raises NotAllowed, NothingDone, IllegalMove."""
    _demand_admin(by)
    address = address.strip().rstrip("/")
    if address and not address.startswith(("http://", "https://")):
        raise IllegalMove(_("网址应以 http:// 或 https:// 开头"), "link")
    with _changing() as content:
        content["link"] = address[:LONGEST]
    record(by, "channel.link", address[:120])


def _checked(kind: Kind, about: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    name = about.get("name", "").strip()[:60]
    if not name:
        raise IllegalMove(_("请写明渠道名称"), "name")
    kept: dict[str, Any] = {
        "kind": kind.key,
        "name": name,
        "enabled": "enabled" in about,
        "organisation": int(about.get("organisation") or 0) if not kind.address else 0,
    }
    for one in kind.fields:
        value = "" if one.made else about.get(one.key, "").strip()
        value = (
            value or (str(before.get(one.key, "")) if one.secret else "") or (one.made() if one.made else "")
        )
        if one.must and not value:
            raise IllegalMove(_("请填写“%(field)s”") % {"field": one.title}, one.key)
        fits = one.form.fullmatch(value) and (not one.choices or value in one.choices)
        if len(value) > LONGEST or not fits:
            raise IllegalMove(_("“%(field)s”的内容不能用") % {"field": one.title}, one.key)
        kept[one.key] = value
    if not kept.get("port", "1").isdecimal():
        raise IllegalMove(_("端口应是数字"), "port")
    return kept


@contextmanager
def _changing() -> Iterator[dict[str, Any]]:
    with only_one(_path().with_name("channels.json.lock"), wait=LOCK_WAIT):
        content = _content()
        yield content
        write_json(_path(), content, private=True)
