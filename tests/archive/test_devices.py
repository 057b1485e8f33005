"""The long table of loggers' records: each thing said once, later values beside earlier ones, nothing twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.archive import Archive
from bihuan.archive.devices import COLUMNS, KEY, LATER, Devices, last_of_each
from bihuan.archive.journal import Entry
from bihuan.archive.parts import Parts
from bihuan.feeds.hj212 import decode_stream
from bihuan.feeds.hj212.splitter import Splitter
from bihuan.installation.backup import back_up, restore
from bihuan.installation.marker import open_installation
from bihuan.pipeline.packets import ACCEPTED, PARKED, read_time, rows_of, store_all, store_some
from tests.feeds.hj212.packets import HEAD_2017, pack, published
from tests.feeds.hj212.packets import upload as segment

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
MN = "010000A8900016F000169DC0"


def packet(cp: str, qn: str = "20240601085857223") -> bytes:
    return pack(segment(cp, HEAD_2017.replace("20240601085857223", qn)))


def rows(data: bytes) -> pl.DataFrame:
    return rows_of([Entry(16, ACCEPTED, NOW, data)])


def one_row(cp: str, qn: str = "20240601085857223") -> dict[str, object]:
    (row,) = rows(packet(cp, qn)).to_dicts()
    return row


def journal(archive: Archive, *packets: bytes, source: str = ACCEPTED) -> None:
    archive.devices.journal.append_many([(source, p, NOW) for p in packets])


def values(archive: Archive) -> list[tuple[str, str]]:
    return archive.devices.current().select("code", "value").collect().rows()


def test_a_row_says_who_when_what_and_where_it_came_from() -> None:
    # 2024-06-01 08:58:57 in China is 00:58:57 UTC; HJ 212-2017 labels a period by its start, so nothing is shifted.
    assert one_row("DataTime=20240601085857;a21026-Rtd=18.50,a21026-Flag=N") == {
        "site": MN,
        "start": datetime(2024, 6, 1, 0, 58, 57, tzinfo=UTC),
        "cn": "2011",
        "st": "31",
        "code": "a21026",
        "field": "Rtd",
        "value": "18.50",
        "number": 18.5,
        "flag": "N",
        "edition": 2017,
        "time_from": "DataTime",
        "received": NOW,
        "journal": 16,
        "subject": "",
        "place": 0,
    }


def test_numbers_of_parts_that_stand_in_the_content_are_no_values_and_any_other_key_is_one() -> None:
    row = one_row("PNUM=2;PNO=1;DataTime=20240601085857;a21026-Rtd=2.5")
    assert (row["code"], row["field"], row["value"]) == ("a21026", "Rtd", "2.5")
    kept = rows(packet("MN=7;Flag=x;pno=1;DataTime=20240601085857;a21026-Rtd=2.5"))
    assert set(kept.select("code", "field", "value").rows()) == {
        ("a21026", "Rtd", "2.5"), ("", "MN", "7"), ("", "Flag", "x"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("1", 1.0),
        (" 2.5", 2.5),
        ("", None),
        ("N/A", None),
        ("nan", None),
        (
            "-99.000000",
            None,
        ),  # "no value" of vendors; HJ 212-2025: 9999.99 when a conversion cannot be computed
        ("9999.99", None),
        ("99", 99.0),
        ("00055.100", 55.1),
        ("-9.9", -9.9),
        *(
            (sent, None)
            for sent in ("-00999.000", "-0999", "-99999", "-9.99E2", "-9999e0", "NaN", "--", "*", "1e999")
        ),
    ],
)
def test_text_stays_as_sent_and_only_measurements_become_numbers(sent: str, number: float | None) -> None:
    row = one_row(f"DataTime=20240601085857;a21026-Rtd={sent}")
    assert (row["value"], row["number"]) == (sent, number)


@pytest.mark.parametrize(
    ("time", "start", "origin"),
    [
        ("DataTime=20240601085857250;", datetime(2024, 6, 1, 0, 58, 57, 250_000, tzinfo=UTC), "DataTime"),
        ("", datetime(2024, 6, 2, 1, tzinfo=UTC), "QN"),
        ("DataTime=20241399085857;", datetime(2024, 6, 2, 1, tzinfo=UTC), "QN"),
        ("DataTime=00000000000000;", datetime(2024, 6, 2, 1, tzinfo=UTC), "QN"),
    ],
)
def test_without_a_readable_data_time_the_row_is_kept_under_the_next_best(
    time: str, start: datetime, origin: str
) -> None:
    found = rows(packet(f"{time}a21026-Rtd=1", "20240602090000000"))
    row, *others = found.to_dicts()
    assert (row["start"], row["time_from"]) == (start, origin)
    assert [f"DataTime={other['value']};" for other in others] == ([time] if time and origin == "QN" else [])


def test_without_any_time_the_receipt_counts() -> None:
    (row,) = rows(pack(f"ST=31;CN=2011;PW=123456;MN={MN};CP=&&a21026-Rtd=1&&")).to_dicts()
    assert (row["start"], row["time_from"]) == (NOW, "received")


def test_a_flag_stands_beside_its_fields_and_alone_only_without_them() -> None:
    found = rows(packet("DataTime=20240601085857;a1-Rtd=1,a1-ZsRtd=2,a1-Flag=T;a2-Flag=D;a3-Rtd=3"))
    assert found.select("code", "field", "value", "flag").rows() == [
        ("a1", "Rtd", "1", "T"),
        ("a1", "ZsRtd", "2", "T"),
        ("a2", "Flag", "D", "D"),
        ("a3", "Rtd", "3", None),
    ]


SAID = ("start", "subject", "code", "field", "value", "flag")
AT = datetime(2024, 6, 1, 0, 58, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def said(cp: str) -> list[tuple[object, ...]]:
    return rows(packet(cp)).select(SAID).rows()


def test_a_key_twice_in_a_packet_is_two_rows_with_their_own_flags() -> None:
    assert said("DataTime=20240601085800;a1-Rtd=1,a1-Flag=N;a1-Rtd=2,a1-Flag=D") == [
        (AT, "", "a1", "Rtd", "1", "N"),
        (AT, "", "a1", "Rtd", "2", "D"),
    ]


def test_each_further_data_time_begins_a_record() -> None:
    assert said("DataTime=20240601085800;a1-Avg=1,a1-Flag=N;DataTime=20240601085900;a1-Avg=2,a1-Flag=T") == [
        (AT, "", "a1", "Avg", "1", "N"),
        (AT + MINUTE, "", "a1", "Avg", "2", "T"),
    ]


def test_keys_without_a_code_are_rows_too() -> None:
    assert said("DataTime=20240601085800;Gps=NFF,a21026_Rtd=7;s10001=0;-Rtd=5;OK") == [
        (AT, "", "", "Gps", "NFF", None),
        (AT, "", "", "a21026_Rtd", "7", None),
        (AT, "", "", "s10001", "0", None),
        (AT, "", "", "Rtd", "5", None),
        (AT, "", "", "OK", "", None),
    ]


def test_a_pol_id_says_what_the_rows_behind_it_are_about() -> None:
    # A published packet of a water station has the state of four instruments under the same code.
    assert said("DataTime=20240601085800;PolId=w01019,i12001-Info=0;PolId=w21001,i12001-Info=1") == [
        (AT, "", "", "PolId", "w01019", None),
        (AT, "w01019", "i12001", "Info", "0", None),
        (AT, "", "", "PolId", "w21001", None),
        (AT, "w21001", "i12001", "Info", "1", None),
    ]
    assert {row[1] for row in said("DataTime=20240601085800;a1-Info=0;PolId=w01019;a2-Info=0")} == {
        "",
        "w01019",
    }


def test_a_packet_that_says_nothing_but_its_time_is_a_row() -> None:
    assert said("DataTime=20240601085800") == [(AT, "", "", "DataTime", "20240601085800", None)]


def test_logs_of_one_second_are_all_kept_and_a_resend_of_one_is_not(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    texts = ("//清洗//", "//校准//", "//清洗//", "//a;b=c//")
    journal(
        archive,
        *(
            packet(f"DataTime=20240601085800;PolId=w01018;i11001-Info={t}", "20240601085857223")
            for t in texts
        ),
    )
    journal(
        archive,
        packet("DataTime=20240601085800;PolId=w01018;i11001-Info=//one//;PolId=w01018;i11001-Info=//two//"),
    )
    store_all(archive)
    kept = archive.devices.current().filter(code="i11001").collect()["value"]
    assert sorted(kept) == sorted({*texts, "//one//", "//two//"})


KEYS = st.sampled_from(
    ["a1-Rtd", "a1-Flag", "a2-Avg", "a2_Avg", "PolId", "DataTime", "x", "i11001-Info", "-Rtd", "a1-zz"]
)
VALUES = st.one_of(
    st.sampled_from(["20240601085800", "20240601085900", "w01018", "//text; a=b//", "N"]),
    st.text("0123456789.-ab", max_size=5),
)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=12),
    st.sampled_from(["2011", "3020", "9999", "ABC"]),
)
def test_whatever_is_sent_is_a_row_of_its_own(items: list[tuple[str, str]], cn: str) -> None:
    head = HEAD_2017.replace("CN=2011", f"CN={cn}")
    found = rows(pack(segment(";".join(f"{key}={value}" for key, value in items), head)))
    assert found.select(KEY).is_duplicated().sum() == 0
    assert set(found["cn"]) == {cn}
    shown = [*found["value"], *found["flag"].drop_nulls()]
    times = {value for key, value in items if key == "DataTime"}
    assert {value for key, value in items if not key.endswith("-Flag")} - times <= set(shown)
    assert all(t in shown or read_time(t) in set(found["start"]) for t in times if len(found) > len(times))


def test_a_table_of_before_the_new_columns_is_read_and_added_to(tmp_path: Path) -> None:
    old = {name: dtype for name, dtype in COLUMNS.items() if name not in LATER}
    before = rows(packet("DataTime=20240601085800;a1-Rtd=1,a1-Flag=N"))
    parts = Parts(tmp_path / "table", old)
    parts.create()
    parts.commit([parts.write(before.select(list(old)), "base", "2024-06")], 16)
    devices = Devices(tmp_path)
    same, new = (
        packet("DataTime=20240601085800;a1-Rtd=1,a1-Flag=N"),
        packet("DataTime=20240601085800;PolId=w1;b-Info=2"),
    )
    devices.store(rows_of([Entry(17, ACCEPTED, NOW, same), Entry(18, ACCEPTED, NOW, new)]), 18)
    Devices(tmp_path).compact(files=2)
    kept = Devices(tmp_path).current().select("subject", "code", "value", "journal").collect()
    assert sorted(kept.rows()) == [("", "", "w1", 18), ("", "a1", "1", 16), ("w1", "b", "2", 18)]
    assert Devices(tmp_path).parts.stored() == 18


def test_each_entry_is_stored_once_and_only_what_it_changes(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, second = (packet(f"DataTime=2024060108585{n};a21026-Rtd={n}") for n in (1, 2))
    journal(archive, first, first)
    assert store_all(archive) == 2
    assert store_all(archive) == 0
    journal(archive, second, first, packet("DataTime=20240601085851;a21026-Rtd=7"))
    journal(archive, packet("DataTime=20240601085859;a21026-Rtd=9"), source=PARKED)
    assert store_all(Archive(tmp_path)) == 4
    assert store_all(archive) == 0
    assert values(archive) == [("a21026", "7"), ("a21026", "2")]
    history = archive.devices.history().collect()
    assert history["value"].to_list() == ["1", "7", "2"]


def test_of_versions_in_any_order_the_one_with_the_last_entry_counts_and_single_rows_stay() -> None:
    said = [("a01", 5, "x"), ("a02", 5, "only"), ("a01", 9, "z"), ("a01", 7, "y"), ("", 5, "no code")]
    sent = pl.DataFrame(
        [{"site": MN, "start": NOW, "cn": "2051", "field": "Avg", "subject": "", "place": 0,
          "code": code, "journal": journal, "value": value} for code, journal, value in said],
        schema=COLUMNS,
    )  # fmt: skip
    for order in (sent, sent.reverse()):
        kept = last_of_each(order.lazy()).collect()
        assert set(kept.select("code", "value").rows()) == {("a01", "z"), ("a02", "only"), ("", "no code")}
        assert kept.schema == pl.Schema(COLUMNS)


def test_a_value_that_comes_back_counts_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for value in ("1", "2", "1"):
        journal(archive, packet(f"DataTime=20240601085851;a21026-Rtd={value}"))
    store_all(archive)
    assert values(archive) == [("a21026", "1")]
    assert archive.devices.history().collect().height == 3


@settings(max_examples=15, deadline=None)
@given(
    sent=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=30),
    step=st.integers(1, 7),
    files=st.integers(2, 4),
)
def test_any_order_in_any_steps_with_any_merging_ends_in_the_last_value_of_each(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[int, int]], step: int, files: int
) -> None:
    archive = Archive(tmp_path_factory.mktemp("devices"))
    journal(archive, *[packet(f"DataTime=20240{month}01085851;a1-Rtd={value}") for month, value in sent])
    while store_some(archive, step):
        archive.devices.compact(files)
    assert [v for _, v in values(archive)] == [str(v) for _, v in sorted(dict(sent).items())]
    changes = [v for m in range(1, 5) for v in _changes([value for month, value in sent if month == m])]
    assert archive.devices.history().collect()["value"].to_list() == changes


def _changes(values: list[int]) -> list[str]:
    return [str(v) for n, v in enumerate(values) if n == 0 or v != values[n - 1]]


def test_each_published_packet_alone_reads_as_it_did_in_the_stream() -> None:
    """The receiver journals packet by packet; what is stored must be what was answered."""
    for line in published():
        data = str(line["packet"]).encode()
        splitter = Splitter()
        for frame in [*splitter.feed(data), *splitter.close()]:
            if frame.reason is None:
                (again,) = decode_stream(data[frame.start : frame.end])
                assert again.accepted
                assert again.length == frame.end - frame.start


def test_records_and_raw_packets_are_in_the_backup(tmp_path: Path) -> None:
    folder, copy = tmp_path / "city", tmp_path / "copy"
    open_installation(folder, create=True)
    archive = Archive(folder / "archive")
    journal(archive, packet("DataTime=20240601085851;a21026-Rtd=1"))
    store_all(archive)
    journal(archive, packet("DataTime=20240601085852;a21026-Rtd=2"))
    back_up(folder, tmp_path / "backup.tar", at=NOW)
    restore(tmp_path / "backup.tar", copy)
    again = Archive(copy / "archive")
    assert values(again) == [("a21026", "1")]
    assert store_all(again) == 1
    assert values(again) == [("a21026", "1"), ("a21026", "2")]


def test_a_table_that_refuses_keeps_everything_for_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path)
    journal(archive, packet("DataTime=20240601085851;a21026-Rtd=1"))
    with monkeypatch.context() as patch:
        patch.setattr(archive.devices.parts, "commit", _refuse)
        with pytest.raises(OSError, match="full"):
            store_all(archive)
    assert not list((tmp_path / "devices" / "table").rglob("*.parquet"))
    assert store_all(archive) == 1
    assert values(archive) == [("a21026", "1")]


def _refuse(*_: object) -> None:
    raise OSError("the disk is full")


def test_merged_parts_are_cleared_away_and_raw_packets_stay(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for second in range(3):
        journal(archive, packet(f"DataTime=2024060108585{second};a1-Rtd={second}"))
        store_all(archive)
    assert archive.devices.compact(files=2) == ["2024-06"]
    assert archive.retain(NOW, timedelta(0))["parts"] == 3
    assert [v for _, v in values(Archive(tmp_path))] == ["0", "1", "2"]
    assert len(list(archive.devices.journal.entries())) == 3


def test_the_last_record_of_a_device_is_found_in_whatever_month_it_lies(tmp_path: Path) -> None:
    archive, other = Archive(tmp_path), "B" * 24
    for cp in (
        "DataTime=20240601085800;a1-Rtd=1",
        "DataTime=20240601085900;a1-Rtd=2",
        "DataTime=20240301000000;a1-Rtd=3",
    ):
        journal(archive, packet(cp))
        store_all(archive)
    at = datetime(2024, 6, 1, 0, 59, tzinfo=UTC)  # 08:59 in China
    assert archive.devices.last_of([MN, other], NOW) == {MN: (at, NOW)}
    assert archive.devices.last_of([MN], NOW - timedelta(seconds=1)) == {}  # nothing had come by then


def test_the_last_record_is_found_though_parts_overlap(tmp_path: Path) -> None:
    """A part that ends later may hold an earlier record of a device, and none of another."""
    archive, other, third = Archive(tmp_path), "B" * 24, "C" * 24
    first = rows(packet("DataTime=20240601085800;a1-Rtd=1"))
    minutes = [{MN: 0, other: 50}, {MN: 40, other: 10, third: 1}, {MN: 45}, {MN: 5, other: 60}, {MN: 20}]
    for position, part in enumerate(minutes, 1):
        table = pl.concat(
            first.with_columns(pl.col("start") + timedelta(minutes=m), site=pl.lit(mn))
            for mn, m in part.items()
        )
        archive.devices.store(table, position)
    begin = first["start"][0]
    last = {MN: 45, other: 60, third: 1}
    assert archive.devices.last_of(list(last), NOW) == {
        mn: (begin + timedelta(minutes=m), NOW) for mn, m in last.items()
    }
