"""What the platform sends: right packets of the right edition, read back as they were meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.feeds.hj212 import encode
from tests.feeds.hj212.packets import EXAMPLE_2017, HEAD_2025, crc_of, one, pack, upload

DEVICE = {"qn": "20240601085857223", "st": "32", "pw": "123456", "mn": "010000A8900016F000169DC0"}

PLAIN = st.text(
    st.characters(codec="utf-8", exclude_characters=";,=&#\r\n", exclude_categories=["Cc", "Cs"]), max_size=12
)
VALUE = PLAIN.filter(lambda text: text == text.strip() and "//" not in text)
KEY = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}(-[A-Z][a-z]{1,6})?", fullmatch=True)


def test_the_worked_example_of_the_standard():
    built = encode.command(
        "set_realtime_interval",
        **DEVICE | {"qn": "20160801085857223", "pw": "100000"},
        edition=2017,
        cp={"RtdInterval": "30"},
    )
    assert built == EXAMPLE_2017


@given(
    st.dictionaries(st.sampled_from(["QN", "ST", "CN", "PW", "MN", "PNUM", "PNO"]), VALUE, min_size=1),
    st.dictionaries(KEY, VALUE, max_size=8),
    st.sampled_from([0, 1, 4, 5, 6, 7, 8, 9, 10, 11]),
)
def test_reading_what_was_built_gives_it_back(fields, items, flag):
    fields = fields | {"Flag": str(flag)}
    piece = one(encode.build(fields, encode.content([[pair] for pair in items.items()])))
    assert piece.accepted
    assert {name: value for name, value in piece.header.items() if value is not None} == fields
    flat = dict(piece.cp["top"])
    for code, values in piece.cp["factors"].items():
        flat |= {f"{code}-{field}": value for field, value in values.items()}
    assert flat == items


@given(st.text(st.characters(codec="utf-8", exclude_characters="&\r\n"), max_size=60))
def test_log_text_survives(text):
    if text.endswith("/") or "//" in text:
        return
    cp = encode.content([[("i11001-Info", f"//{text}//")]])
    assert one(encode.build({"ST": "32", "CN": "3020"}, cp)).cp["factors"]["i11001"]["Info"] == f"//{text}//"


@pytest.mark.parametrize("name", encode.COMMANDS)
@pytest.mark.parametrize("edition", [2005, 2017, 2025])
def test_every_command(name, edition):
    cn, needed = encode.COMMANDS[name]
    piece = one(encode.command(name, **DEVICE, edition=edition, cp=dict.fromkeys(needed, "1")))
    assert piece.accepted
    assert piece.header["CN"] == cn
    assert piece.edition == edition
    assert piece.flag.A


@pytest.mark.parametrize("edition", [2017, 2025])
def test_answers_of_the_standard(edition):
    # HJ 212-2017 annex C: the answer carries QN, PW and MN of what it answers, ST=91, Flag 4 (8 in 2025).
    upload_of = one(
        pack(upload(head=HEAD_2025 if edition == 2025 else HEAD_2025.replace("Flag=8", "Flag=5")))
    )
    flag = {2017: 4, 2025: 8}[edition]
    head = f"QN=20240601085857223;ST=91;CN={{}};PW=123456;MN=010000A8900016F000169DC0;Flag={flag};CP=&&{{}}&&"
    for built, cn, cp in (
        (encode.data_answer(upload_of.header, edition), "9014", ""),
        (encode.notice_answer(upload_of.header, edition), "9013", ""),
        (encode.request_answer(upload_of.header, edition, 9), "9011", "QnRtn=9"),
        (encode.execution_result(upload_of.header, edition, 1), "9012", "ExeRtn=1"),
    ):
        segment = head.format(cn, cp)
        assert built == f"##{len(segment):04d}{segment}{crc_of(segment.encode())}\r\n".encode()


def test_an_answer_to_a_packet_without_qn_and_with_odd_fields():
    piece = one(pack("ST=31;CN=2011;PW=;MN=A_1 ;CP=&&DataTime=20240601085857&&"))
    answer = one(encode.data_answer(piece.header, 2005))
    assert answer.accepted
    assert (answer.header["QN"], answer.header["PW"], answer.header["MN"]) == (None, "", "A_1")


def test_refusals_name_the_field():
    with pytest.raises(encode.CannotBuild, match="needs BeginTime, EndTime"):
        encode.command("fetch_hours", **DEVICE, edition=2017, cp={})
    with pytest.raises(encode.CannotBuild, match="is no command"):
        encode.command("explode", **DEVICE, edition=2017, cp={})
    with pytest.raises(encode.CannotBuild, match="MN: '1;2'"):
        encode.build({"MN": "1;2"})
    with pytest.raises(encode.CannotBuild, match="no header field"):
        encode.build({"XX": "1"})
    with pytest.raises(encode.CannotBuild, match="put text between //"):
        encode.content([[("i11001-Info", "a;b")]])
    with pytest.raises(encode.CannotBuild, match="split it"):
        encode.build({"ST": "32"}, "x" * 947)


def test_an_encrypted_upload_is_read_back():
    key = bytes(range(16))
    fields = {
        "QN": "20240601085857223",
        "ST": "31",
        "CN": "2011",
        "PW": "123456",
        "MN": "0" * 24,
        "Flag": "8",
    }
    cp = "DataTime=20240601085857;a21026-Rtd=18.5,a21026-Flag=N"
    piece = one(encode.build(fields, cp, key=key), sm4_key=key)
    assert piece.encrypted
    assert piece.cp["factors"]["a21026"]["Rtd"] == "18.5"
