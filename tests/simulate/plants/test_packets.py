"""What loggers send is what the tables say, in every edition and with every deviation."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import bihuan.simulate.plants
from bihuan.feeds.hj212 import Piece, decode_stream
from bihuan.simulate.plants import output, paperwork
from bihuan.simulate.plants.calendar import CST
from bihuan.simulate.plants.dialects import CONTENT, CRC, DEVIATIONS, FRAME, HEADER, Dialect, dialect_of
from bihuan.simulate.plants.packets import stamp, upload
from bihuan.simulate.plants.records import CODES, CODES_2005, INFO, records
from bihuan.simulate.plants.register import Outlet, outlets_of
from tests.simulate.plants.worlds import DAY, HONEST, MIDNIGHT, PLANTS

EDITIONS = (2005, 2017, 2025)
COMMANDS = {"2051": output.minutes, "2061": output.hours, "2031": output.days}
MARKED = {"datatime_ms": "datatime_format", "unflagged": "factor_flag_missing",
          "long_numbers": "value_precision", "oversize": "segment_oversize"}  # fmt: skip
# The reader cuts at both signs, Rtd is a field like Avg, and what is blank behind a whole line end belongs to no packet.
UNMARKED = {"commas_only", "rtd_means", "end_blanks"}


def outlet_of(edition: int) -> Outlet:
    """An outlet with all quantities."""
    return next(
        o for o in outlets_of(PLANTS)
        if o.device.edition == edition and len(o.items) == 3 and o.has_load and o.device.interval == 1
    )  # fmt: skip


def sent(outlet: Outlet, dialect: Dialect, *, until: datetime = MIDNIGHT + DAY) -> bytes:
    """The stream of an outlet's records from MIDNIGHT on."""
    data = b""
    for record in records(HONEST, outlet.site, MIDNIGHT, until, dialect):
        qns = (stamp(record.due + timedelta(milliseconds=n), milli=True) for n in range(9))
        parts = upload(outlet.device, dialect, qns, record.cn, stamp(record.data_time), record.content())
        data += b"".join(part.data for part in parts)
    return data


def told(pieces: list[Piece], cn: str, edition: int) -> dict[datetime, dict[str, str]]:
    """Fields of each record of a command by its start."""
    found: dict[datetime, dict[str, str]] = {}
    for piece in pieces:
        if piece.header["CN"] == cn:
            content = piece.cp
            start = datetime.strptime(content["top"]["DataTime"][:14], "%Y%m%d%H%M%S").replace(tzinfo=CST)
            fields = found.setdefault(start.astimezone(UTC), {})
            for code, factor in content["factors"].items():
                fields |= {f"{code}-{field}": value for field, value in factor.items()}
    return found


def same(row: dict[str, object], fields: dict[str, str], edition: int) -> bool:
    """Does a row of the table say what the packet said? Flow is m³/s there and m³/h here."""
    for name, code in (CODES_2005 if edition == 2005 else CODES).items():
        unit = 3600 if name == "flow" else 1
        pairs = [(row[name], fields.get(f"{code}-Avg", fields.get(f"{code}-Rtd")), unit)]
        if f"{name}_zs" in row:
            pairs.append((row[f"{name}_zs"], fields.get(f"{code}-ZsAvg", fields.get(f"{code}-ZsRtd")), 1))
        if f"{name}_kg" in row:
            pairs.append((row[f"{name}_kg"], fields[f"{code}-Cou"], 1))
        if name == "flow" and "volume" in row:
            pairs.append((row["volume"], fields[f"{code}-Cou"], 1))
        for number, text, times in pairs:
            if number is None:
                if text not in (None, "9999.99") or (edition == 2025) != (text == "9999.99"):
                    return False
            elif text is None or float(text) * times != number:
                return False
        if f"{name}_flag" in row and row[f"{name}_flag"] != fields.get(f"{code}-Flag", "N"):
            return False
    return True


@pytest.mark.parametrize("edition", EDITIONS)
def test_packets_say_exactly_what_the_tables_say(edition: int) -> None:
    outlet = outlet_of(edition)
    dialect = Dialect(frozenset(), qn=edition != 2005)
    pieces = list(decode_stream(sent(outlet, dialect)))
    assert all(piece.accepted and piece.edition == edition for piece in pieces)
    assert all(not set(piece.deviations) - {"value_sentinel"} for piece in pieces)
    assert {piece.header["MN"] for piece in pieces} == {outlet.device.mn}
    assert max(piece.length for piece in pieces) <= 1024 + 12
    for cn, table in COMMANDS.items():
        rows = table(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + DAY).rows(named=True)
        fields = told(pieces, cn, edition)
        assert len(rows) == len(fields) == {"2051": len(rows), "2061": 24, "2031": 1}[cn]
        assert len(rows) > 1400 or cn != "2051"
        assert [row["start"] for row in rows if not same(row, fields[row["start"]], edition)] == []


