"""A log that no sender can fill: each kind of message once a minute, with how often it was left out."""

import asyncio
import logging
import time
from typing import Any

EVERY = 60.0
KINDS = 1_000


class RareLog:
    """Errors of a module by their message, whatever they are about."""

    def __init__(self, name: str) -> None:
        self._log = logging.getLogger(name)
        self._next: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def error(self, message: str, *about: object, cause: BaseException | None = None) -> None:
        """Write it, unless the same message was written within the last minute."""
        now = time.monotonic()
        if now < self._next.get(message, 0.0):
            self._left_out[message] = self._left_out.get(message, 0) + 1
            return
        if len(self._next) >= KINDS:
            self._next.clear()
        self._next[message] = now + EVERY
        count = self._left_out.pop(message, 0)
        more = f"; {count} times more since it was last said" if count else ""
        self._log.error(message + "%s", *about, more, exc_info=cause)


def rare_errors(name: str) -> None:
    """What goes wrong in callbacks of the running loop is said rarely, too."""
    log = RareLog(name)

    def handle(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        log.error(str(context.get("message")).replace("%", "%%"), cause=context.get("exception"))

    asyncio.get_running_loop().set_exception_handler(handle)
