"""`upward.json` in the data folder: where the platform above is, with which key we sign, and which kinds are sent. Set on the page, read by the worker.

{"url": "https://...", "city": "140300", "key": "<hex>", "enabled": true, "kinds": ["tests"], "since": "2019-01-01", "simulated": false}
The file is private (mode 600) and holds the key: it is written, and never shown again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from bihuan.archive.lock import only_one
from bihuan.atomic import write_json
from bihuan.cases.errors import IllegalMove
from bihuan.domain.vehicles.upward.messages import KINDS
from bihuan.errors import NothingDone
from bihuan.scenarios.manifests import manifest_of
from bihuan.small_json import read_small_json

FILE = "upward.json"
HERE = ("127.0.0.1", "localhost", "::1")
KEY = re.compile("([0-9a-fA-F]{2}){16,64}")
CITY = re.compile("[0-9A-Za-z]{1,20}")
LONGEST, LOCK_WAIT = 200, 10.0


@dataclass(frozen=True)
class Upward:
    """url: without a slash at its end. city: how we are named above. since: records of earlier days are not sent."""

    url: str = ""
    city: str = ""
    key: str = field(default="", repr=False)
    enabled: bool = False
    kinds: tuple[str, ...] = ()
    since: date | None = None
    simulated: bool = False

    @property
    def ready(self) -> bool:
        """Is anything sent?"""
        return bool(self.enabled and self.url and self.key and self.kinds and self.since)


@dataclass(frozen=True)
class Figures:
    """Of the manifest: records of a batch and of a round; sendings of a record; days that are compared, and kept; records of a day that are resent by themselves."""

    batch: int
    most: int
    tries: int
    days: int
    keep_days: int
    by_itself: int


@cache
def in_force() -> Figures:
    """What the manifest says."""
    said = manifest_of("vehicle_reporting").value
    return Figures(
        *(int(said(n)) for n in ("batch", "most", "tries", "compared_days", "keep_days", "by_itself"))
    )


def upward() -> Upward:
    """What is set. Raises NothingDone for a file that cannot be read."""
    path = settings.DATA_DIR / FILE
    try:
        said = read_small_json(path) if path.exists() else {}
        since = date.fromisoformat(said["since"]) if said.get("since") else None
        kinds = tuple(k for k in KINDS if k in said.get("kinds", ()))
        return Upward(
            str(said.get("url", "")), str(said.get("city", "")), str(said.get("key", "")), bool(said.get("enabled")), kinds, since, bool(said.get("simulated")),
        )  # fmt: skip
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise NothingDone(
            _("上报设置 %(path)s 读不出（%(why)s）：请从备份恢复，或删除后重新设置")
            % {"path": path, "why": error}
        ) from error


def is_good_address(url: str) -> bool:
    """A plain https address, without name, password, question or fragment; http to this machine alone."""
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (
        parts.username or parts.password or parts.query or parts.fragment or "\\" in url or " " in url
    )
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    return bool(plain and port_ok and secure and parts.hostname and len(url) <= LONGEST)


def keep(given: Mapping[str, Any]) -> Upward:
    """Write what a form gives; a key that is left empty stays. Raises IllegalMove for what cannot be used."""
    path = settings.DATA_DIR / FILE
    with only_one(path.with_name(f"{FILE}.lock"), wait=LOCK_WAIT):
        before = upward()
        url, city = str(given["url"]).strip().rstrip("/"), str(given["city"]).strip()
        key = str(given["key"]).strip() or before.key
        if url and not is_good_address(url):
            raise IllegalMove(_("地址应是 https:// 开头的网址，不带用户名、参数"), "url")
        if city and not CITY.fullmatch(city):
            raise IllegalMove(_("本市在上级平台的编码只用字母和数字"), "city")
        if key and not KEY.fullmatch(key):
            raise IllegalMove(_("密钥是 32 至 128 位十六进制数"), "key")
        made = Upward(
            url,
            city,
            key,
            bool(given["enabled"]),
            tuple(given["kinds"]),
            given["since"],
            bool(given.get("simulated")),
        )
        if made.enabled and not (made.ready and made.city):
            raise IllegalMove(_("启用前请填写地址、编码、密钥、数据种类和起始日期"), "enabled")
        said = {
            **vars(made),
            "kinds": list(made.kinds),
            "since": made.since.isoformat() if made.since else "",
        }
        write_json(path, said, private=True)
    return made
