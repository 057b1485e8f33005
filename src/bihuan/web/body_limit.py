"""How much a visitor may send: little without being signed in. Told before anything of it is written to disk."""

import asyncio
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from bihuan.scenarios.resolved import every_scenario

STRANGER_BYTES = 64 * 1024
"""A form without files; ours."""
LINGER_SECONDS = 5.0
"""So long what is still coming is thrown away: a browser shows no answer before it has sent all, or is cut off."""


class TooMuch(Exception):
    """The body has become larger than it may."""


class BodyLimit:
    """An ASGI application around Django's."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        length = int(headers.get(b"content-length", 0))
        chunked = b"transfer-encoding" in headers
        allowed = STRANGER_BYTES
        if chunked or length > STRANGER_BYTES:
            signed_in = await sync_to_async(_is_signed_in)(_cookies(headers))
            allowed = settings.UPLOAD_BYTES if signed_in else _of_strangers(scope["path"])
        if length > allowed:
            await _refuse(receive, send, headers, allowed)
            return
        try:
            await self.inner(scope, _counting(receive, allowed), send)
        except TooMuch:
            await _refuse(receive, send, headers, allowed)


def _of_strangers(path: str) -> int:
    """How much somebody who is not signed in may send to an address: much only where a page takes files from everybody."""
    try:
        page = resolve(path).view_name
    except Resolver404:
        return STRANGER_BYTES
    return max(s.open_uploads.get(page, STRANGER_BYTES) for s in every_scenario().values())


def _counting(receive: Any, allowed: int) -> Any:
    """Hand the body on, piece by piece. Raises TooMuch."""
    came = 0

    async def counted() -> Any:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > allowed:
            raise TooMuch
        return message

    return counted


def _cookies(headers: dict[bytes, bytes]) -> SimpleCookie:
    return SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))


def _is_signed_in(cookies: SimpleCookie) -> bool:
    """Whether the session of these cookies is somebody's."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if key is None:
        return False
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key.value)
    return get_user(request).is_authenticated


def _sentence(headers: dict[bytes, bytes], allowed: int) -> str:
    chosen = _cookies(headers).get(settings.LANGUAGE_COOKIE_NAME)
    known = chosen is not None and chosen.value in dict(settings.LANGUAGES)
    with translation.override(chosen.value if chosen is not None and known else settings.LANGUAGE_CODE):
        if allowed == STRANGER_BYTES:
            return _("没有登录，不能发送这么大的内容。请先登录再上传。")
        return _("内容太大：一次最多上传 %(n)d MB。请分成几个文件上传。") % {"n": allowed // 2**20}


async def _refuse(receive: Any, send: Any, headers: dict[bytes, bytes], allowed: int) -> None:
    """Answer 413 and close, after a moment in which what still comes is thrown away."""
    text = _sentence(headers, allowed).encode()
    kind = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"connection", b"close"),
        (b"cache-control", b"no-store"),
    ]
    await send(
        {
            "type": "http.response.start",
            "status": 413,
            "headers": [*kind, (b"content-length", str(len(text)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": text, "more_body": True})
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while (await receive()).get("more_body", False):
                pass
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b""})
