"""Every deviation that is known from the field is read, marked by its name, and refused by the strict profile."""

import re
from pathlib import Path

import pytest

from bihuan.feeds.hj212.deviations import CONTENT, DEVIATIONS, REASONS, STRUCTURE
from tests.feeds.hj212.packets import (
    CP,
    EXAMPLE_2017,
    EXAMPLE_2025,
    HEAD_2005,
    HEAD_2017,
    HEAD_2025,
    crc_of,
    decode,
    modbus_of,
    one,
    pack,
    published,
    upload,
)

SEGMENT = upload().encode()
GOOD = pack(SEGMENT)
SWAPPED = modbus_of(SEGMENT)[2:] + modbus_of(SEGMENT)[:2]
LOG = "DataTime=20240601085857;i11001-Info=//{}//"


def head(old: str, new: str, base: str = HEAD_2017) -> bytes:
    """An upload with a change in its header."""
    assert old in base
    return pack(upload(head=base.replace(old, new)))


def data(*items: str, base: str = HEAD_2017) -> bytes:
    """An upload with these items."""
    return pack(upload(";".join(items), base))


SEMICOLONS = ";QN=20140617095521000;ST=32;CN=1011;PW=123456;MN=77777770000001;Flag=1;CP=&&&&;"

# The first upload whose check value begins with a zero; senders that print the number as it is leave it out.
UNPADDED = next(
    text
    for text in (upload(CP.replace("18.5", f"{number}.5")).encode() for number in range(1000))
    if crc_of(text).startswith("0")
)

TIME = "DataTime=20240601085857"

# One sample each; the sightings stand in the protocol notes of the project (section 10).
SAMPLES = {
    "crc_lowercase": pack(SEGMENT, crc=crc_of(SEGMENT).lower()),
    "crc_modbus": pack(SEGMENT, crc=modbus_of(SEGMENT)),
    "crc_modbus_swapped": pack(SEGMENT, crc=SWAPPED),
    "crc_placeholder": pack(SEGMENT, crc="ABCD"),
    "crc_digits": pack(UNPADDED, crc=crc_of(UNPADDED).lstrip("0")),
    "crc_missing": pack(SEGMENT, crc=""),
    # Taken from the test client of an embedded project: ##0079;QN=...;CP=&&&&;F001
    "crc_span": pack(SEMICOLONS, crc="F001", length="0079"),
    "length_digits": pack(SEGMENT, length=str(len(SEGMENT))),
    "length_missing": pack(SEGMENT, length=""),
    "length_wrong": pack(SEGMENT, length="0888"),
    "semicolon_after_length": pack(b";" + SEGMENT, length=f"{len(SEGMENT):04d}", crc=crc_of(SEGMENT)),
    "semicolon_before_crc": pack(SEGMENT, crc=";" + crc_of(SEGMENT)),
    "prefix_missing": GOOD[6:],
    "end_missing": GOOD[:-2],
    "end_lf": pack(SEGMENT, end=b"\n"),
    "end_literal": pack(SEGMENT, end=b"\\r\\n"),
    "end_other": pack(SEGMENT, end=b"  \r\n"),
    "segment_oversize": data(TIME, *(f"a{n:05d}-Rtd=1.0,a{n:05d}-Flag=N" for n in range(60))),
    "qn_missing": head("QN=20240601085857223;", ""),
    "qn_empty": head("QN=20240601085857223;", "QN=;"),
    "qn_format": head("QN=20240601085857223;", "QN=1717203537223;"),
    "st_missing": head("ST=31;", ""),
    "st_format": head("ST=31;", "ST=101;"),
    "cn_missing": head("CN=2011;", ""),
    "cn_format": head("CN=2011;", "CN=20;"),
    "pw_missing": head("PW=123456;", ""),
    "pw_empty": head("PW=123456;", "PW=;"),
    "pw_format": head("PW=123456;", "PW=BF470F88957588DE902D1A52;"),
    "mn_missing": head("MN=010000A8900016F000169DC0;", ""),
    "mn_empty": head("MN=010000A8900016F000169DC0;", "MN=;"),
    "mn_format": head("MN=010000A8900016F000169DC0;", "MN=JLYP01_AIR01_0001;"),
    "flag_missing": head("Flag=0;", "", HEAD_2005),
    "flag_format": head("Flag=4;", "Flag=A;"),
    "flag_version": head("Flag=4;", "Flag=129;"),
    "rf_edition": head("Flag=4;", "Flag=4;RF=1;"),
    "rf_value": head("Flag=8;", "Flag=8;RF=0;", HEAD_2025),
    "part_flag": head("Flag=4;", "Flag=4;PNUM=2;PNO=1;"),
    "part_missing": head("Flag=4;", "Flag=6;"),
    "part_order": head("Flag=4;", "Flag=6;PNO=1;PNUM=2;"),
    "part_padded": head("Flag=4;", "Flag=6;PNUM=0002;PNO=0001;"),
    "part_format": head("Flag=4;", "Flag=6;PNUM=2;PNO=3;"),
    "part_in_cp": data(TIME, "PNUM=2", "PNO=1"),
    "header_order": pack(upload(head="ST=31;CN=2011;QN=20240601085857223;" + HEAD_2017[35:])),
    "header_separator": head("PW=123456;", "PW=123456;,"),
    "header_unknown": head("Flag=4;", "Flag=4;DT=0;"),
    "header_repeated": head("Flag=4;", "Flag=4;Flag=5;"),
    "key_case": head("Flag=4;", "FLAG=4;"),
    "blanks": head("Flag=4;", "Flag=5 ;"),
    "header_behind_cp": pack(upload(head=HEAD_2017.replace("Flag=4;", "")) + ";Flag=5"),
    "cp_missing": pack(HEAD_2017.rstrip(";")),
    "cp_unopened": pack(f"{HEAD_2017}CP={CP}&&"),
    "cp_unclosed": pack(f"{HEAD_2017}CP=&&{CP}"),
    "cp_tail": pack(upload() + "x"),
    "trailing_separator": pack(upload(CP + ";")),
    "empty_item": pack(upload(CP.replace(";", ";;", 1))),
    "item_without_equals": data(TIME, "a21026-Rtd=1.0,a21026-Flag=N", "OK"),
    "factor_without_code": data(TIME, "a34001-Rtd=92", "Flag=N"),
    "datatime_format": pack(upload(CP.replace("20240601085857", "20240601085857000"))),
    "text_gb18030": pack(upload(LOG.format("清洗管路")).encode("gb18030")),
    "text_undecodable": pack(upload(LOG.format("?")).encode().replace(b"?", b"\xff\xff")),
    "duplicate_key": data("PolId=101", "PolId=102"),
    "vendor_field": data(TIME, "a01006-Avg=101.8,a01006-ValidNum=10,a01006-Flag=N"),
    "factor_flag_missing": data(TIME, "a34001-Rtd=92"),
    "value_empty": data(TIME, "a01013-SampleTime=,a01013-Rtd=0.0,a01013-Flag=D"),
    "value_sentinel": data(TIME, "a01013-Rtd=-99.000000,a01013-Flag=D"),
    "value_precision": data(TIME, "a01013-Rtd=0.12345678901234,a01013-Flag=N"),
}
ELSEWHERE = {"encrypted_printed"}  # test_sm4.py


