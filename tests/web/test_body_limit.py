"""What a stranger may send: no more than a form, whatever the head of the request says."""

import asyncio
from typing import Any

import pytest
from django.conf import settings

from bihuan.web.body_limit import STRANGER_BYTES, BodyLimit

Message = dict[str, Any]


async def _form(scope: Message, receive: Any, send: Any) -> None:
    """An application that reads all and answers with how much came."""
    came, more = 0, True
    while more:
        message = await receive()
        came, more = came + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(came).encode()})


def _asked(pieces: list[bytes], **heads: str) -> tuple[int, str]:
    """Status and text of the answer to a request that comes in these pieces."""
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1}
        for number, piece in enumerate(pieces)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in heads.items()]
    asyncio.run(BodyLimit(_form)({"type": "http", "path": "/cases/", "headers": headers}, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body.decode()


def test_a_form_passes_to_its_last_byte() -> None:
    assert _asked([b"x" * STRANGER_BYTES], content_length=str(STRANGER_BYTES)) == (200, str(STRANGER_BYTES))
    assert _asked([b""]) == (200, "0")


@pytest.mark.parametrize("announced", [STRANGER_BYTES + 1, 10**12])
def test_what_says_that_it_is_larger_is_refused_before_any_of_it_is_read(announced: int) -> None:
    status, said = _asked([b""], content_length=str(announced))
    assert (status, said) == (413, "没有登录，不能发送这么大的内容。请先登录再上传。")


def test_what_grows_beyond_it_is_refused_though_it_announced_nothing() -> None:
    status, said = _asked([b"x" * 1000] * 80, transfer_encoding="chunked")
    assert (status, said) == (413, "没有登录，不能发送这么大的内容。请先登录再上传。")


def test_the_refusal_speaks_the_language_that_was_chosen() -> None:
    def said(language: str) -> str:
        cookie = f"{settings.LANGUAGE_COOKIE_NAME}={language}"
        return _asked([b""], content_length=str(10**9), cookie=cookie)[1]

    assert said("en").isascii()
    assert said("tlh") == said("zh-hans") == "没有登录，不能发送这么大的内容。请先登录再上传。"
