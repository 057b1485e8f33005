"""Single values of records of gates: texts, codes, numbers, instants, days."""

import math
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from bihuan.domain.timeaxis import CST

YEARS = range(1990, 2100)
LONGEST = 400
_NOTHING = {"", "-", "--", "null", "none", "NULL", "/", "无"}


class Unread(ValueError):
    """The value is there and cannot be read."""


def text_of(value: object) -> str:
    """A scalar as text without characters that cannot be seen; empty for nothing. Raises Unread for lists and objects."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        plain = value.strip()
        if not plain.isprintable():
            plain = "".join(c for c in plain if c.isprintable())
        return plain[:LONGEST]
    if isinstance(value, int | float):
        return (
            f"{value:g}"
            if isinstance(value, float) and value.is_integer() and abs(value) < 1e15
            else str(value)
        )
    raise Unread(str(value)[:LONGEST])


def number_of(value: object) -> float | None:
    """A finite number; None for nothing. Raises Unread."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    else:
        text = unicodedata.normalize("NFKC", text_of(value)).replace(",", "")
        if text in _NOTHING:
            return None
        try:
            found = float(text)
        except ValueError as error:
            raise Unread(text) from error
    if not math.isfinite(found):
        raise Unread(str(value))
    return found


def instant_of(value: object, forms: Sequence[str]) -> datetime | None:
    """An instant (UTC) written in one of the forms, China Standard Time where it has no offset; None for nothing. Raises Unread."""
    text = text_of(value)
    return _instant(text, tuple(forms)) if text else None


@lru_cache(maxsize=50_000)
def _instant(text: str, forms: tuple[str, ...]) -> datetime:
    for form in forms:
        try:
            found = _written(text, form)
        except (ValueError, OverflowError, OSError):
            continue
        if found.year in YEARS:
            return (found if found.tzinfo else found.replace(tzinfo=CST)).astimezone(UTC)
    raise Unread(text)


def _written(text: str, form: str) -> datetime:
    if form == "iso":
        if text.isdecimal():  # eight digits would be a day
            raise ValueError(text)
        return datetime.fromisoformat(text)
    if form in ("epoch_s", "epoch_ms"):
        return datetime.fromtimestamp(float(text) / (1000 if form == "epoch_ms" else 1), UTC)
    return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds China Standard Time


def day_of(value: object) -> str:
    """A day as 2019-03-01; empty for nothing. Raises Unread."""
    text = text_of(value).replace("/", "-").replace(".", "-")
    if text in _NOTHING:
        return ""
    try:
        if len(text) == 8 and text.isdecimal():
            text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        year, month, day = (int(part) for part in text[:10].split("-"))
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise Unread(text) from error
