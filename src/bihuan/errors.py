"""Errors that people are meant to read.

BihuanError           something the caller can mend; the message says how
├ NothingDone         a command stops before it changed anything (exit code 2)
└ NotAllowed          the person's posts do not cover it; says whose do (a page answers 403)
"""

from bihuan.reasons import Reason, as_told


class BihuanError(Exception):
    """Base of all errors whose message is written for a person: a sentence, or a reason that is worded where it is read."""

    @property
    def why(self) -> Reason:
        """The reason that the error was raised with; of one with a sentence, that."""
        given = self.args[0] if self.args else ""
        return given if isinstance(given, Reason) else as_told(str(self))


class NothingDone(BihuanError):
    """Wrong arguments, unreadable input, or a folder that is not an installation."""


class NotAllowed(BihuanError):
    """The posts of the person do not cover what was asked; the message says whose do."""
