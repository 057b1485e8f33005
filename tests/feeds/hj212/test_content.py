"""Header, flag and CP: what stands in the packet comes out as sent, under the right code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.feeds.hj212.cp import OFTEN, as_dict, make_shape, read_content
from tests.feeds.hj212.packets import HEAD_2005, HEAD_2017, HEAD_2025, one, pack, upload


def cp(text: str) -> dict:
    return one(pack(upload(text))).cp


def test_header_as_sent_and_absent_fields_as_none():
    piece = one(pack(upload(head=HEAD_2017.replace("Flag=4", "Flag=7;PNUM=2;PNO=1"))))
    assert piece.header == {
        "QN": "20240601085857223",
        "ST": "31",
        "CN": "2011",
        "PW": "123456",
        "MN": "010000A8900016F000169DC0",
        "Flag": "7",
        "PNUM": "2",
        "PNO": "1",
        "RF": None,
    }
    assert piece.flag == (1, True, True)


@pytest.mark.parametrize(("version", "edition"), [(0, 2005), (1, 2017), (2, 2025)])
@pytest.mark.parametrize("bits", range(4))
def test_flag_bits(version, edition, bits):
    # HJ 212-2017 table 3: V5..V0 D A. HJ 212-2025 table 3 (second-hand): Flag=9 is "this revision, answer, no parts".
    piece = one(pack(upload(head=HEAD_2017.replace("Flag=4", f"Flag={version * 4 + bits}"))))
    assert piece.edition == edition
    assert piece.flag == (version, bits in (1, 3), bits in (2, 3))


def test_no_flag_is_the_edition_of_2005():
    assert one(pack(upload(head=HEAD_2005.replace("Flag=0;", "")))).edition == 2005


def test_resent_data_of_2025():
    piece = one(pack(upload(head=HEAD_2025 + "RF=1;")))
    assert piece.header["RF"] == "1"
    assert piece.deviations == ()


def test_factors_are_grouped_by_code_wherever_they_stand():
    content = cp("DataTime=20160801084000;01-Rtd=1.1;S01-Rtd=9,S01-Flag=N;01-ZsRtd=2.2,01-Flag=N")
    assert content["top"] == {"DataTime": "20160801084000"}
    assert content["factors"] == {
        "01": {"Rtd": "1.1", "ZsRtd": "2.2", "Flag": "N"},
        "S01": {"Rtd": "9", "Flag": "N"},
    }


def test_comma_and_semicolon_mean_the_same():
    # HJ 212-2017 itself mixes them in its examples.
    assert cp("DataTime=20160801084000,a1-Rtd=1;a1-Flag=N") == cp(
        "DataTime=20160801084000;a1-Rtd=1,a1-Flag=N"
    )


@pytest.mark.parametrize(
    ("text", "code", "fields"),
    [
        ("DataTime=20160801085857;SB1-RS=1;SB2-RS=0", "SB1", {"RS": "1"}),  # 2021, equipment state
        ("DataTime=20160801000000;SB1-RT=1.1;SB2-RT=23.2", "SB2", {"RT": "23.2"}),  # 2041, run time
        ("DataTime=20160801084000;LA-Rtd=50.1,LA-Flag=N", "LA", {"Rtd": "50.1", "Flag": "N"}),  # noise
        (
            "DataTime=20160801000000;Leq-DayData=52.1,Leq-NightData=43.2",
            "Leq",
            {"DayData": "52.1", "NightData": "43.2"},
        ),
        (
            "PolId=w01018;w01018-SN=010000A8900016F000169DC0",
            "w01018",
            {"SN": "010000A8900016F000169DC0"},
        ),  # 3019
        ("101-LowValue=1.1,101-UpValue=9.9", "101", {"LowValue": "1.1", "UpValue": "9.9"}),  # 2005, 1021
        (
            "DataTime=20260601000000;ea30010101-Rtd=1,ea30010101-Flag=N",
            "ea30010101",
            {"Rtd": "1", "Flag": "N"},
        ),
        ("DataTime=20260601000000;a34011-Rtd=0.2,a34011-Ori=178.5", "a34011", {"Rtd": "0.2", "Ori": "178.5"}),
    ],
)
def test_kinds_of_content(text, code, fields):
    assert cp(text)["factors"][code] == fields


def test_repeated_keys_keep_all_values():
    # HJ/T 212-2005 sends PolId several times, water stations the state of several instruments.
    content = cp("PolId=w01019,i12001-Info=0;PolId=w21001,i12001-Info=1")
    assert content["top"]["PolId"] == "w21001"
    assert content["factors"]["i12001"] == {"Info": "1"}
    assert content["repeated"] == [
        ["PolId", "w01019"],
        ["i12001-Info", "0"],
        ["PolId", "w21001"],
        ["i12001-Info", "1"],
    ]


@pytest.mark.parametrize("text", ["清洗管路", "a;b=c,d", "p && q", "100%;", "", "x//y", "R:&&7340\r\n##0076"])
def test_log_text_is_one_value(text):
    content = cp(f"DataTime=20160801062035;PolId=w01018;i11001-Info=//{text}//")
    assert content["top"] == {"DataTime": "20160801062035", "PolId": "w01018"}
    assert content["factors"] == {"i11001": {"Info": f"//{text}//"}}


def test_two_logs_in_one_packet():
    content = cp("PolId=w01018,i11001-Info=//one; two//;PolId=w21003,i11002-Info=//three=3//")
    assert content["factors"] == {"i11001": {"Info": "//one; two//"}, "i11002": {"Info": "//three=3//"}}


def test_empty_cp_of_an_answer():
    assert cp("") == {"top": {}, "factors": {}}


def test_a_value_with_commas_stays_whole():
    content = cp("PolId=w01018,w21003;CTime=0")
    assert content["top"] == {"PolId": "w01018,w21003", "CTime": "0"}


def test_cp_of_2005_answers_that_name_a_request():
    content = cp("QN=20040516010101001;CN=1062")
    assert content["top"] == {"QN": "20040516010101001", "CN": "1062"}


def meaning(content):
    """What a content says, without how often its shape came."""
    shape, values, marks = content
    return shape.keys, shape.places, shape.data_time, shape.repeated, shape.marks, tuple(values), marks


ITEM = st.text(alphabet="ab1-=;,& /", max_size=12)


@given(st.lists(ITEM, max_size=6), st.lists(ITEM, max_size=6))
def test_what_was_read_before_changes_nothing(first, second):
    """Known shapes are a short cut: a text reads the same whether or not others were read before."""
    text = ";".join(second).encode()
    alone = read_content(text)
    other = read_content(";".join(first).encode())
    for likely in (None, other[0], alone[0]):
        assert meaning(read_content(text, likely)) == meaning(alone)


@given(st.lists(st.tuples(st.sampled_from(["a-Rtd", "a-Flag", "b-Avg", "T"]), st.text("0.9N")), min_size=1))
def test_the_short_cut_reads_like_the_long_way(pairs):
    text = ";".join(f"{key}={value}" for key, value in pairs).encode()
    for _ in range(2):
        shape, values, _ = read_content(text)
        made = make_shape(tuple(key for key, _ in pairs), None)
        assert (shape.places, shape.repeated, shape.marks) == (made.places, made.repeated, made.marks)
        assert list(values) == [value for _, value in pairs]
        assert as_dict(shape, values)["top"].get("T") == dict(pairs).get("T")


PLAIN = b"DataTime=20260301000000;a21026-Rtd=1.5,a21026-Flag=N;ys+1000(x)-Rtd=7"


def often(text=PLAIN):
    """The shape of a text that has come so often that its pattern is made."""
    for _ in range(3):  # from then on it is remembered
        shape = read_content(text)[0]
    for _ in range(OFTEN):
        shape = read_content(text, shape)[0]
    assert shape.pattern is not None
    return shape


def test_a_text_that_comes_often_is_read_by_its_pattern():
    shape = often()
    text = PLAIN.replace(b"1.5", "一 -2".encode()).replace(b"20260301000000", b"2026")
    found = read_content(text, shape)
    assert found[0] is shape
    assert found[1:] == (("2026", "一 -2", "N", "7"), (*shape.marks, "datatime_format"))


@given(st.lists(st.tuples(st.integers(0, 80), st.sampled_from(list(b";,=/& -a9N\xff\n"))), max_size=4))
def test_no_text_is_read_otherwise_because_of_a_pattern(changes):
    text = bytearray(PLAIN)
    for place, byte in changes:
        text[place % len(text)] = byte
    assert meaning(read_content(bytes(text), often())) == meaning(read_content(bytes(text)))
