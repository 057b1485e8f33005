"""The line to the platform above: signed JSON over HTTPS (docs/reporting.md). What goes wrong on it is `Away`: nothing was refused, all waits."""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import date
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import requests

from bihuan.errors import BihuanError
from bihuan.feeds.gates.signing import signature
from bihuan.scenarios.vehicle_reporting.models import Message
from bihuan.scenarios.vehicle_reporting.settings import Upward

TIMEOUT = 20.0
"""Seconds for a connection, and between two pieces of an answer."""
LONGEST = 32 * 2**20
"""Bytes of an answer."""
FORMAT = "1"
CITY, TIME, NONCE, SIGNATURE = "x-report-city", "x-report-time", "x-report-nonce", "x-report-signature"
OK = 200


WORDS = (("code", 20), ("message", 300), ("field", 60))
"""What an answer about a record has, and how much of it is kept."""


class Answer(NamedTuple):
    """What was said of a record; `field` by its name in the message, empty where none was named."""

    code: str = ""
    said: str = ""
    field: str = ""


class Away(BihuanError):
    """The platform above did not answer, or not so that it can be read."""


class Link:
    """A connection, to be closed. timeout: seconds."""

    def __init__(self, to: Upward, timeout: float = TIMEOUT) -> None:
        self._to, self._timeout = to, timeout
        self._session = requests.Session()

    def __enter__(self) -> "Link":
        return self

    def __exit__(self, *_about: object) -> None:
        self._session.close()

    def send(self, kind: str, day: date, messages: Sequence[Message]) -> dict[str, Answer]:
        """Send a batch; the answers by number. Raises Away."""
        records = [
            {"number": m.number, "key": m.key, "revision": m.revision, "site": m.site, "data": json.loads(m.body)}
            for m in messages
        ]  # fmt: skip
        said = self._ask("POST", "/records", {"format": FORMAT, "city": self._to.city, "kind": kind, "day": day.isoformat(), "records": records})  # fmt: skip
        try:
            return {str(r["number"]): Answer(*(str(r.get(name) or "")[:most] for name, most in WORDS)) for r in said["results"]}  # fmt: skip
        except (KeyError, TypeError, AttributeError) as error:
            raise Away("上级平台的回答读不懂") from error

    def counts(self, kind: str, day: date) -> dict[str, int]:
        """How many records of ours the platform above has of a day, by station. Raises Away."""
        return _numbers(self._ask("GET", "/counts", {"kind": kind, "day": day.isoformat()}), "sites")

    def keys(self, kind: str, day: date, site: str) -> dict[str, int]:
        """Which records of a station it has: revision by key. Raises Away."""
        return _numbers(
            self._ask("GET", "/keys", {"kind": kind, "day": day.isoformat(), "site": site}), "keys"
        )

    def _ask(self, method: str, path: str, what: Mapping[str, Any]) -> Any:
        body = json.dumps(what, ensure_ascii=False).encode() if method == "POST" else b""
        query = "" if method == "POST" else f"?{urlencode(what)}"
        url = f"{self._to.url}{path}{query}"
        now, nonce = str(int(time.time())), token_hex(8)
        target = url.removeprefix("/".join(url.split("/")[:3])) if urlsplit(url).netloc else url
        head = {
            CITY: self._to.city, TIME: now, NONCE: nonce, SIGNATURE: signature(self._to.key, method, target, now, nonce, body),
            "content-type": "application/json; charset=utf-8",
        }  # fmt: skip
        try:
            with self._session.request(method, url, data=body, headers=head, timeout=self._timeout, allow_redirects=False, stream=True) as answer:  # fmt: skip
                return _content(answer)
        except requests.Timeout as error:
            raise Away(f"上级平台 {self._timeout:g} 秒没有回答") from error
        except requests.RequestException as error:
            raise Away(f"连不上上级平台（{type(error).__name__}）") from error


def _content(answer: requests.Response) -> Any:
    if answer.status_code != OK:
        raise Away(f"上级平台回答 HTTP {answer.status_code}")
    content = b""
    for piece in answer.iter_content(2**16):
        content += piece
        if len(content) > LONGEST:
            raise Away("上级平台的回答过长")
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Away("上级平台的回答读不懂") from error
    if not isinstance(said, dict):
        raise Away("上级平台的回答读不懂")
    return said


def _numbers(said: Mapping[str, Any], name: str) -> dict[str, int]:
    found = said.get(name)
    if not isinstance(found, dict) or any(type(n) is not int or n < 0 for n in found.values()):
        raise Away("上级平台的回答读不懂")
    return {str(key): n for key, n in found.items()}
