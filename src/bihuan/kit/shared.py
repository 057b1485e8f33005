"""What many people look at in the same moment is computed once for all of them.

It is kept for the minute that the clock shows and the state of the data that it was made of, and never longer than some
seconds, because the register may change without either.
"""

import threading
import time
from collections.abc import Callable, Collection, Hashable
from datetime import datetime
from typing import Generic, TypeVar

from django.conf import settings
from django.utils.translation import get_language

from bihuan.registry.hours import archive

T = TypeVar("T")
LONGEST = 10.0
ENTRIES = 16


class Shared(Generic[T]):
    """A few values by what they were made of. While one is made, those who want it wait instead of making it too."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[float, T]] = {}
        self._guard = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of this key; made when it is not known or too old."""
        with self._guard:
            now = time.monotonic()
            made, value = self._known.pop(key, (0.0, None))
            if value is None or now - made > LONGEST:
                made, value = now, make()
            self._known[key] = (made, value)
            while len(self._known) > ENTRIES:
                self._known.pop(next(iter(self._known)))
            return value


def moment(codes: Collection[str], now: datetime) -> Hashable:
    """What is known of these stations at this minute, in the reader's language."""
    minute = now.replace(second=0, microsecond=0)
    return settings.DATA_DIR, archive().ambient.parts.version(), tuple(codes), minute, get_language()