def test_every_mark_has_a_sample():
    assert set(SAMPLES) | ELSEWHERE == set(DEVIATIONS)
    assert not set(STRUCTURE) & set(CONTENT)


@pytest.mark.parametrize("mark", SAMPLES)
def test_is_read_and_marked(mark):
    piece = one(SAMPLES[mark])
    assert piece.accepted, piece
    assert mark in piece.deviations


@pytest.mark.parametrize("mark", SAMPLES)
def test_is_read_between_other_packets(mark):
    reasons = [piece.reason for piece in decode(EXAMPLE_2017 + SAMPLES[mark] + EXAMPLE_2025)]
    assert reasons == [None, None, None]


@pytest.mark.parametrize("mark", SAMPLES)
def test_strict_refuses_what_breaks_the_form_and_nothing_else(mark):
    piece = one(SAMPLES[mark], strict=True)
    assert piece.reason == ("strict" if mark in STRUCTURE or set(piece.deviations) & set(STRUCTURE) else None)
    assert (mark in STRUCTURE) <= (piece.reason == "strict")
    assert mark in piece.deviations


def test_strict_takes_the_examples_of_the_standards():
    pieces = decode(EXAMPLE_2017 + EXAMPLE_2025 + GOOD + pack(upload(head=HEAD_2005)), strict=True)
    assert all(piece.accepted and not piece.deviations for piece in pieces)


def test_marks_do_not_spoil_the_values():
    for mark in (
        "end_lf",
        "length_wrong",
        "crc_modbus",
        "semicolon_before_crc",
        "trailing_separator",
        "cp_tail",
    ):
        assert one(SAMPLES[mark]).cp == one(GOOD).cp, mark
        assert one(SAMPLES[mark]).header == one(GOOD).header, mark


