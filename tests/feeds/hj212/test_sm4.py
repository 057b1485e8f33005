"""SM4 of the 2025 edition, against the published vectors: GB/T 32907 and the examples of annex A.2 (second-hand)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.feeds.hj212 import sm4
from bihuan.feeds.hj212.crc import crc_text
from tests.feeds.hj212.packets import EXAMPLE_2017, HEAD_2025, decode, one, pack, upload

KEY = bytes([0x30] * 16)  # the annex: "the key is 16 times 0x30"

HEAD = b"QN=20240520210700000;ST=31;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&"
PLAIN_2 = (
    b"DataTime=20240520210600;a01011-Min=1.35,a01011-Avg=1.35,a01011-Max=1.35,a01011-Flag=N;a01012-Min=9.3,"
    b"a01012-Avg=9.3,a01012-Max=9.3,a01012-Flag=N;a01014-Min=3.20,a01014-Avg=3.211,a01014-Max=3.212,a01014-Flag=N"
)
PLAIN_4 = (
    b"DataTime=20240520210600;a01011-Min=1.35,a01011-Avg=1.35,a01011-Max=1.35,a01011-Flag=N;a01014-Min=3.20,"
    b"a01014-Avg=3.20,a01014-Max=3.20,a01014-Flag=N"
)
CIPHER_2 = bytes.fromhex(
    "E43E159ACFAB242CB53155FB8B9281A1A242577ABFAED881BE88B72D69FC55ED1A80119FAAC8B3CD33D285CC76F57F2CA7F88B9573C6647E"
    "0F07E24609BD6B63EB20C5B9784F28E71D2F4994FF61D9E1C2B3075592B4D1E09C4D8BB27BE97B559E3DA6643781A6F477769DEEB009B10D"
    "FFF3426922725D607DC4480F0CAC5F70DB2587B124BCB281592721D6E4BC180A97E5E111499CBE822E31C8D7761553543AA24207C290997B"
    "BDE64F9266BC5F529A172E381C1D898CA1A0D771A914A7B2D7467C70B94F1D4A7B0350A48DBF8B41"
)
# 147 bytes: nine whole blocks, and "g=N" stays plain.
CIPHER_4 = bytes.fromhex(
    "E43E159ACFAB242CB53155FB8B9281A1A242577ABFAED881BE88B72D69FC55ED1A80119FAAC8B3CD33D285CC76F57F2CA7F88B9573C6647E"
    "0F07E24609BD6B63EB20C5B9784F28E71D2F4994FF61D9E13B391A1D2A454B65388D5D9435DBF021528C7BF9755EF16518710C0CAC0ADEF9"
    "C5156CD0A5A17674AC0ED2ABC40023E9EF70128554B82438E91ADCE98A0D03A4"
)
# (length, plain, cipher with what stays plain, printed check value)
EXAMPLES = [("0295", PLAIN_2, CIPHER_2, "2200"), ("0234", PLAIN_4, CIPHER_4 + b"g=N", "B541")]


def binary(length: str, cipher: bytes, crc: str) -> bytes:
    """As it must travel if the length field is to be right."""
    return pack(HEAD + cipher + b"&&", length=length, crc=crc)


def printed(length: str, cipher: bytes, crc: str) -> bytes:
    """As the annex prints it."""
    whole = len(cipher) // 16 * 16
    text = "{" + ",".join(f"0x{byte:02X}" for byte in cipher[:whole]) + "}"
    return pack(HEAD + text.encode() + cipher[whole:] + b"&&", length=length, crc=crc)


def test_cipher_of_the_standard():
    # GB/T 32907-2016, example 1: the key encrypts itself.
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    segment = HEAD + key + b"&&"
    sent = sm4.encrypt(segment, key)
    assert sent == HEAD + bytes.fromhex("681edf34d206965e86b3e94f536e4246") + b"&&"
    assert sm4.decrypt(sent, key) == segment


@pytest.mark.parametrize(("length", "plain", "cipher", "crc"), EXAMPLES)
def test_examples_of_the_annex(length, plain, cipher, crc):
    assert sm4.encrypt(HEAD + plain + b"&&", KEY) == HEAD + cipher + b"&&"
    expected = one(pack(HEAD + plain + b"&&", length=length, crc=crc))
    assert expected.accepted
    for packet in (binary(length, cipher, crc), printed(length, cipher, crc)):
        piece = one(packet, sm4_key=KEY)
        assert piece.accepted
        assert piece.encrypted
        assert piece.cp == expected.cp
        assert piece.cp["factors"]["a01011"] == {"Min": "1.35", "Avg": "1.35", "Max": "1.35", "Flag": "N"}


def test_printed_form_is_marked_binary_is_not():
    length, _, cipher, crc = EXAMPLES[0]
    assert one(binary(length, cipher, crc), sm4_key=KEY).deviations == ()
    assert one(printed(length, cipher, crc), sm4_key=KEY).deviations == ("encrypted_printed",)
    assert one(printed(length, cipher, crc), sm4_key=KEY, strict=True).reason == "strict"


def test_printed_form_with_the_length_of_what_is_sent():
    _, _, cipher, crc = EXAMPLES[1]
    sent = printed("0234", cipher, crc)
    own = sent.replace(b"##0234", b"##%04d" % (len(sent) - 12))
    assert one(own, sm4_key=KEY).accepted


def test_without_the_key_the_header_is_read_and_the_reason_told():
    for packet in (binary("0295", CIPHER_2, "2200"), printed("0295", CIPHER_2, "2200")):
        for settings in ({}, {"sm4_key": bytes(16)}):
            first, second = decode(packet + EXAMPLE_2017, **settings)
            assert (first.reason, first.encrypted) == ("encrypted", True)
            assert first.header["MN"] == "010000A8900016F000169DC0"
            assert first.cp == {"top": {}, "factors": {}}
            assert second.accepted


def test_plain_packets_are_read_with_a_key_too():
    piece = one(pack(upload(head=HEAD_2025)), sm4_key=KEY)
    assert piece.accepted
    assert not piece.encrypted


@given(st.binary(min_size=16, max_size=120), st.binary(min_size=16, max_size=16))
def test_cipher_text_may_hold_any_bytes(text, key):
    """## && CR LF and ; inside the cipher text do not end the packet: the length counts."""
    segment = HEAD + text + b"##0100QN=1;&&0000\r\n;CP=&&" + b"&&"
    sent = sm4.encrypt(segment, key)
    assert len(sent) == len(segment)
    assert sm4.decrypt(sent, key) == segment


