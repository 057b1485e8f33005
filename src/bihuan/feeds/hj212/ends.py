"""Where a packet ends: at its length, or, when the length lies, at the first check value that fits.

What stands between // and // is text, whatever it looks like: no packet ends or begins there.
Nothing is decided by bytes that have not come yet (`Unfinished`), so a stream gives the same pieces in whatever cuts.
"""

import re
from collections.abc import Callable
from mmap import mmap
from typing import NamedTuple

from bihuan.feeds.hj212 import crc, sm4

Stream = bytes | mmap
Unlock = Callable[[bytes], bytes | None]

SEARCH = 2048  # how far another end is looked for when the length lies
SEARCH_PRINTED = 8192  # printed cipher text is five times as long
SLACK = 64  # beyond a length that is a little too short
LOOKAHEAD = 24  # the longest sign that something is decided by: ## with a length and a key
LINE_SIGN = 8  # the longest way to write a sign of the line end
ENDS_TRIED = 8
ENDS_TRIED_WITHOUT_LENGTH = 2
QUOTES_TRIED = 8

KEY = rb"\s{0,4}(?i:QN|ST|CN|PW|MN|Flag|PNUM|PNO|RF|CP)\s{0,4}="
HEAD = rb"##(?P<length>\d{0,4}|[0-9A-Za-z+. -]{1,6}?)(?P<behind>;?)(?=" + KEY + rb")"
_WRITTEN = rb"\\[rn]|(?i:\\x0[DA]|<CR>|<LF>|<CRLF>|\[CR\]|\[LF\])"
_ENDED = rb"(?=[\r\n]|" + _WRITTEN + rb"|##|\s*\Z)"
_EVENT = re.compile(
    rb"(?P<open>=//)|(?P<close>//(?=\s*(?:[;,]|&&)))|(?P<head>##[0-9A-Za-z+. -]{0,6}?;?(?="
    + KEY
    + rb"))|(?P<end>(?:(?P<closing>&&)(?P<one>;?)(?P<few>[0-9A-Fa-f]{1,4})|(?P<other>;?)(?P<four>[0-9A-Fa-f]{4}))"
    + _ENDED
    + rb")"
)
_FOUR = re.compile(rb"[0-9A-Fa-f]{4}")
_FEW = re.compile(rb"[0-9A-Fa-f]{1,3}" + _ENDED)
_ENDS_HERE = re.compile(_ENDED)
_BLANK = re.compile(rb"[\r\n \t]*")
_LINE = re.compile(rb"(?:[\r\n \t*]|" + _WRITTEN + rb")*")
_HEAD = re.compile(HEAD)
_MN = re.compile(rb"MN=([^;,&]+)")


class Unfinished(Exception):
    """What would decide has not come yet."""


class View(NamedTuple):
    """Bytes of a stream. final: no more will come. unlock: gives the plain form of an encrypted segment."""

    data: Stream
    final: bool
    unlock: Unlock | None

    def need(self, end: int) -> None:
        """Raises Unfinished when the bytes up to `end` may still come."""
        if not self.final and len(self.data) < end:
            raise Unfinished


class Fit(NamedTuple):
    """A plain segment whose check value belongs to it."""

    segment: bytes
    marks: tuple[str, ...]
    encrypted: bool


class Found(NamedTuple):
    """A packet from its data segment to the end of its check value."""

    end: int
    fit: Fit


class Search(NamedTuple):
    """What a look for another end gave.

    stop: where it ended, at the next packet if there is one. broken: end of the first check value, which does not fit.
    """

    found: Found | None
    stop: int
    broken: int | None


def declared_by(text: bytes) -> int | None:
    """The length that is written; None when it is no number."""
    digits = text.strip()
    return int(digits) if digits.isdigit() and int(digits) < 10_000 else None


