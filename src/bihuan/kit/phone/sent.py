"""An item as a phone sends it: JSON, read and checked. What cannot be meant is not an item at all."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import MAX_FILES, short
from bihuan.domain.timeaxis import meant
from bihuan.errors import BihuanError

LONGEST = 200_000
"""Characters of an item; a text takes 2000."""
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_SEQ = 1_000_000
MARKUP = re.compile(r"<\s*(?:[/!]\s*)?[a-zA-Z][\w-]*(\s[^<>]*)?/?>")
"""A tag. `浓度 <150` and `x<y, 3>2` are none."""


class BadItem(BihuanError):
    """What came is no item; the message names the part. Nothing is kept: no phone of ours sends such."""


@dataclass(frozen=True)
class Picture:
    """A file that an item names by its hash; when and where it was taken is the phone's word, read from the original."""

    sha256: str
    name: str
    taken_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Sent:
    """An item as it came: `given` is what the person filled in, by field; `version` of the case is what the phone saw.

    `content` is what must be the same when it comes again; in it, `replaces`: the refused item that this one is a second try of.
    """

    id: str
    person: int
    device: str
    chain: str
    seq: int
    kind: str
    saved_at: datetime
    version: int
    given: Mapping[str, str]
    photos: tuple[Picture, ...]
    content: Mapping[str, Any]


def read(text: str) -> Sent:
    """Raises BadItem."""
    if len(text) > LONGEST:
        raise _bad("item")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _bad("item") from error
    if not isinstance(told, dict):
        raise _bad("item")
    return Sent(
        id=_matching(told, "id", UUID),
        person=_whole(told, "person"),
        device=_matching(told, "device", UUID),
        chain=_text(told, "chain", 80),
        seq=_whole(told, "seq", 1),
        kind=_text(told, "kind", 20),
        saved_at=_moment(told.get("saved_at"), "saved_at"),
        version=_whole(told, "version"),
        given=_given(told.get("given")),
        photos=_pictures(told.get("photos")),
        content={k: told[k] for k in ("version", "given", "photos")} | _replaced(told),
    )


def refuse_markup(given: Mapping[str, str]) -> None:
    """Texts are texts. Raises IllegalMove for the first field that holds a tag of HTML."""
    for field, text in given.items():
        if found := MARKUP.search(text):
            raise IllegalMove(_("文字里有网页代码“%(code)s”，请删去") % {"code": found.group()[:40]}, field)


def _replaced(told: Mapping[str, Any]) -> dict[str, str]:
    return {"replaces": _matching(told, "replaces", UUID)} if told.get("replaces") is not None else {}


def _bad(part: str) -> BadItem:
    return BadItem(_("手机发来的内容读不懂（%(part)s）；请更新手机页面后再交") % {"part": part})


def _text(told: Mapping[str, Any], name: str, longest: int) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise _bad(name)
    return value


def _matching(told: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise _bad(name)
    return value


def _whole(told: Mapping[str, Any], name: str, low: int = 0) -> int:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= MOST_SEQ:
        raise _bad(name)
    return value


def _moment(value: Any, name: str) -> datetime:
    """An instant with its offset."""
    try:
        at = datetime.fromisoformat(value)
        known = meant(at.astimezone(UTC))
    except (TypeError, ValueError, OverflowError) as error:
        raise _bad(name) from error
    if at.tzinfo is None:
        raise _bad(name)
    return known


def _given(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > 30:
        raise _bad("given")
    if not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise _bad("given")
    return value


def _pictures(value: Any) -> tuple[Picture, ...]:
    if not isinstance(value, list) or len(value) > MAX_FILES:
        raise _bad("photos")
    return tuple(_picture(p) for p in value)


def _picture(told: Any) -> Picture:
    if not isinstance(told, dict):
        raise _bad("photos")
    at = told.get("taken_at")
    lat, lon = _degrees(told, "lat", 90), _degrees(told, "lon", 180)
    both = lat is not None and lon is not None
    return Picture(
        sha256=_matching(told, "sha256", SHA256),
        name=short(_text(told, "name", 300)),
        taken_at=_moment(at, "taken_at") if at is not None else None,
        lat=lat if both else None,
        lon=lon if both else None,
    )


def _degrees(told: Mapping[str, Any], name: str, most: float) -> float | None:
    value = told.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _bad(name)
    if not -most <= value <= most:
        raise _bad(name)
    return float(value)
