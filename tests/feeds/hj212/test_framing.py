"""Packets are found in whatever stands round them, and every byte belongs to exactly one piece."""

from itertools import pairwise

import pytest

from bihuan.feeds.hj212.splitter import Splitter
from tests.feeds.hj212.packets import (
    CP,
    EXAMPLE_2017,
    EXAMPLE_2025,
    HEAD_2005,
    HEAD_2017,
    HEAD_2025,
    decode,
    one,
    pack,
    upload,
)

A, B, C = pack(upload()), pack(upload(head=HEAD_2005)), pack(upload(head=HEAD_2025))


def outcome(data: bytes) -> list[str]:
    return [piece.reason or "packet" for piece in decode(data)]


def test_a_clean_stream_of_three_editions():
    pieces = decode(A + B + C + EXAMPLE_2017 + EXAMPLE_2025)
    assert [piece.edition for piece in pieces] == [2017, 2005, 2025, 2017, 2025]
    assert all(piece.accepted and not piece.deviations for piece in pieces)


@pytest.mark.parametrize(
    "noise",
    [
        b"http://www.cmsoft.cn"
        * 20,  # a field log of a forwarding station has this before and between packets
        b"\0\0\0",
        b"GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n",
        b"[2020-09-22 18:19:08]\n",
        b"##",
        b"##00",
        b"####",
        b"##9999",
        b"\xff\xfe" * 50,
    ],
)
def test_noise_before_and_between(noise):
    assert outcome(noise + A + noise + B + C) == ["noise", "packet", "noise", "packet", "packet"]


def test_a_cut_packet_does_not_take_the_next_one_with_it():
    for cut in range(len(A) - 6):
        found = outcome(A[:cut] + B + C)
        assert found[-2:] == ["packet", "packet"], cut
        assert "packet" not in found[:-2], cut


def test_a_cut_at_the_end_of_the_stream():
    for cut in range(1, len(A) - 6):
        assert outcome(B + A[:cut])[0] == "packet"
        assert len([o for o in outcome(B + A[:cut]) if o == "packet"]) == 1 + (cut == len(A) - 6), cut


def test_a_packet_whose_beginning_is_cut_off():
    for cut in (20, 60, 100):
        assert outcome(A[cut:] + B) == ["noise", "packet"]


def test_a_changed_byte_is_refused_and_the_next_packet_is_read():
    place = A.index(b"18.5")
    broken = A[:place] + b"98.5" + A[place + 4 :]
    pieces = decode(broken + B)
    assert [piece.reason for piece in pieces] == ["crc", None]
    assert pieces[0].length == len(broken)


def test_a_refused_packet_still_tells_what_can_be_read():
    broken = one(A.replace(b"18.5", b"98.5"))
    assert broken.header["MN"] == "010000A8900016F000169DC0"
    assert broken.cp["factors"]["a21026"]["Rtd"] == "98.5"


def test_frames_glued_back_to_back_and_without_an_end():
    bare = A.rstrip()
    pieces = decode(bare + B.rstrip() + C)
    assert [piece.accepted for piece in pieces] == [True, True, True]
    assert [piece.deviations for piece in pieces] == [("end_missing",), ("end_missing",), ()]


def test_text_that_looks_like_a_packet_inside_a_log_is_no_packet():
    log = "R:&&E041 ##0076ST=32;CN=2011;PW=;MN=;CP=&&DataTime=20181225080000&&7340"
    segment = upload(f"DataTime=20240601085857;PolId=w01018;i11001-Info=//{log}//", HEAD_2017)
    piece = one(pack(segment))
    assert piece.accepted
    assert piece.cp["factors"]["i11001"]["Info"] == f"//{log}//"


def test_ten_megabytes_without_a_packet_are_one_piece():
    noise = b"x;=&,#0123456789QN" * 600_000
    assert outcome(noise + A) == ["noise", "packet"]


