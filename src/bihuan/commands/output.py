"""What a command says: progress to stderr, results to stdout, one JSON object with --json."""

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

PAUSE = 1.0
"""Seconds between two lines of one work where stderr is no terminal."""


class Output:
    """Handed to every command. `progress` is a bar on a terminal; else plain lines, one a second of the same text."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._last = ("", -PAUSE)

    def progress(self, text: str, done: int = 0, total: int = 0) -> None:
        """Say where a long work stands; `done` of `total` when it can be counted."""
        share = f" {done}/{total}" if total else ""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{text}{share}" + ("\n" if done >= total else ""))
        elif text != self._last[0] or time.monotonic() - self._last[1] >= PAUSE or 0 < total <= done:
            self._last = (text, time.monotonic())
            sys.stderr.write(f"{text}{share}\n")
        sys.stderr.flush()

    def result(self, data: Mapping[str, Any], text: str) -> None:
        """Print the result: the object with --json, else the text."""
        sys.stdout.write((json.dumps(data, ensure_ascii=False, default=str) if self.as_json else text) + "\n")
        sys.stdout.flush()

    def fail(self, message: str) -> None:
        """One clear sentence on stderr, in one line whatever the files are called and hold."""
        plain = "".join(c if c.isprintable() else " " for c in message)
        sys.stderr.write(f"bihuan: {' '.join(plain.split())}\n")
