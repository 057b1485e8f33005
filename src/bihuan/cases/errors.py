"""Errors of cases.

BihuanError
├ IllegalMove       this person may not do this to this case now, or something is missing; the message says why (Chinese)
│ └ ChangedMeanwhile  someone else was quicker: load the case again
├ BadFile           an attachment that cannot be taken; the message names file and remedy (Chinese)
└ NotSent           the other side of a channel did not take a message; the sentence says why and holds no secret (Chinese)
  └ NobodyThere       and never will: nobody is there any more
Http404
└ NotVisible        absent, or not to be seen by this person: the two look alike
"""

from django.http import Http404

from bihuan.errors import BihuanError


class IllegalMove(BihuanError):
    """The table, a rule or a missing need forbids this step. field: of the form, where it is about one."""

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(why)
        self.field = field


class ChangedMeanwhile(IllegalMove):
    """The case was changed between reading and acting."""


class BadFile(BihuanError):
    """An attachment of a wrong kind, too large or broken."""


class NotSent(BihuanError):
    """The other side did not take it."""


class NobodyThere(NotSent):
    """There is nobody to take it; trying again is of no use."""


class NotVisible(Http404):
    """No such row for this person."""
