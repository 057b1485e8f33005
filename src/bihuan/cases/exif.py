"""When and where a photo was taken, as the camera wrote it into the file (EXIF 2.32, section 4.6)."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from bihuan.cases.deadlines import CHINA

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)  # a camera whose clock was never set writes 1970 or 1980


@dataclass(frozen=True)
class Taken:
    """`lat` and `lon` in degrees (WGS 84), both or neither; `at` is None where the camera has no clock."""

    at: datetime | None = None
    lat: float | None = None
    lon: float | None = None


NOT_SAID = Taken()


def taken(image: Image.Image) -> Taken:
    """What the camera says. What cannot be read, or cannot be, is left out: it is a hint, never a reason to refuse."""
    try:
        exif = image.getexif()
        details, gps = exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError):
        return NOT_SAID
    lat = _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), "S", 90)
    lon = _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), "W", 180)
    at = _moment(details.get(Base.DateTimeOriginal), details.get(Base.OffsetTimeOriginal))
    # Cameras without a fix write 0, 0, which is in the Atlantic.
    if lat is None or lon is None or (lat, lon) == (0, 0):
        return Taken(at)
    return Taken(at, lat, lon)


def _degrees(parts: Any, reference: Any, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(p) for p in parts)
        value = degrees + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if str(reference).strip("\0 ").upper() == negative else value, 6)


def _moment(text: Any, offset: Any) -> datetime | None:
    """`2019:01:12 13:05:00`, in China time unless the camera gives its offset."""
    try:
        local = datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
    try:
        zone = datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo
    except ValueError:
        zone = CHINA
    return at if (at := local.replace(tzinfo=zone).astimezone(UTC)) >= OLDEST else None
