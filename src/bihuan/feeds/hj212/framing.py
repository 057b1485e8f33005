"""Finding packets in a stream of bytes: by their length, and by other signs when the length lies.

Every byte of the stream belongs to exactly one frame: a packet, or a broken piece with the reason.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bihuan.feeds.hj212 import crc, sm4
from bihuan.feeds.hj212.ends import (
    HEAD,
    LOOKAHEAD,
    SEARCH,
    Found,
    Search,
    Stream,
    Unfinished,
    Unlock,
    View,
    by_end,
    by_length,
    closes_at,
    declared_by,
    horizon,
    is_faultless,
    line_end,
)

RUN = 256  # packets whose check values are worked out together
LONGEST = 9999  # the length field has four digits
LOOSE_KEYS = 400  # of a packet without ##: its CP stands so near
_LINE_ENDS = (b"\r\n##", b"\r\n")
_LENGTHS = {b"##%04d" % length: length for length in range(LONGEST + 1)}

_new = tuple.__new__  # a NamedTuple's own constructor is slower
_HEAD = re.compile(HEAD)
_HEAD_BEGUN = re.compile(rb"#(?:#(?:[0-9A-Za-z+. -]{0,6};?\s{0,4}[A-Za-z]{0,4}\s{0,4})?)?\Z")
_LOOSE = re.compile(rb"(?<![;=\d])(?:#?\d{1,4};?)?(?=(?:QN|ST|CN|MN)=[^&#]{0,%d}?CP=)" % LOOSE_KEYS)
_LOOSE_BEGUN = re.compile(
    rb"(?:#?\d{1,4};?)?(?:(?:QN|ST|CN|MN)(?:=[^&#]{0,%d})?|[QSCM])\Z|#?\d{1,4};?\Z" % (LOOSE_KEYS + 3)
)


class Frame(NamedTuple):
    """One piece of the stream. `segment` is plain; of a broken piece it is what can be read of it."""

    start: int
    end: int
    segment: bytes
    marks: tuple[str, ...]
    reason: str | None
    encrypted: bool


def frames(
    data: Stream, start: int = 0, *, final: bool = True, unlock: Unlock | None = None
) -> Iterator[Frame]:
    """All frames from `start` on. Unless `final`, an unfinished tail is left for later."""
    position, size, most = start, len(data), RUN
    view, ahead = View(data, final, unlock), _Ahead()
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
        try:
            frame = _read(view, position, ahead)
        except Unfinished:
            return
        yield frame
        position, most = frame.end, 1  # where packets are irregular, no run is looked for in vain


def _run(data: Stream, position: int, most: int) -> list[tuple[int, int, bytes]]:
    """Start, end of segment, and right check value of packets that stand one behind another as the standard says.

    It ends before a packet that holds another one, or says so: such a one is looked at closely.
    """
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
    block = data[position:at]
    if block.count(b"#") > 2 * len(starts):  # quicker than to count two signs
        held = (n for n, begin in enumerate(starts) if b"##" in data[begin + 2 : ends[n]])
        plain = next(held, len(starts))
        starts, ends = starts[:plain], ends[:plain]
    values = crc.crc_texts(
        block, [begin + 6 - position for begin in starts], [after - position for after in ends]
    )
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


def _read(view: View, position: int, ahead: _Ahead) -> Frame:
    """The next frame that the quick look did not take. Raises Unfinished when more bytes are needed."""
    head = _HEAD.match(view.data, position)
    if head is None:
        return _gap(view, position, ahead.of(view.data, position))
    body, declared = head.end(), declared_by(head["length"])
    found = None if declared is None else by_length(view, body, declared)
    if found is not None:
        return _finish(view, position, found, _head_marks(head))
    lead = view.data[head.start("length") : body] if head["behind"] else b""
    search = by_end(view, body, horizon(view.data, body, declared), declared, lead)
    if search.found is not None:
        return _finish(view, position, search.found, _head_marks(head))
    return _broken(view, position, body, declared, search)


def _head_marks(head: re.Match[bytes]) -> tuple[str, ...]:
    marks: tuple[str, ...] = ()
    if not head["length"]:
        marks = ("length_missing",)
    elif len(head["length"]) != 4 or not head["length"].isdigit():
        marks = ("length_digits",)
    return (*marks, "semicolon_after_length") if head["behind"] else marks


def _finish(view: View, start: int, found: Found, marks: tuple[str, ...]) -> Frame:
    segment, of_fit, encrypted = found.fit
    end, of_line = line_end(view, found.end)
    return Frame(start, end, segment, (*marks, *of_fit, *of_line), None, encrypted)


def _broken(view: View, start: int, body: int, declared: int | None, search: Search) -> Frame:
    """A packet whose check value does not fit, or that has no end before the next one."""
    end = search.broken
    if declared is not None and closes_at(view.data, body, declared):
        after = body + declared + 4
        if after <= search.stop or not is_faultless(view, search.stop):
            end = after
    if end is None:
        end = max(body, min(search.stop, body + (declared or SEARCH) + 4))
        return Frame(start, end, view.data[body:end], (), "truncated", False)
    segment = view.data[body : max(body, end - 4)]
    reason = "encrypted" if sm4.looks_encrypted(segment) else "crc"
    return Frame(start, line_end(view, end)[0], segment, (), reason, reason == "encrypted")


def _gap(view: View, position: int, following: int) -> Frame:
    """Bytes before the next packet, which begins at `following`: noise, or a packet that has lost its ##."""
    size = len(view.data)
    for loose in _LOOSE.finditer(view.data, position, following):
        limit = min(following, loose.end() + SEARCH)
        try:
            found = by_end(view, loose.end(), limit, None).found
        except Unfinished:
            return _noise(view.data, position, loose.start())
        if found is not None and loose.start() > position:
            return _noise(view.data, position, loose.start())
        if found is not None:
            return _finish(view, position, found, ("prefix_missing",))
    if view.final or following < size:
        return _noise(view.data, position, following)
    held = [
        begun.start()
        for begun in (
            _LOOSE_BEGUN.search(view.data, max(position, size - LOOSE_KEYS - LOOKAHEAD)),
            _HEAD_BEGUN.search(view.data, max(position, size - LOOKAHEAD)),
        )
        if begun
    ]
    return _noise(view.data, position, min(held, default=size))


def _noise(data: Stream, start: int, end: int) -> Frame:
    """Raises Unfinished when the piece is empty."""
    if end <= start:
        raise Unfinished
    return Frame(start, end, b"", (), "noise", False)
