"""Whatever the bytes are: no exception, no hang, every byte in exactly one piece, the next good packet found."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feeds.hj212.packets import EXAMPLE_2017, EXAMPLE_2025, decode, pack, published, upload

PACKETS = [str(sample["packet"]).encode() for sample in published()] + [
    EXAMPLE_2017,
    EXAMPLE_2025,
    pack(upload("DataTime=20240601085857;i11001-Info=//清洗&&;,=##//")),
]
KEY = bytes([0x30] * 16)

FRAGMENT = st.sampled_from(
    [
        b"##",
        b"##0100",
        b"QN=",
        b"ST=31;CN=2011;",
        b"CP=&&",
        b"&&",
        b"1C80",
        b"\r\n",
        b"//",
        b"=",
        b";",
        b",",
        b"{0xE4}",
    ]
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.one_of(FRAGMENT, st.binary(max_size=20), st.sampled_from(PACKETS)), max_size=12),
    st.booleans(),
)
def test_any_mixture(pieces, strict):
    for piece in decode(b"".join(pieces), strict=strict, sm4_key=KEY):
        piece.as_record()


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(PACKETS),
    st.lists(
        st.tuples(st.integers(0, 2_000), st.integers(0, 255), st.sampled_from("sid")), min_size=1, max_size=6
    ),
)
def test_mutations_of_real_packets(packet, changes):
    """Bytes set, inserted, deleted; the packet behind them is read all the same."""
    data = bytearray(packet)
    for place, byte, kind in changes:
        at = place % max(1, len(data))
        data[at : at + (kind != "i")] = b"" if kind == "d" else bytes([byte])
    pieces = decode(bytes(data) + EXAMPLE_2017)
    for piece in pieces:
        piece.as_record()
    assert pieces[-1].header["CN"] == "1062"
    assert pieces[-1].accepted


def test_a_flipped_bit_is_found_unless_the_check_value_cannot_see_it():
    """One wrong byte always changes the check value: its map of single bytes is one to one."""
    good = EXAMPLE_2017
    for place in range(6, len(good) - 6):
        for bit in (1, 0x10, 0x80):
            bad = good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :]
            assert not any(piece.accepted for piece in decode(bad)), (place, bit)