def test_a_semicolon_that_the_length_counts():
    # "##0079;QN=...&&;F3C1": seen in two projects; what the length and the check value cover is not told.
    inside = pack(b";" + SEGMENT + b";", crc=crc_of(SEGMENT))
    assert one(inside).accepted
    assert one(inside).cp == one(GOOD).cp


NO_VALUES = [
    *(
        "-99",
        "-99.0",
        "-999.00",
        "999.9",
        "999.99",
        "9999.99",
        "-00999.000",
        "-0999",
        "-999.000",
        "-9999.0",
        "-99999",
        "-999999",
    ),
    *("-9.99E2", "-9.99e+02", "-999E0", "-0999.0e0", "9.9999E2", "-99.", "0999.990", "99999999999999.99"),
    *("NaN", "nan", "-nan", "null", "NULL", "None", "N/A", "--", "-", "*", "***", "inf", "无", " -999 "),
]
NUMBERS = [
    *(
        "99",
        "999",
        "-9.9",
        "99.9",
        "998.99",
        "9990.1",
        "-9",
        "-99.5",
        "-271.755",
        "00055.100",
        "-0.99",
        "-9.99",
        "9.9E1",
    ),
    *("0", "-990", "-1999", "9999", "65535", "-998.999", "1e-9", "-9.9E0"),
]


@pytest.mark.parametrize("value", NO_VALUES)
def test_numbers_that_mean_no_value(value):
    assert "value_sentinel" in one(data(TIME, f"a01013-Rtd={value},a01013-Flag=N")).deviations


@pytest.mark.parametrize("value", NUMBERS)
def test_numbers_that_only_look_like_it(value):
    assert "value_sentinel" not in one(data(TIME, f"a01013-Rtd={value},a01013-Flag=N")).deviations


@pytest.mark.parametrize("crc", ["0000", "B381", "ABCD", "abcd"])
def test_fixed_check_values_of_simulators(crc):
    assert "crc_placeholder" in one(pack(SEGMENT, crc=crc)).deviations
    piece = one(pack(SEGMENT, crc=crc, length="0160"))  # a simulator prints both whatever the segment is
    assert {"crc_placeholder", "length_wrong"} <= set(piece.deviations)
    assert one(pack(SEGMENT, crc="1235")).reason == "crc"


def test_blanks_that_came_in_after_the_check_value():
    # A published call of a checking function: ...;Flag=5 ;CP=&&RtdInterval=30&& with the value of the text without it.
    piece = one(EXAMPLE_2017.replace(b"Flag=5;", b"Flag=5 ;"))
    assert piece.accepted
    assert (piece.header["Flag"], piece.flag.A, piece.edition) == ("5 ", True, 2017)
    assert set(piece.deviations) == {"blanks"}


def test_stars_at_the_end():
    # Stored requests of one platform end with two stars.
    assert one(pack(SEGMENT, end=b"**\r\n")).deviations == ("end_other",)


def fits(text: str) -> bool:
    """Is the last value of the packet one that the field knows, for some reading of what it covers?"""
    match = re.fullmatch(r"(?:##)?(\d{0,4}(;?))(.*?)(;?)([0-9A-Fa-f]{4})\*{0,2}\s*", text, re.DOTALL)
    assert match
    lead, opened, segment, closed, crc = match.groups()
    bare = segment.encode()
    values = {crc_of(bare), modbus_of(bare), modbus_of(bare)[2:] + modbus_of(bare)[:2], "0000"}
    values |= {crc_of((lead + segment + closed).encode())} if opened else set()
    values |= {crc_of(bare.replace(b" ", b""))}
    return crc.upper() in values


def test_published_packets():
    """Taken when a check value of the standard, of Modbus, or a fixed one of the field stands in it (loops above)."""
    for sample in published():
        text = str(sample["packet"])
        assert sample["accepted"] == fits(text), sample["name"]
        piece = one(text.encode())
        assert piece.accepted == sample["accepted"], sample["name"]
        assert piece.edition == sample["edition"], sample["name"]
        if sample["accepted"]:
            assert list(piece.deviations) == sample["deviations"], sample["name"]


def test_published_packets_in_one_stream():
    samples = published()
    pieces = decode("".join(str(s["packet"]) for s in samples).encode())
    assert sum(p.accepted for p in pieces) == sum(bool(s["accepted"]) for s in samples)


def test_every_mark_and_reason_is_explained_in_the_documentation():
    text = (Path(__file__).parents[3] / "docs" / "hj212.md").read_text(encoding="utf-8")
    assert [name for name in (*DEVIATIONS, *REASONS) if f"| `{name}` |" not in text] == []