def _fits(segment: bytes, printed: bytes, unlock: Unlock | None) -> Fit | None:
    """The plain segment, if the check value belongs to it."""
    short = ("crc_digits",) if len(printed) < 4 else ()
    value = printed.zfill(4)
    marks = crc.judge(segment, value)
    if marks is not None and not sm4.is_cipher_text(segment):  # which fits by chance once in 256 times
        return Fit(segment, (*short, *marks), False)
    if unlock is None or not sm4.may_be_encrypted(segment):
        return None
    plain = unlock(segment)
    marks = crc.judge(plain, value) if plain is not None else None
    if plain is None or marks is None:
        return None
    form = ("encrypted_printed",) if sm4.is_printed(segment) else ()
    return Fit(plain, (*short, *marks, *form), True)


def by_length(view: View, body: int, declared: int) -> Found | None:
    """The packet that the length field promises."""
    data, after = view.data, body + declared
    segment = data[body:after]
    view.need(after + 1)
    if len(segment) < declared:
        return None
    semicolon = data[after : after + 1] == b";"
    after += semicolon
    extra = ("semicolon_before_crc",) if semicolon else ()
    printed = data[after : after + 4]
    fit = _at_length(view, segment, printed)
    if fit is None:
        view.need(after + LOOKAHEAD)
        short = _FEW.match(data, after)
        printed = short[0] if short else b""
        fit = _fits(segment, printed, view.unlock) if short else _without_crc(view, segment, after)
    if fit is None or (b"##" in segment and _holds_a_packet(view, body, declared)):
        return None
    return Found(after + len(printed), fit._replace(marks=(*fit.marks, *extra)))


def _at_length(view: View, segment: bytes, printed: bytes) -> Fit | None:
    """The segment, when four digits behind it are its check value or one of the fixed ones."""
    if not _FOUR.fullmatch(printed):
        return None
    fit = _fits(segment, printed, view.unlock)
    if fit is None and printed.upper() in crc.PLACEHOLDERS and segment.endswith(b"&&"):
        return Fit(segment, ("crc_placeholder",), False)
    return fit


def _without_crc(view: View, segment: bytes, after: int) -> Fit | None:
    """No check value at all: only when the length leads exactly to a closed segment and the end of the packet."""
    if segment.endswith(b"&&") and _ENDS_HERE.match(view.data, after):
        return Fit(segment, ("crc_missing",), False)
    return None


def _holds_a_packet(view: View, body: int, declared: int) -> bool:
    """Is there a whole packet before the declared end, and another one behind it? Then the length lies and fits by chance."""
    within = by_end(view._replace(final=True), body, body + declared, declared)
    return within.found is not None


def horizon(data: Stream, body: int, declared: int | None) -> int:
    """How far another end than the declared one is looked for."""
    printed = b"&&{" in data[body : body + 512]
    return body + max(SEARCH_PRINTED if printed else SEARCH, (declared or 0) + SLACK)


def by_end(view: View, body: int, limit: int, declared: int | None, lead: bytes = b"") -> Search:
    """A packet whose length lies or is missing: the first check value outside of text that fits its segment.

    lead: what stands between ## and the segment, which the check values of one sender cover.
    """
    size = len(view.data)
    known = limit if view.final or size >= limit + LOOKAHEAD else size - LOOKAHEAD
    most = ENDS_TRIED_WITHOUT_LENGTH if declared is None else ENDS_TRIED
    depth, tried = 0, 0
    broken, fixed, quoted = None, None, list[int]()
    for event in _EVENT.finditer(view.data, body, limit):
        if event.end() > known:
            break
        match event.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth = max(0, depth - 1)
            case "head" if depth:
                quoted.append(event.start())
            case "head":
                return Search(fixed, event.start(), broken)
            case _ if not depth and tried < most:
                tried += 1
                fit = _fit_at(view, body, event, declared, lead)
                if fit is not None and "crc_placeholder" not in fit.marks:
                    return Search(Found(event.end(), fit), event.end(), None)
                if fit is not None and fixed is None and declared is not None:
                    fixed = Found(event.end(), fit)
                if broken is None and event["closing"]:
                    broken = event.end()
    if known < limit:
        raise Unfinished
    if depth and quoted:
        return Search(fixed, _next_of_the_same(view, body, quoted, declared, limit), broken)
    return Search(fixed, min(limit, size), broken)


