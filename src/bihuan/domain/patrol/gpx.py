"""Tracks of GPX files (GPX 1.0 and 1.1): the points of all segments, as a batch would hold them."""

import hashlib
from datetime import UTC, datetime

import gpxpy
import polars as pl

from bihuan.domain.patrol.batches import MOST_POINTS, BadBatch
from bihuan.domain.patrol.track import POINTS
from bihuan.domain.timeaxis import meant
from bihuan.reasons import Reason

RECEIVER_ERROR = 5.0
"""What a receiver is off [m] where the dilution of its satellites is 1."""


def read(raw: bytes, received: datetime) -> pl.DataFrame:
    """POINTS of a file; its device is named by its content, so the same file brings the same points. Raises BadBatch.

    The accuracy follows from `hdop`, where the file has it. Points without a time or a zone are no track.
    """
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise BadBatch(Reason("gpx_not_read", detail="DOCTYPE"))
    try:
        gpx = gpxpy.parse(raw.decode("utf-8-sig"))
    except (gpxpy.gpx.GPXException, ValueError) as error:
        raise BadBatch(Reason("gpx_not_read", detail=str(error)[:120])) from error
    points = [point for track in gpx.tracks for segment in track.segments for point in segment.points]
    if len(points) > MOST_POINTS:
        raise BadBatch(Reason("track_too_many", n=len(points), most=MOST_POINTS))
    device = f"gpx-{hashlib.sha256(raw).hexdigest()[:16]}"
    rows = [
        (device, seq, _at(point.time), point.latitude, point.longitude, _accuracy(point.horizontal_dilution), point.speed, False, received)
        for seq, point in enumerate(points)
        if point.time is not None and -90 <= point.latitude <= 90 and -180 <= point.longitude <= 180
    ]  # fmt: skip
    if not rows:
        raise BadBatch(Reason("gpx_without_track"))
    return pl.DataFrame(rows, schema=POINTS, orient="row")


def _at(time: datetime) -> datetime:
    try:
        return meant(time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(
            UTC
        )  # GPX 1.1: times are in UTC
    except ValueError as error:
        raise BadBatch(Reason("gpx_not_read", detail=str(error))) from error


def _accuracy(dilution: float | None) -> float | None:
    return None if dilution is None else dilution * RECEIVER_ERROR