@pytest.mark.parametrize(
    ("cn", "yes"), [("2011", True), ("2999", True), ("1014", True), ("3020", True), ("9014", False)]
)
def test_commands_that_are_encrypted(cn, yes):
    assert sm4.encrypts(cn) is yes


def test_key_from_text():
    assert sm4.key_from_hex("30" * 16) == KEY
    with pytest.raises(ValueError, match="16 bytes"):
        sm4.key_from_hex("3030")


def test_a_check_value_that_fits_the_cipher_text_by_chance_does_not_make_it_plain():
    """There are 256 check values: one encrypted packet in 256 fits as it travels. A lost record each time."""
    packets, values = [], []
    for number in range(4000):
        plain = (
            HEAD
            + f"DataTime=20240520210600;a21026-Avg={number}.5,a21026-Flag=N;a21002-Avg=1.0".encode()
            + b"&&"
        )
        sent, check = sm4.encrypt(plain, KEY), crc_text(plain)
        if crc_text(sent) == check:
            packets.append(pack(sent, crc=check.decode()))
            values.append(f"{number}.5")
    assert len(packets) >= 5  # 16 are to be expected
    with_key = decode(b"".join(packets), sm4_key=KEY)
    assert [p.cp["factors"]["a21026"]["Avg"] for p in with_key if p.accepted] == values
    assert {p.reason for p in decode(b"".join(packets))} == {"encrypted"}


def test_chinese_text_in_a_plain_packet_is_no_cipher_text():
    text = "DataTime=20240520210600;i11001-Info=//更换采样管路，恢复正常//".encode("gb18030")
    piece = one(pack(HEAD + text + b"&&"), sm4_key=KEY)
    assert (piece.accepted, piece.encrypted) == (True, False)
    assert piece.cp["factors"]["i11001"]["Info"] == "//更换采样管路，恢复正常//"
