"""Finding packets in a stream of bytes: by their length, and by other signs when the length lies.

Every byte of the stream belongs to exactly one frame: a packet, or a broken piece with the reason.
"""

import re
from collections.abc import Callable, Iterator
from mmap import mmap
from typing import NamedTuple

from bihuan.feeds.hj212 import crc, sm4

Stream = bytes | mmap
Unlock = Callable[[bytes], bytes | None]

LONGEST = 9999  # the length field has four digits
SEARCH = 2048  # how far another end is looked for when the length lies
SEARCH_PRINTED = 8192  # printed cipher text is five times as long
ENDS_TRIED = 8
ENDS_TRIED_WITHOUT_LENGTH = 2
RUN = 256  # packets whose check values are worked out together
_LINE_ENDS = (b"\r\n##", b"\r\n")
_LENGTHS = {b"##%04d" % length: length for length in range(LONGEST + 1)}

_new = tuple.__new__  # a NamedTuple's own constructor is slower
_KEY = rb"\s*(?i:QN|ST|CN|PW|MN|Flag|PNUM|PNO|RF|CP)\s*="
_HEAD = re.compile(rb"##(\d{0,4})(;?)(?=" + _KEY + rb")")
_HEAD_BEGUN = re.compile(rb"(?:#{1,2}\d{0,4};?\s?[A-Za-z]{0,4}\s?|(?:\d{1,4};?)?[QSMC][NT]?)\Z")
_LOOSE_BEGUN = re.compile(rb"(?:#?\d{1,4};?)?(?:QN|ST|CN|MN)=[^&#]{0,400}\Z")
_LOOSE = re.compile(rb"(?<![;=\d])(?:#?\d{1,4};?)?(?=(?:QN|ST|CN|MN)=[^&#]{0,400}?CP=)")
_END = re.compile(rb"(&&)?(;?)([0-9A-Fa-f]{4})(?=[\r\n]|\\r|\\n|##|\s*\Z)")
_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_HEX_UNPADDED = re.compile(rb"[1-9A-Fa-f]?[0-9A-Fa-f]{1,2}(?=[\r\n]|\\r|\\n|##|\Z)")
_LINE = re.compile(rb"(?:[\r\n \t*]|\\r|\\n)*")


class Frame(NamedTuple):
    """One piece of the stream. `segment` is plain; of a broken piece it is what can be read of it."""

    start: int
    end: int
    segment: bytes
    marks: tuple[str, ...]
    reason: str | None
    encrypted: bool


# The plain segment, marks, and whether it was encrypted.
_Fit = tuple[bytes, tuple[str, ...], bool]


class _Found(NamedTuple):
    """A packet from its data segment to the end of its check value."""

    end: int
    segment: bytes
    marks: tuple[str, ...]
    encrypted: bool


def frames(
    data: Stream, start: int = 0, *, final: bool = True, unlock: Unlock | None = None
) -> Iterator[Frame]:
    """All frames from `start` on. Unless `final`, an unfinished tail is left for later."""
    position, size, most = start, len(data), RUN
    ahead = _Ahead()
    while position < size:
        run = _run(data, position, most)
        most = min(2 * most, RUN)
        for begin, after, value in run:
            segment = data[begin + 6 : after]
            if data[after : after + 4] == value and (segment.isascii() or not sm4.is_cipher_text(segment)):
                position = after + 6
                yield _new(Frame, (begin, position, segment, (), None, False))
                continue
            break
        else:
            if run:
                continue
        frame = _read(data, position, final, unlock, ahead)
        if frame is None:
            return
        yield frame
        position, most = frame.end, 1  # where packets are irregular, no run is looked for in vain


def _run(data: Stream, position: int, most: int) -> list[tuple[int, int, bytes]]:
    """Start, end of segment, and right check value of packets that stand one behind another as the standard says."""
    starts: list[int] = []
    ends: list[int] = []
    at = position
    while len(starts) < most:
        declared = _LENGTHS.get(data[at : at + 6])
        if not declared:
            break
        after = at + 6 + declared
        if data[after + 4 : after + 8] not in _LINE_ENDS:
            break
        starts.append(at)
        ends.append(after)
        at = after + 6
    first = [begin + 6 - position for begin in starts]
    values = crc.crc_texts(data[position:at], first, [after - position for after in ends])
    return list(zip(starts, ends, values, strict=True))