def test_many_beginnings_without_an_end():
    pieces = decode(b"##0100QN=20240601085857223;" * 5_000 + A)
    assert [piece.reason for piece in pieces[:-1]] == ["truncated"] * 5_000
    assert pieces[-1].accepted


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    splitter = Splitter()
    places = [0, *sorted(c % len(data) for c in cuts), len(data)]
    frames = [f for a, b in pairwise(places) for f in splitter.feed(data[a:b])]
    return [f.segment for f in (*frames, *splitter.close()) if f.reason is None]


def test_a_packet_without_a_line_end_is_given_out_when_its_sender_is_quiet():
    splitter = Splitter()
    assert splitter.feed(A[:-2]) == []
    data, (frame,) = splitter.quiet()
    assert frame.segment == data[frame.start + 6 : frame.end - 4] == A[6:-6]
    assert splitter.feed(b"\r") == []
    (second,) = splitter.feed(b"\n" + B)
    assert (second.start, second.end) == (len(A), len(A) + len(B))
    assert splitter.close() == []


def test_a_broken_packet_is_given_out_when_its_sender_is_quiet():
    splitter = Splitter()
    splitter.feed(pack(upload(), crc="1235"))
    assert [f.reason for f in splitter.quiet()[1]] == ["crc"]


def test_a_pause_within_a_packet_changes_nothing():
    for cut in range(1, len(A)):
        splitter = Splitter()
        frames = [*splitter.feed(A[:cut]), *splitter.quiet()[1], *splitter.feed(A[cut:] + B)]
        assert [f.segment for f in frames] == [A[6:-6], B[6:-6]], cut


@pytest.mark.parametrize(
    "length", ["9999", "0500", "0165", "0160", "0010", "0000", "", "x", "12ab", "00163", "-163"]
)
def test_a_wrong_length_holds_nobody_up_for_ever(length):
    """However the length lies, its packet and the next one are given out when the sender is quiet, and not invented."""
    wrong = pack(upload(), length=length)
    assert [(p.accepted, p.cp) for p in decode(wrong + B)] == [(True, one(A).cp), (True, one(B).cp)]
    splitter = Splitter()
    early = splitter.feed(wrong)
    assert [f.segment for f in (*early, *splitter.quiet()[1])] == [A[6:-6]]


def test_a_broken_packet_with_too_great_a_length_holds_the_next_one_up_until_its_sender_is_quiet():
    splitter = Splitter()
    assert splitter.feed(pack(upload(), length="9999", crc="1235") + B) == []
    assert [f.reason for f in splitter.quiet()[1]] == ["crc", None]


def test_a_lying_length_that_ends_with_the_next_packet_takes_neither():
    both = pack(upload(), length=f"{len(A) - 12 + len(B):04d}") + B
    assert [p.cp for p in decode(both + C)] == [one(A).cp, one(B).cp, one(C).cp]


def test_irregular_packets_within_a_long_run_are_read_as_each_alone():
    lower = A[:-6] + A[-6:].lower()
    odd = {
        7: lower,
        40: B.rstrip(),
        51: A[2:],
        300: A.replace(b"18.5", b"98.5"),
        301: A[:-2] + b"\n",
        600: lower,
    }
    packets = [odd.get(number, (A, B, C)[number % 3]) for number in range(700)]
    pieces = decode(b"".join(packets))
    assert [(p.length, p.reason, p.deviations) for p in pieces] == [
        (alone.length, alone.reason, alone.deviations) for packet in packets for alone in decode(packet)
    ]


def test_an_empty_segment_is_no_packet():
    assert outcome(b"##0000FFFF\r\n" * 20 + A) == ["noise", "packet"]


def test_segment_of_the_longest_that_the_length_field_allows():
    cp = CP + ";note=" + "x" * 9_700
    piece = one(pack(upload(cp)))
    assert piece.accepted
    assert piece.deviations == ("segment_oversize",)