def _fit_at(view: View, body: int, event: re.Match[bytes], declared: int | None, lead: bytes) -> Fit | None:
    """The segment up to this check value, if it fits or is a fixed one."""
    closed = event["closing"]
    printed, semicolon = (event["few"], event["one"]) if closed else (event["four"], event["other"])
    segment = view.data[body : event.end("closing") if closed else event.start()]
    fit = _fits(segment, printed, view.unlock) or _fits_otherwise(segment, semicolon, printed, declared, lead)
    if fit is None:
        fixed = closed and printed.upper() in crc.PLACEHOLDERS
        fit = Fit(segment, ("crc_placeholder",), False) if fixed else None
    if fit is None:
        return None
    size = len(fit.segment)
    sizes = range(size, size + 3)  # some count the semicolons before and after the segment
    wrong = declared is not None and declared not in sizes and "blanks" not in fit.marks
    marks = (*(["length_wrong"] if wrong else []), *(["semicolon_before_crc"] if semicolon else []))
    return fit._replace(marks=(*fit.marks, *marks))


def _fits_otherwise(
    segment: bytes, semicolon: bytes, printed: bytes, declared: int | None, lead: bytes
) -> Fit | None:
    """Two slips of single senders: the check value covers more, or was made before blanks came in."""
    if lead and crc.judge(lead + segment + semicolon, printed) == ():
        return Fit(segment, ("crc_span",), False)
    bare = segment.replace(b" ", b"")
    if len(bare) != len(segment) and declared == len(bare) and crc.judge(bare, printed) == ():
        return Fit(segment, ("blanks",), False)
    return None


def _next_of_the_same(view: View, body: int, quoted: list[int], declared: int | None, limit: int) -> int:
    """Where a text that never closes ends: at a faultless packet of the same device, else at the declared length."""
    mn = _MN.search(view.data, body, limit)
    for start in quoted[:QUOTES_TRIED]:
        if mn and is_faultless(view, start, mn[1]):
            return start
    return min(limit, len(view.data), body + declared + 4 if declared else limit)


def is_faultless(view: View, start: int, mn: bytes | None = None) -> bool:
    """Is here a packet (of the device) in the standard's form?"""
    head = _HEAD.match(view.data, start)
    declared = declared_by(head["length"]) if head else None
    if head is None or not declared:
        return False
    after = head.end() + declared
    view.need(after + 6)
    segment, behind = view.data[head.end() : after], view.data[after : after + 6]
    if behind[4:] != b"\r\n" or crc.judge(segment, behind[:4]) != ():
        return False
    own = _MN.search(segment)
    return mn is None or (own is not None and own[1] == mn)


def closes_at(data: Stream, body: int, declared: int) -> bool:
    """Stand closed data, four digits and a line end exactly where the length says?"""
    after = body + declared
    closed = data[max(body, after - 2) : after] == b"&&" and _FOUR.fullmatch(data[after : after + 4])
    return bool(closed and _ENDS_HERE.match(data, after + 4))


def line_end(view: View, at: int) -> tuple[int, tuple[str, ...]]:
    """The end of what closes a packet's line, and what is wrong with it. Blank signs behind CR LF or LF say nothing."""
    data = view.data
    if data[at : at + 2] == b"\r\n" or data[at : at + 1] == b"\n":
        blank = _BLANK.match(data, at)
        marks = () if data[at : at + 1] == b"\r" else ("end_lf",)
        return (blank.end() if blank else at), marks
    match = _LINE.match(data, at)
    white = match[0] if match else b""
    view.need(at + len(white) + LINE_SIGN)
    return at + len(white), _line_marks(white)


def _line_marks(white: bytes) -> tuple[str, ...]:
    if not white:
        return ("end_missing",)
    if white.strip(b"\r\n \t*"):
        return ("end_literal",)
    return ("end_other",)