class _Ahead:
    """Where the next ## with its length and key stands, so that it is not looked for again and again."""

    def __init__(self) -> None:
        self._start = -1

    def of(self, data: Stream, position: int) -> int:
        """Its place at or behind `position`; the end of the data when there is none."""
        if self._start < position:
            match = _HEAD.search(data, position)
            self._start = match.start() if match else len(data)
        return self._start


def _read(data: Stream, position: int, final: bool, unlock: Unlock | None, ahead: _Ahead) -> Frame | None:
    """The next frame that the quick look did not take, or None when more bytes are needed."""
    head = _HEAD.match(data, position)
    if head is None:
        return _gap(data, position, final, ahead.of(data, position))
    body, size = head.end(), len(data)
    declared = int(head[1]) if head[1] else None
    found = _by_length(data, body, declared, final, unlock)
    if found is not None:
        return _finish(data, position, found, _head_marks(head))
    following = _HEAD.search(data, body, min(size, body + LONGEST))
    stop = following.start() if following else size
    limit = min(stop, body + (SEARCH_PRINTED if b"&&{" in data[body : body + 512] else SEARCH))
    lead = data[head.start(1) : body] if head[2] else b""
    found = _by_end(data, body, limit, declared, final or following is not None, unlock, lead)
    if found is not None:
        return _finish(data, position, found, _head_marks(head))
    end = _broken_end(data, body, declared, limit, stop)
    waiting = end is None and following is None and size - body < max(declared or 0, SEARCH) + 8
    if waiting and not final:
        return None
    if end is None:
        end = max(body, min(stop, body + (declared or SEARCH) + 4))
        return Frame(position, end, data[body:end], (), "truncated", False)
    line = _LINE.match(data, end)
    segment = data[body : max(body, end - 4)]
    reason = "encrypted" if sm4.looks_encrypted(segment) else "crc"
    return Frame(position, line.end() if line else end, segment, (), reason, reason == "encrypted")


def _head_marks(head: re.Match[bytes]) -> tuple[str, ...]:
    marks: tuple[str, ...] = ()
    if not head[1]:
        marks = ("length_missing",)
    elif len(head[1]) < 4:
        marks = ("length_digits",)
    return (*marks, "semicolon_after_length") if head[2] else marks


def _fits(segment: bytes, printed: bytes, unlock: Unlock | None) -> _Fit | None:
    """The plain segment, marks and whether it was encrypted, if the check value belongs to it."""
    marks = crc.judge(segment, printed)
    if marks is not None and not sm4.is_cipher_text(segment):  # which fits by chance once in 256 times
        return segment, marks, False
    if unlock is None or not sm4.may_be_encrypted(segment):
        return None
    plain = unlock(segment)
    marks = crc.judge(plain, printed) if plain is not None else None
    if plain is None or marks is None:
        return None
    return plain, (*marks, "encrypted_printed") if sm4.is_printed(segment) else marks, True


def _by_length(
    data: Stream, body: int, declared: int | None, final: bool, unlock: Unlock | None
) -> _Found | None:
    """The packet that the length field promises."""
    if declared is None:
        return None
    after = body + declared
    segment = data[body:after]
    if len(segment) < declared:
        return None
    semicolon = data[after : after + 1] == b";"
    printed = data[after + semicolon : after + semicolon + 4]
    extra = ("semicolon_before_crc",) if semicolon else ()
    end = after + semicolon + 4
    if _HEX.fullmatch(printed):
        fit = _fits(segment, printed, unlock)
        if fit is not None:
            return _Found(end, fit[0], (*fit[1], *extra), fit[2])
        if printed.upper() in crc.PLACEHOLDERS and segment.endswith(b"&&"):
            return _Found(end, segment, ("crc_placeholder", *extra), False)
        return None
    short = _HEX_UNPADDED.match(data, after + semicolon)
    if short and (final or short.end() < len(data)):
        marks = crc.judge(segment, short[0].zfill(4))
        if marks is not None:
            return _Found(short.end(), segment, ("crc_digits", *marks, *extra), False)
    return _without_crc(data, segment, after + semicolon, extra, final)


def _without_crc(
    data: Stream, segment: bytes, after: int, extra: tuple[str, ...], final: bool
) -> _Found | None:
    """No check value at all: only when the length leads exactly to a closed segment and the end of the packet."""
    following = data[after : after + 2]
    ended = following[:1] in (b"\r", b"\n") or following in (b"##", b"\\r", b"\\n")
    if segment.endswith(b"&&") and (ended or (final and not following)):
        return _Found(after, segment, ("crc_missing", *extra), False)
    return None


