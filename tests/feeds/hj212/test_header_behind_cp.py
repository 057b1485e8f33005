"""Header fields that stand behind CP count, as do fields in odd order, doubled ones and other capitals."""

from itertools import combinations

import pytest

from bihuan.feeds.hj212.editions import HEADER_KEYS
from bihuan.feeds.hj212.sm4 import encrypt
from tests.feeds.hj212.packets import CP, DATA, HEAD_2017, HEAD_2025, crc_of, decode, one, pack, upload

FIELDS = HEAD_2017.replace("Flag=4", "Flag=7;PNUM=2;PNO=1").rstrip(";").split(";")
WHOLE = one(pack(upload(head=";".join(FIELDS) + ";")))
KEY = bytes(range(16))


def behind(fields: tuple[str, ...], *, between: str = ";", end: str = "") -> bytes:
    """The upload with these fields behind CP."""
    head = "".join(f"{field};" for field in FIELDS if field not in fields)
    return pack(f"{head}CP=&&{CP}&&{between}{between.strip(' ').join(fields)}{end}")


def test_the_packet_of_the_field() -> None:
    piece = one((DATA / "hj212_header_behind_cp.bin").read_bytes())
    assert piece.accepted
    assert (piece.edition, piece.header["Flag"], piece.flag.A) == (2017, "5", True)
    assert piece.cp["factors"] == {"w01018": {"Rtd": "21.5", "Flag": "N"}}
    assert "header_behind_cp" in piece.deviations


@pytest.mark.parametrize("fields", [c for n in (1, 2, len(FIELDS)) for c in combinations(FIELDS, n)])
def test_any_fields_behind_cp_are_read_as_in_front_of_it(fields: tuple[str, ...]) -> None:
    piece = one(behind(fields))
    assert (piece.accepted, piece.header, piece.flag, piece.edition) == (True, WHOLE.header, WHOLE.flag, 2017)
    assert piece.cp == WHOLE.cp
    assert "header_behind_cp" in piece.deviations


@pytest.mark.parametrize("between", [";", ",", "", "; "])
@pytest.mark.parametrize("end", ["", ";", "&&", ";&&"])
def test_whatever_separates_them(between: str, end: str) -> None:
    piece = one(behind(("Flag=7",), between=between, end=end))
    assert (piece.header["Flag"], piece.cp) == ("7", WHOLE.cp)


def test_what_is_behind_cp_and_no_header_field_is_marked_only() -> None:
    piece = one(pack(upload() + ";Foo=5"))
    assert piece.accepted
    assert "cp_tail" in piece.deviations
    assert piece.header["Flag"] == "4"


def test_a_log_that_speaks_of_header_fields_is_text() -> None:
    text = "//a&&;Flag=5//"
    piece = one(pack(upload(f"DataTime=20240601085857;i11001-Info={text}")))
    assert piece.cp["factors"]["i11001"] == {"Info": text}
    assert piece.header["Flag"] == "4"


def test_encrypted_content_with_fields_behind_it() -> None:
    segment = (upload(head=HEAD_2025.replace("Flag=8;", "")) + ";Flag=9").encode()
    packet = b"##%04d%s%s\r\n" % (len(segment), encrypt(segment, KEY), crc_of(segment).encode())
    assert encrypt(segment, KEY) != segment
    piece = one(packet, sm4_key=KEY)
    assert (piece.accepted, piece.encrypted, piece.edition, piece.flag.A) == (True, True, 2025, True)
    assert piece.cp == WHOLE.cp


def test_odd_order_blanks_and_capitals() -> None:
    fields = [
        f" {key.swapcase()} = {value} " for key, value in (field.split("=") for field in reversed(FIELDS))
    ]
    piece = one(pack(f"{';'.join(fields)};cp=&&{CP}&&"))
    assert {key: (piece.header[key] or "").strip() for key in HEADER_KEYS if key != "RF"} == {
        key: value for key, value in WHOLE.header.items() if key != "RF"
    }
    assert piece.flag == WHOLE.flag
    assert {"blanks", "key_case", "header_order"} <= set(piece.deviations)


def test_of_doubled_fields_the_first_that_says_something_counts() -> None:
    head = HEAD_2017.replace("MN=", "MN=;MN=") + "MN=other;"
    assert one(pack(upload(head=head))).header["MN"] == "010000A8900016F000169DC0"


def test_line_end_in_letters_and_a_check_value_without_its_zero() -> None:
    data = (DATA / "hj212_line_end_in_letters.bin").read_bytes()
    pieces = decode(data + data)
    assert [piece.accepted for piece in pieces] == [True, True]
    assert {"end_literal", "crc_digits"} <= set(pieces[0].deviations)
    assert pieces[0].cp["factors"]["H01"] == {"Rtd": "40.8", "Flag": "N"}


@pytest.mark.parametrize(
    "end", [b"<CR><LF>", b"<cr><lf>", b"<CRLF>", b"[CR][LF]", b"\\r\\n", b"\\x0D\\x0A", b"<CR><LF>\r\n"]
)
@pytest.mark.parametrize("cut", [0, 1])
def test_other_letters_for_the_line_end(end: bytes, cut: int) -> None:
    segment = next(
        t for t in (upload(CP.replace("18.5", f"{n}.5")) for n in range(999)) if crc_of(t.encode())[0] == "0"
    )
    packet = pack(segment, crc=crc_of(segment.encode())[cut:].lower(), end=end)
    pieces = decode(packet + packet)
    assert [piece.accepted for piece in pieces] == [True, True]
    assert all("end_literal" in piece.deviations for piece in pieces)
