"""No password and no key is left in what is shown of a packet, however broken it is."""

import pytest

from bihuan.feeds.hj212.masking import hidden, without_secrets
from tests.feeds.hj212.packets import pack, upload

SECRET = "S3cr3t"


@pytest.mark.parametrize(
    "text",
    [
        f"##0100QN=1;ST=31;PW={SECRET};MN=1;CP=&&&&",
        f"##0100PW={SECRET};MN=1",
        f"##PW={SECRET}",
        f"PW = {SECRET} ;",
        f"ST=31;pw={SECRET},MN=1",
        f"CP=&&DataTime=1&&;PW={SECRET}1C80",
        f"CP=&&NewPW={SECRET}&&",
        f"CP=&&SKCreateTime=1;NewSK={SECRET}&&",
        f"CP=&&i11001-Info=//S:##0096ST=32;PW={SECRET};MN=1//&&",
        f"CP=&&newpw={SECRET},a=1&&",
    ],
)
def test_secrets_are_hidden(text: str) -> None:
    shown = without_secrets(text.encode()).decode()
    assert SECRET not in shown
    assert "******" in shown


def test_all_else_stays() -> None:
    packet = pack(upload("DataTime=20240601085857;a21026-Rtd=1;PWM=5;i11001-Info=//换 PW 时//"))
    assert without_secrets(packet) == packet.replace(b"PW=123456", b"PW=******")


def test_fields() -> None:
    fields = {"newSK": SECRET, "PolId": "1", "Info": f"//PW={SECRET};换//"}
    assert hidden(fields) == {"newSK": "******", "PolId": "1", "Info": "//PW=******;换//"}