def _by_end(
    data: Stream,
    body: int,
    limit: int,
    declared: int | None,
    final: bool,
    unlock: Unlock | None,
    lead: bytes = b"",
) -> _Found | None:
    """A packet whose length lies or is missing: the first check value before a sure end that fits."""
    fixed = None
    most = ENDS_TRIED_WITHOUT_LENGTH if declared is None else ENDS_TRIED
    for tried, match in enumerate(_END.finditer(data, body, limit)):
        if tried == most:
            break
        if match.end() == limit and not final and not match[1]:
            continue
        segment = data[body : match.end(1) if match[1] else match.start()]
        fit = _fits(segment, match[3], unlock) or _fits_otherwise(segment, match, declared, lead)
        if fit is None and match[1] and not fixed and match[3].upper() in crc.PLACEHOLDERS:
            fixed = match, (segment, ("crc_placeholder",), False)
        elif fit is not None:
            return _ended(match, fit, declared)
    return _ended(*fixed, declared) if fixed and declared is not None else None


def _ended(match: re.Match[bytes], fit: _Fit, declared: int | None) -> _Found:
    segment, marks, encrypted = fit
    sizes = range(len(segment), len(segment) + 3)  # some count the semicolons before and after the segment
    if declared is not None and declared not in sizes and "blanks" not in marks:
        marks = (*marks, "length_wrong")
    return _Found(match.end(3), segment, (*marks, "semicolon_before_crc") if match[2] else marks, encrypted)


def _fits_otherwise(segment: bytes, match: re.Match[bytes], declared: int | None, lead: bytes) -> _Fit | None:
    """Two slips of single senders: the check value covers more, or was made before blanks came in."""
    if lead and crc.judge(lead + segment + match[2], match[3]) == ():
        return segment, ("crc_span",), False
    bare = segment.replace(b" ", b"")
    if len(bare) != len(segment) and declared == len(bare) and crc.judge(bare, match[3]) == ():
        return segment, ("blanks",), False
    return None


def _finish(data: Stream, start: int, found: _Found, marks: tuple[str, ...]) -> Frame:
    line = _LINE.match(data, found.end)
    white = line[0] if line else b""
    end = _end_marks(white)
    return Frame(
        start, found.end + len(white), found.segment, (*marks, *found.marks, *end), None, found.encrypted
    )


def _end_marks(white: bytes) -> tuple[str, ...]:
    if white == b"\r\n":
        return ()
    if not white:
        return ("end_missing",)
    if b"\\" in white:
        return ("end_literal",)
    return ("end_lf",) if white == b"\n" else ("end_other",)


def _broken_end(data: Stream, body: int, declared: int | None, limit: int, stop: int) -> int | None:
    """Where a packet ends whose check value does not fit; None when it has no end before the next packet."""
    if declared is not None:
        after = body + declared
        closed = data[max(body, after - 2) : after] == b"&&" and _HEX.fullmatch(data[after : after + 4])
        if closed and after + 4 <= stop:
            return after + 4
    match = next((m for m in _END.finditer(data, body, limit) if m[1]), None)
    return match.end(3) if match else None


def _gap(data: Stream, position: int, final: bool, limit: int) -> Frame | None:
    """Bytes before the next packet, which begins at `limit`: noise, or a packet that has lost its ##."""
    size = len(data)
    sure = final or limit < size
    for loose in _LOOSE.finditer(data, position, limit):
        found = _by_end(data, loose.end(), min(limit, loose.end() + SEARCH), None, sure, None)
        if found is None and not sure and size - loose.start() < SEARCH:
            return _noise(data, position, loose.start())
        if found is not None and loose.start() > position:
            return _noise(data, position, loose.start())
        if found is not None:
            return _finish(data, position, found, ("prefix_missing",))
    if not sure:
        begun = _LOOSE_BEGUN.search(data, max(position, size - 420)) or _HEAD_BEGUN.search(
            data, max(position, size - 16)
        )
        limit = begun.start() if begun else size
    return _noise(data, position, limit)


def _noise(data: Stream, start: int, end: int) -> Frame | None:
    """Nothing when the piece is empty: the rest is not finished."""
    return Frame(start, end, b"", (), "noise", False) if end > start else None
