"""What a reader can do when a file makes it: run apart by the tests."""

import ctypes
import os
import time
from typing import Any

from bihuan.apart import Talk
from bihuan.errors import BihuanError


def doubled(talk: Talk, number: int) -> int:
    return 2 * number


def asking(talk: Talk) -> list[Any]:
    talk.say("way", 1)
    return [talk.ask("question", 2), talk.ask("question", 3)]


def refusing(talk: Talk) -> None:
    raise BihuanError("the file says nothing; send another")


def failing(talk: Talk) -> None:
    raise KeyError("hourly")


def aborting(talk: Talk) -> None:
    os.write(2, b"Assertion `scale' failed\n")
    os.abort()


def reading_nowhere(talk: Talk) -> None:
    ctypes.string_at(0)


def leaving(talk: Talk) -> None:
    os._exit(7)


def leaving_well(talk: Talk) -> None:
    """Ends as if all were good, without a result."""
    os._exit(0)


def endless(talk: Talk) -> None:
    while True:
        time.sleep(0.01)


def greedy(talk: Talk) -> None:
    held = []
    while True:
        held.append(bytes(1 << 20) + os.urandom(1))


def deep(talk: Talk) -> None:
    def fall(depth: int) -> int:
        return fall(depth + 1) + 1

    fall(0)


def flooding(talk: Talk) -> None:
    talk.say("way", "x" * (65 << 20))


def endless_of(talk: Talk, place: str) -> None:
    """Says in a file who it is, then goes on for ever."""
    with open(place, "w") as file:
        file.write(str(os.getpid()))
    endless(talk)
