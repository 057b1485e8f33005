"""Batches of phones and GPX files: what can be read is read, what cannot is named, nothing is guessed."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.patrol import batches, gpx
from bihuan.domain.patrol.batches import MOST_POINTS, BadBatch, Batch

NOW = datetime(2019, 2, 25, 4, tzinfo=UTC)
POINT = {
    "at": "2019-02-25T11:00:00+08:00",
    "lat": 37.8,
    "lon": 113.6,
    "accuracy_m": 6,
    "speed_ms": 1.1,
    "mock": False,
}
PATROL = str(uuid.UUID(int=1))


def read(sent: bytes, received: datetime) -> Batch:
    return batches.read(sent, received, PATROL)


def raw(**changes: Any) -> bytes:
    return json.dumps({"patrol": PATROL, "device": "d", "first": 7, "points": [POINT]} | changes).encode()


def test_a_batch_is_numbered_from_its_first_point_and_times_are_in_utc() -> None:
    batch = read(raw(points=[POINT, POINT | {"mock": True}]), NOW)
    assert (batch.device, batch.first, batch.last, batch.refused) == ("d", 7, 8, ())
    assert batch.points["seq"].to_list() == [7, 8]
    assert batch.points["at"][0] == datetime(2019, 2, 25, 3, tzinfo=UTC)
    assert batch.points["received"][0] == NOW
    assert batch.points["mock"].to_list() == [False, True]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lat": 91}, "lat"), ({"lat": None}, "lat"), ({"lon": "113"}, "lon"), ({"lon": True}, "lon"), ({"at": "2019-02-25T11:00:00"}, "at"),
        ({"at": 5}, "at"), ({"at": "0001-01-01T00:00:00Z"}, "at"), ({"accuracy_m": -1}, "accuracy_m"), ({"speed_ms": "x"}, "speed_ms"),
        ({"mock": 1}, "mock"), ({"lat": float("nan")}, "lat"),
    ],
    ids=str,
)  # fmt: skip
def test_a_point_that_cannot_be_is_left_out_by_its_number_and_the_others_stay(
    wrong: dict[str, Any], field: str
) -> None:
    batch = read(raw(points=[POINT, POINT | wrong, POINT]), NOW)
    assert batch.points["seq"].to_list() == [7, 9]
    ((seq, why),) = ((r.seq, r.why) for r in batch.refused)
    assert (seq, why.code, dict(why.values)) == (8, "track_point", {"field": field})


def test_accuracy_speed_and_mock_may_be_unknown() -> None:
    (point,) = read(raw(points=[{k: POINT[k] for k in ("at", "lat", "lon")}]), NOW).points.iter_rows(
        named=True
    )
    assert (point["accuracy_m"], point["speed_ms"], point["mock"]) == (None, None, False)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "track_no_json"), (b"[]", "track_no_json"), (b"\xff\xfe", "track_no_json"), (b"[" * 100_000, "track_no_json"),
        (raw(patrol="7"), "track_field"), (raw(patrol=str(uuid.UUID(int=2))), "track_other_patrol"), (raw(device=""), "track_field"), (raw(device="x" * 65), "track_field"), (raw(first=-1), "track_field"),
        (raw(first=True), "track_field"), (raw(points={}), "track_field"), (raw(points=[]), "track_field"), (raw(sent="noon"), "track_field"),
        (raw(points=[0] * (MOST_POINTS + 1)), "track_too_many"),
    ],
    ids=lambda x: x if isinstance(x, str) else repr(x[:40]),
)  # fmt: skip
def test_what_is_no_batch_is_refused_with_the_reason(sent: bytes, code: str) -> None:
    with pytest.raises(BadBatch) as error:
        read(sent, NOW)
    assert error.value.why.code == code


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(sent: bytes) -> None:
    for reader in (read, gpx.read):
        with pytest.raises(BadBatch):
            reader(sent, NOW)


GPX = """<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk>
<trkseg><trkpt lat="37.80" lon="113.60"><time>2019-02-25T03:00:00Z</time><hdop>2</hdop></trkpt><trkpt lat="37.81" lon="113.60"/></trkseg>
<trkseg><trkpt lat="37.82" lon="113.60"><time>2019-02-25T11:30:00+08:00</time></trkpt></trkseg></trk></gpx>"""


def test_the_tracks_of_a_gpx_file_are_points_and_those_without_time_are_none() -> None:
    found = gpx.read(GPX.encode(), NOW)
    assert found["lat"].to_list() == [37.80, 37.82]
    assert found["seq"].to_list() == [0, 2]
    assert found["accuracy_m"].to_list() == [10.0, None]
    assert found["at"].dt.strftime("%H:%M").to_list() == ["03:00", "03:30"]
    assert gpx.read(GPX.encode(), NOW)["device"].to_list() == found["device"].to_list()


@pytest.mark.parametrize(
    ("file", "code"),
    [("<gpx/>", "gpx_without_track"), ("no file", "gpx_not_read"), (GPX.replace("<gpx", '<!DOCTYPE g [<!ENTITY a "b">]><gpx', 1), "gpx_not_read")],
)  # fmt: skip
def test_a_file_without_a_track_is_refused(file: str, code: str) -> None:
    with pytest.raises(BadBatch) as error:
        gpx.read(file.encode(), NOW)
    assert error.value.why.code == code
