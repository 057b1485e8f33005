"""A stream gives the same pieces wherever it is cut, and text that quotes packets is text."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.feeds.hj212 import Piece, read_piece
from bihuan.feeds.hj212.framing import frames
from bihuan.feeds.hj212.sm4 import decrypt, encrypt
from bihuan.feeds.hj212.splitter import Splitter
from tests.feeds.hj212.packets import (
    DATA,
    EXAMPLE_2017,
    EXAMPLE_2025,
    HEAD_2005,
    HEAD_2017,
    HEAD_2025,
    crc_of,
    one,
    pack,
    published,
    upload,
)
from tests.feeds.hj212.test_deviations import SAMPLES

KEY = bytes(range(16))
A, B = pack(upload()), pack(upload(head=HEAD_2005))
INNER = pack(
    "ST=32;CN=2011;PW=654321;MN=TESTMN0000INNR;CP=&&DataTime=20181225080000;011-Rtd=27.3,011-Flag=N&&"
)
LOGIN = pack("QN=20240512083015120;ST=91;CN=9021;PW=654321;MN=TESTMN0000INNR;Flag=1;CP=&&&&")


def log_of(text: bytes, *, cn: str = "3020", head: str = HEAD_2017, **wrong: str) -> bytes:
    """A packet whose log holds a text."""
    before = head.replace("CN=2011", f"CN={cn}") + "CP=&&DataTime=20240512083000;PolId=w01018;i11001-Info=//"
    return pack(before.encode() + text + b"//&&", **wrong)


def ciphered() -> bytes:
    """An upload of the edition of 2025 whose CP is binary."""
    segment = upload(head=HEAD_2025).encode()
    return b"##%04d%s%s\r\n" % (len(segment), encrypt(segment, KEY), crc_of(segment).encode())


QUOTES = {
    "as it is": INNER.rstrip(),
    "with its line end": INNER,
    "two of them": INNER + INNER,
    "a login": b"R:" + LOGIN.rstrip() + b" S:" + INNER.rstrip(),
    "a log that quotes a log": log_of(INNER.rstrip()).rstrip(),
    "of its own device": A,
    "cut off": INNER[:60],
    "beginning only": b"##0096ST=",
}
LOGS = {name: log_of(text) for name, text in QUOTES.items()}
FIELD_SAMPLE = (DATA / "hj212_log_quotes_packet.bin").read_bytes()

PIECES = [
    A, B, EXAMPLE_2017, EXAMPLE_2025, ciphered(), FIELD_SAMPLE, *LOGS.values(), *SAMPLES.values(),
    *(str(sample["packet"]).encode() for sample in published()),
    A.rstrip(), A[2:], A[:70], A[40:], pack(upload(), crc="1235"), pack(upload(), length="9999"), pack(upload(), length="0010"),
    log_of(INNER.rstrip(), crc="1235"), log_of(INNER, length="0100"), log_of(INNER.rstrip(), length="9999"), LOGS["as it is"][:150],
    b"##", b"##0100", b"##0000FFFF\r\n", b"QN=", b"//", b"=//", b"&&", b"\r\n", b"<CR><LF>", b"\0\xff", b"7", b";", b"GET / HTTP/1.1\r\n",
]  # fmt: skip


def unlock(segment: bytes) -> bytes | None:
    return decrypt(segment, KEY)


Seen = tuple[str | None, bytes, tuple[str, ...]]


def seen(pieces: list[tuple[Piece, bytes]]) -> list[Seen]:
    """Reason, text and marks of each piece; noise that stands together is one, blank signs between pieces are none."""
    found: list[Seen] = []
    for piece, raw in pieces:
        text = raw.strip()
        if piece.reason == "noise" and found and found[-1][0] == "noise":
            found[-1] = ("noise", found[-1][1] + raw, ())
        elif text:
            found.append((piece.reason, raw if piece.reason == "noise" else text, piece.deviations))
    return [(reason, text.strip(), marks) for reason, text, marks in found]


def uncut(data: bytes) -> list[Seen]:
    return seen([(read_piece(f), data[f.start : f.end]) for f in frames(data, unlock=unlock)])


def in_cuts(data: bytes, cuts: list[int]) -> list[Seen]:
    splitter = Splitter(unlock)
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    found = []
    for chunk, final in [(data[a:b], False) for a, b in pairwise(places)] + [(b"", True)]:
        whole, some = splitter.cut(chunk, final=final)
        found += [(read_piece(f), whole[f.start : f.end]) for f in some]
    return seen(found)


@settings(deadline=None, max_examples=400)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), min_size=1, max_size=7),
    st.lists(st.integers(0, 10_000), max_size=10),
)
def test_any_mixture_gives_the_same_pieces_wherever_it_is_cut(pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)
    assert in_cuts(data, cuts) == uncut(data)


@pytest.mark.parametrize("name", LOGS)
def test_a_log_that_quotes_packets_is_one_log_at_every_cut(name: str) -> None:
    data = B + LOGS[name] + A
    for cut in range(len(data)):
        found = in_cuts(data, [cut])
        assert [reason for reason, _, _ in found] == [None, None, None], cut
        assert found[1][1] == LOGS[name].strip()


def test_the_log_of_the_field_at_every_cut_and_with_a_pause_there() -> None:
    for cut in range(1, len(FIELD_SAMPLE)):
        splitter = Splitter()
        found = [*splitter.feed(FIELD_SAMPLE[:cut]), *splitter.quiet()[1], *splitter.feed(FIELD_SAMPLE[cut:])]
        assert [f.reason for f in found] == [None], cut
        assert read_piece(found[0]).head.fields["MN"] == "TESTMN00000000000000000B"


@pytest.mark.parametrize(
    "name", ["as it is", "with its line end", "two of them", "a login", "a log that quotes a log"]
)
@pytest.mark.parametrize("wrong", [{"crc": "1235"}, {"length": "0100"}, {"length": "9999"}, {"length": ""}])
def test_a_quoted_packet_is_text_though_its_log_is_broken(name: str, wrong: dict[str, str]) -> None:
    data = log_of(QUOTES[name], **wrong) + A
    taken = [read_piece(f).header["MN"] for f in frames(data) if f.reason is None]
    assert "TESTMN0000INNR" not in taken
    assert taken[-1] == one(A).header["MN"]


def test_a_connection_that_ends_within_a_log_gives_nothing_of_the_quoted_device() -> None:
    for cut in range(1, len(FIELD_SAMPLE) - 6):
        assert not any(f.reason is None for f in frames(FIELD_SAMPLE[:cut])), cut


def test_a_log_that_is_cut_off_does_not_take_the_next_packets_of_its_device_with_it() -> None:
    data = log_of("清洗管路 ".encode() * 20)
    for cut in range(10, len(data) - 10):
        assert [f.segment for f in frames(data[:cut] + A + A) if f.reason is None] == [A[6:-6]] * 2, cut


@pytest.mark.parametrize("text", [b"S:##0096ST=32;CN=2011;", b"URL=//x", b"=//"])
def test_text_without_its_end_signs_is_read_by_its_length(text: bytes) -> None:
    packet = pack(HEAD_2017.encode() + b"CP=&&DataTime=20240512083000;i11001-Info=" + text + b"&&")
    assert [f.reason for f in frames(packet + A)] == [None, None]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("blank", [b"", b"\n", b"\r\n \t"])
def test_a_packet_is_given_out_with_its_line_end_and_blanks_behind_it_are_nothing(
    end: bytes, blank: bytes
) -> None:
    splitter = Splitter()
    (frame,) = splitter.feed(pack(upload(), end=end))  # some loggers wait for the answer before they go on
    assert [f.reason for f in splitter.feed(blank + A) + splitter.close()] == [None]
    assert (frame.reason, frame.marks) == (None, () if end == b"\r\n" else ("end_lf",))
