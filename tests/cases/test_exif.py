"""Time and place that the camera wrote into a photo are kept; nonsense there is left out and never refuses the photo."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from bihuan.cases.evidence import Upload
from bihuan.cases.exif import Taken
from bihuan.cases.file_kinds import look
from bihuan.cases.models import Attachment
from bihuan.cases.transitions import State
from tests.cases.world import World

PLACE = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (37.0, 51.0, 24.4), GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (113.0, 34.0, 48.0)}  # fmt: skip
TIME = {Base.DateTimeOriginal: "2019:01:12 13:05:00"}


def shot(details: dict[int, Any], gps: dict[int, Any], form: str = "JPEG") -> bytes:
    """A photo with these EXIF fields."""
    exif = Image.Exif()
    exif[Base.Make] = "Maker"
    exif.get_ifd(IFD.Exif).update(details)
    exif.get_ifd(IFD.GPSInfo).update(gps)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, form, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_time_and_place_of_the_camera(form: str) -> None:
    # 37 + 51/60 + 24.4/3600 = 37.856778; 113 + 34/60 + 48/3600 = 113.58; 13:05 in China is 05:05 UTC.
    taken = look(f"a.{form.lower()}", shot(TIME, PLACE, form)).taken
    assert taken == Taken(datetime(2019, 1, 12, 5, 5, tzinfo=UTC), 37.856778, 113.58)


def test_a_camera_that_gives_its_offset_is_believed() -> None:
    taken = look("a.jpg", shot({**TIME, Base.OffsetTimeOriginal: "+00:00"}, {})).taken
    assert taken == Taken(datetime(2019, 1, 12, 13, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    "gps",
    [
        {}, {GPS.GPSLatitude: (37.0, 51.0, 24.4)}, {**PLACE, GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)},
        {**PLACE, GPS.GPSLatitude: (95.0, 0.0, 0.0)}, {**PLACE, GPS.GPSLongitude: (181.0, 0.0, 0.0)},
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_is_none(gps: dict[int, Any]) -> None:
    taken = look("a.jpg", shot(TIME, gps)).taken
    assert (taken.lat, taken.lon) == (None, None)


def test_south_and_west_are_negative() -> None:
    taken = look("a.jpg", shot({}, {**PLACE, GPS.GPSLatitudeRef: "S", GPS.GPSLongitudeRef: "W"})).taken
    assert (taken.lat, taken.lon) == (-37.856778, -113.58)


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "1980:01:01 00:00:00", "abc", "", "2019:02:30 00:00:00"]
)
def test_a_time_that_cannot_be_is_none(text: str) -> None:
    assert look("a.jpg", shot({Base.DateTimeOriginal: text}, {})).taken.at is None


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_damaged_camera_data_never_refuse_a_photo(at: int, put: bytes) -> None:
    content = shot(TIME, PLACE)
    start = content.index(b"Exif\x00\x00") + 6
    end = start + int.from_bytes(content[start - 8 : start - 6], "big") - 8
    at = start + at % (end - start - len(put))
    assert look("a.jpg", content[:at] + put + content[at + len(put) :]).media_type == "image/jpeg"


def test_the_step_keeps_them_and_what_a_sender_says_goes_before(world: World) -> None:
    world.at = datetime(2019, 1, 12, 2, tzinfo=UTC)
    world.wait()
    case = world.case(State.RECTIFYING)
    said = datetime(2019, 1, 12, 4, tzinfo=UTC)
    files = [Upload("a.jpg", shot(TIME, PLACE)), Upload("b.jpg", shot(TIME, PLACE, "JPEG"), said, 1.5, 2.5)]
    world.go(case, "apply_close", files=files)
    first, second = Attachment.objects.order_by("id")
    assert (first.taken_at, first.lat, first.lon) == (
        datetime(2019, 1, 12, 5, 5, tzinfo=UTC),
        37.856778,
        113.58,
    )
    assert (second.taken_at, second.lat, second.lon) == (said, 1.5, 2.5)
