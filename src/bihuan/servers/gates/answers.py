"""Answers of the entrance: JSON, and refusals that say what to do."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import orjson

from bihuan.reasons import CHINESE, ENGLISH, Reason, in_words

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Refused(Exception):
    """A request that is not taken, with the status and why."""

    def __init__(self, status: int, why: Reason, wait: float = 0.0) -> None:
        super().__init__(why)
        self.status, self.why, self.wait = status, why, wait


def language_of(headers: Mapping[str, str]) -> str:
    """Chinese, unless the sender asks for English."""
    return ENGLISH if headers.get("accept-language", "").lower().startswith("en") else CHINESE


def said(why: Reason, language: str) -> dict[str, str]:
    """A reason in an answer."""
    words = in_words(why, language)
    return {"code": why.code, "why": words.why, "remedy": words.remedy}


async def answer(send: Send, status: int, content: Any, *, close: bool = False, wait: float = 0.0) -> None:
    """Send JSON. close: end the connection (the body was not read to its end)."""
    body = orjson.dumps(content)
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    if close:
        headers.append((b"connection", b"close"))
    if wait:
        headers.append((b"retry-after", str(int(wait) + 1).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
