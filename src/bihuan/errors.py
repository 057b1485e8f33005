"""Errors that people are meant to read.

BihuanError           something the caller can mend; the message says how
├ NothingDone         a command stops before it changed anything (exit code 2)
└ NotAllowed          the person's posts do not cover it; says whose do (a page answers 403)
"""


class BihuanError(Exception):
    """Base of all errors whose message is written for a person."""


class NothingDone(BihuanError):
    """Wrong arguments, unreadable input, or a folder that is not an installation."""


class NotAllowed(BihuanError):
    """The posts of the person do not cover what was asked; the message says whose do."""
