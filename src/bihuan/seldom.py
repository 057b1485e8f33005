"""What strangers can make a process say is said at most once a minute, so that they cannot fill the disk with it."""

import logging
import time


class Seldom(logging.Filter):
    """Lets a text (before its values are put in) through once in so many seconds, and says how many were left out."""

    def __init__(self, seconds: float = 60.0) -> None:
        super().__init__()
        self.seconds = seconds
        self._said: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        text = str(record.msg).split("\n", 1)[0]
        last, left_out = self._said.get(text, (-self.seconds, 0))
        now = time.monotonic()
        if now - last < self.seconds:
            self._said[text] = (last, left_out + 1)
            return False
        self._said[text] = (now, 0)
        if left_out:
            record.msg = f"{record.msg} ({left_out} more of these in between)"
        return True


class SeldomOfStrangers(Seldom):
    """The same for what any visitor can make the pages say: refused requests and addresses that are not there."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; what failed by our fault always is."""
        refused = record.name == "django.request" and record.levelno < logging.ERROR
        refused |= record.name.startswith("django.security.")
        return not refused or super().filter(record)
