"""Split packets as the standard's own example sends them: each part has its own QN (HJ 212-2017 table C.49)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bihuan.feeds.hj212 import Piece
from bihuan.feeds.hj212.parts import Collector, part_of
from tests.feeds.hj212.packets import one, pack

NOW = datetime(2016, 8, 1, 1, 0, tzinfo=UTC)


def part(
    number: int, count: int = 2, *, qn: str = "534", time: str = "20160801084000", value: str = "1"
) -> Piece:
    segment = (
        f"QN=20160801085857{qn};ST=32;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM={count};PNO={number};"
        f"CP=&&DataTime={time};w{number:05d}-Avg={value},w{number:05d}-Flag=N&&"
    )
    return one(pack(segment))


def numbers(pieces: list[Piece] | None) -> list[str | None]:
    return [piece.header["PNO"] for piece in pieces or []]


def test_parts_with_different_qn_belong_together():
    collector = Collector()
    assert collector.add(part(1, qn="534"), now=NOW) is None
    assert numbers(collector.add(part(2, qn="535"), now=NOW)) == ["1", "2"]


@given(st.permutations(range(1, 6)))
def test_any_order(order):
    collector = Collector()
    given_out = [collector.add(part(number, 5), now=NOW) for number in order]
    assert given_out[:-1] == [None] * 4
    assert numbers(given_out[-1]) == ["1", "2", "3", "4", "5"]


def test_a_part_sent_again_takes_the_place_of_the_first():
    collector = Collector()
    collector.add(part(1, value="1"), now=NOW)
    assert collector.add(part(1, value="2"), now=NOW) is None
    whole = collector.add(part(2), now=NOW)
    assert whole is not None
    assert whole[0].cp["factors"]["w00001"]["Avg"] == "2"


def test_other_data_times_are_other_uploads():
    collector = Collector()
    collector.add(part(1), now=NOW)
    assert collector.add(part(2, time="20160801085000"), now=NOW) is None


def test_what_stays_incomplete_is_given_out_after_a_while():
    collector = Collector(timedelta(seconds=60))
    collector.add(part(2, 3), now=NOW)
    assert collector.expire(now=NOW + timedelta(seconds=59)) == []
    assert [numbers(u) for u in collector.expire(now=NOW + timedelta(seconds=60))] == [["2"]]
    assert collector.expire(now=NOW + timedelta(hours=1)) == []


def test_a_packet_that_is_not_split_passes():
    piece = one(pack("ST=31;CN=2011;PW=123456;MN=88888880000001;CP=&&DataTime=20160801084000&&"))
    assert Collector().add(piece, now=NOW) == [piece]


def test_numbers_in_cp_as_one_vendor_sends_them():
    piece = one(pack("ST=31;CN=2051;PW=1;MN=1;CP=&&PNUM=0002;PNO=0001;DataTime=20160801084000&&"))
    assert part_of(piece) == (2, 1)