@pytest.mark.parametrize("way", DEVIATIONS)
def test_every_deviation_is_read_as_what_it_is_and_changes_no_value(way: str) -> None:
    outlet, until = outlet_of(2017), MIDNIGHT + timedelta(hours=2)
    data = sent(outlet, Dialect(frozenset({way}), qn=True), until=until)
    pieces = list(decode_stream(data))
    marks = Counter(mark for piece in pieces for mark in piece.deviations)
    assert all(piece.accepted for piece in pieces)
    assert way in UNMARKED or marks[MARKED.get(way, way)] > 0
    if way in CRC or (way in FRAME and way not in ("end_missing", "end_blanks")):
        assert marks[MARKED.get(way, way)] > len(pieces) / 2
    for cn in ("2051", "2061"):
        fields = told(pieces, cn, 2017)
        rows = COMMANDS[cn](HONEST, outlet.site, MIDNIGHT, until).rows(named=True)
        assert [row["start"] for row in rows if not same(row, fields[row["start"]], 2017)] == []


def test_all_deviations_are_met_among_the_loggers_and_a_third_has_none() -> None:
    ways = [dialect_of(outlet.device).ways for outlet in outlets_of(PLANTS)]
    met = set().union(*ways)
    assert len(met & set(DEVIATIONS)) > 0.75 * len(DEVIATIONS)
    assert all(met & set(group) for group in (CRC, FRAME, HEADER, CONTENT))
    assert 0.2 < sum(not w for w in ways) / len(ways) < 0.5


def test_encrypted_content_is_read_with_the_key_and_hidden_without() -> None:
    outlet, until, key = outlet_of(2025), MIDNIGHT + timedelta(minutes=30), bytes(range(16))
    for ways in (frozenset[str](), frozenset({"encrypted_printed"})):
        data = sent(outlet, Dialect(ways, qn=True, key=key), until=until)
        pieces = list(decode_stream(data, sm4_key=key))
        rows = output.minutes(HONEST, outlet.site, MIDNIGHT, until).rows(named=True)
        fields = told(pieces, "2051", 2025)
        assert [row["start"] for row in rows if not same(row, fields[row["start"]], 2025)] == []
        assert b"a21026" not in data


def test_parameters_and_logs_travel_as_information() -> None:
    outlet = outlet_of(2017)
    pieces = list(decode_stream(sent(outlet, Dialect(frozenset(), qn=True))))
    information = [piece.cp for piece in pieces if piece.header["CN"] == "3020"]
    slopes = [
        cp["factors"][INFO["slope"]]["Info"] for cp in information if cp["top"]["PolId"] == CODES["nox"]
    ]
    assert slopes == ["1"]
    texts = [cp["factors"]["i11001"]["Info"] for cp in information if cp["top"]["PolId"] == "i11001"]
    logs = paperwork.logs(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + DAY)
    assert texts == [f"//{text}//" for text in logs["text"]]


def test_a_backfilled_record_of_2025_says_so() -> None:
    for edition, flag in ((2017, None), (2025, "1")):
        device = outlet_of(edition).device
        (packet,) = upload(device, Dialect(frozenset(), qn=True), iter(["20260302000000000"]), "2051", "20260301000000", [[("a01012-Avg", "50.1"), ("a01012-Flag", "N")]], again=True)  # fmt: skip
        (piece,) = decode_stream(packet.data)
        assert (piece.header["RF"], piece.accepted, piece.deviations) == (flag, True, ())


def test_the_simulator_knows_nothing_of_the_platform() -> None:
    folder = Path(bihuan.simulate.plants.__file__).parent
    for file in folder.rglob("*.py"):
        text = file.read_text("utf-8")
        assert not any(
            f"bihuan.{part}" in text for part in ("domain", "archive", "scenarios", "pipeline", "servers")
        ), file


def test_tables_have_the_columns_of_the_platform() -> None:
    from bihuan.domain.emissions import tables
    from bihuan.domain.outlets import tables as outlet_tables

    site, span = outlet_of(2017).site, (MIDNIGHT, MIDNIGHT + DAY)
    found: list[tuple[pl.DataFrame, pl.Schema]] = [
        (output.minutes(HONEST, site, *span), tables.MINUTES),
        (output.hours(HONEST, site, *span), tables.LOGGED),
        (output.days(HONEST, site, *span), tables.LOGGED),
        (paperwork.outlets(HONEST), outlet_tables.OUTLETS),
        (paperwork.limits(HONEST), outlet_tables.LIMITS),
        (paperwork.spans(HONEST, MIDNIGHT), outlet_tables.SPANS),
        (paperwork.marks(HONEST, site, *span), outlet_tables.MARKS),
        (paperwork.parameters(HONEST, site, *span), outlet_tables.PARAMETERS),
        (paperwork.logs(HONEST, site, *span), outlet_tables.LOGS),
        (paperwork.corrections(HONEST, site, *span), outlet_tables.CORRECTIONS),
    ]
    for frame, schema in found:
        assert frame.schema == schema
