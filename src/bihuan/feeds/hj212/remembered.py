"""What devices send again and again is read once and remembered; what comes once or twice is not: noise fills nothing."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

OFTEN = 3


class Remembered(Generic[K, V]):
    """At most `most` values by key. A value is kept when its key is put for the third time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._came: dict[int, int] = {}
        self._kept: dict[K, V] = {}
        self.get = self._kept.get

    def put(self, key: K, value: V) -> bool:
        """Is it kept?"""
        known = hash(key)
        times = self._came.pop(known, 0) + 1
        if times < OFTEN:
            if len(self._came) >= self._most:
                self._came.clear()
            self._came[known] = times
            return False
        if len(self._kept) >= self._most:
            self._kept.clear()
        self._kept[key] = value
        return True

    def __len__(self) -> int:
        return len(self._kept)
