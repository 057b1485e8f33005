"""Signs (疑似) that a track may not have been walked, for a supervisor who asks. None of them is proof: each has innocent
explanations, and they are shown beside it.

An honest track, noisy and with gaps, raises none: what one cannot tell from noise is no sign.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from bihuan.domain.patrol.plane import Plane, metres
from bihuan.domain.patrol.rules import Rules
from bihuan.domain.patrol.track import UNKNOWN_ACCURACY, believable, ordered

MOCK, SPEED, JUMP, REPEAT, PHOTO = "mock", "speed", "jump", "repeat", "photo"
ROW = 3
"""So many impossible steps one after the other are a speed; a single one is a jump."""
SQUARE = 20.0
"""Edge of the squares [m] in which points of two days count as one place: a copy may have been shaken by some metres."""
PACE = 10.0
"""Seconds by which the shift between two days may vary in a copy; two honest walks differ by minutes."""
FEWEST, SHORTEST = 60, 500.0
"""A repetition is told by at least so many moving points over so many metres."""
APART = timedelta(hours=1)
"""Two people who walk together are at the same places; sooner than this only the very same coordinates are a copy."""


@dataclass(frozen=True)
class Sign:
    """What was noticed, when, and the numbers that show it. other: the key of the track that it repeats."""

    kind: str
    start: datetime
    until: datetime
    evidence: Mapping[str, Any] = field(default_factory=dict)
    other: str = ""


@dataclass(frozen=True)
class Photo:
    """A photo of the patrol: when and where it was taken; None where it does not say."""

    name: str
    at: datetime | None
    lon: float | None
    lat: float | None


def signs(
    points: pl.DataFrame, rules: Rules, photos: Sequence[Photo] = (), earlier: Mapping[str, pl.DataFrame] | None = None
) -> list[Sign]:  # fmt: skip
    """All signs of a track. points: POINTS as they came; earlier: those of tracks that it may repeat, by their keys."""
    once = ordered(points)
    if once.is_empty():
        return []
    good = once.filter(believable(rules))
    return [
        *mock(once),
        *leaps(good, rules),
        *repeats(good, earlier or {}, rules),
        *strange_photos(good, photos, rules),
    ]


def mock(once: pl.DataFrame) -> list[Sign]:
    """Points of which the phone itself says that a program made them."""
    made = once.filter(pl.col("mock"))
    if made.is_empty():
        return []
    share = round(made.height / once.height * 100, 1)
    return [Sign(MOCK, made["at"][0], made["at"][-1], {"points": made.height, "share": share})]


def leaps(good: pl.DataFrame, rules: Rules) -> list[Sign]:
    """Steps between two exact points that nothing can make: several in a row (speed), or one alone (jump).

    A step over a gap is none: who rode a bus without reception arrives elsewhere.
    """
    before = {f"{name}0": pl.col(name).shift(1) for name in ("at", "lon", "lat", "accuracy_m")}
    off = pl.col("accuracy_m").fill_null(UNKNOWN_ACCURACY) + pl.col("accuracy_m0").fill_null(UNKNOWN_ACCURACY)
    found = (
        good.with_columns(**before)
        .filter(pl.col("at0").is_not_null())
        .with_columns(
            far=(metres("lon0", "lat0", "lon", "lat") - off).clip(lower_bound=0),
            seconds=(pl.col("at") - pl.col("at0")).dt.total_milliseconds() / 1000,
        )
        .filter(pl.col("seconds") <= rules.gap_s)
        .with_columns(kmh=pl.col("far") / pl.max_horizontal("seconds", pl.lit(1.0)) * 3.6)
        .with_columns(fast=pl.col("kmh") > rules.impossible_kmh)
        .with_columns(run=(pl.col("fast") != pl.col("fast").shift(1)).fill_null(value=True).cum_sum())
    )
    runs = (
        found.filter("fast")
        .group_by("run", maintain_order=True)
        .agg(
            pl.col("at0").first(), pl.col("at").last(), pl.col("far").max(), pl.col("kmh").max(), steps=pl.len(),
        )
    )  # fmt: skip
    return [leap for row in runs.iter_rows(named=True) if (leap := _leap(row, rules)) is not None]


def _leap(row: Mapping[str, Any], rules: Rules) -> Sign | None:
    evidence = {"kmh": round(row["kmh"]), "metres": round(row["far"]), "steps": row["steps"]}
    if row["steps"] >= ROW:
        return Sign(SPEED, row["at0"], row["at"], evidence)
    return Sign(JUMP, row["at0"], row["at"], evidence) if row["far"] >= rules.jump_m else None


def repeats(good: pl.DataFrame, earlier: Mapping[str, pl.DataFrame], rules: Rules) -> list[Sign]:
    """The earlier track that this one repeats: the same places in the same pace, shifted in time by one and the same span."""
    mine = _moving(good)
    if mine.height < FEWEST or mine["m"].sum() < SHORTEST:
        return []
    plane = Plane(float(mine["lat"][0]))
    squares = _squares(mine, plane)
    agreeing = {
        key: _agreeing(squares, _squares(_moving(ordered(other)), plane)) for key, other in earlier.items()
    }
    key, (share, shift) = max(agreeing.items(), key=lambda item: item[1], default=("", (0.0, 0.0)))
    if share * 100 < rules.repeat_share:
        return []
    evidence = {"share": round(share * 100), "shift_h": round(shift / 3600, 2), "points": mine.height}
    return [Sign(REPEAT, mine["at"][0], mine["at"][-1], evidence, key)]


def _moving(once: pl.DataFrame) -> pl.DataFrame:
    """The points at which the track moves on, with `m` from the one before: where it stands, two days agree by themselves."""
    before = {f"{name}0": pl.col(name).shift(1) for name in ("lon", "lat")}
    return (
        once.with_columns(**before)
        .filter(pl.col("lon0").is_not_null())
        .with_columns(m=metres("lon0", "lat0", "lon", "lat"))
        .filter(pl.col("m") >= 1)
    )


def _squares(moving: pl.DataFrame, plane: Plane) -> pl.DataFrame:
    east, north = plane.scale
    return moving.select(
        "lon",
        "lat",
        x=(pl.col("lon") * east / SQUARE).floor().cast(pl.Int64),
        y=(pl.col("lat") * north / SQUARE).floor().cast(pl.Int64),
        t=pl.col("at").dt.epoch("ms") / 1000,
    )


def _agreeing(mine: pl.DataFrame, other: pl.DataFrame) -> tuple[float, float]:
    """(share of my points that have one of the other in their square at the commonest shift, that shift [s])."""
    together = (
        mine.with_row_index("i")
        .join(other, ["x", "y"], suffix="_other")
        .with_columns(shift=pl.col("t") - pl.col("t_other"))
    )
    same = (pl.col("lon") == pl.col("lon_other")) & (pl.col("lat") == pl.col("lat_other"))
    together = together.filter((pl.col("shift").abs() >= APART.total_seconds()) | same)
    if together.is_empty():
        return 0.0, 0.0
    slot = (pl.col("shift") / PACE).floor()
    slots = together.select("i", "shift", slot=slot)
    both = pl.concat(
        [slots, slots.with_columns(slot=pl.col("slot") - 1)]
    )  # a shift at the edge of a slot falls into two
    best = (
        both.group_by("slot")
        .agg(n=pl.col("i").n_unique(), shift=pl.col("shift").median())
        .sort("n", "slot")
        .row(-1, named=True)
    )
    return best["n"] / mine.height, best["shift"]


def strange_photos(good: pl.DataFrame, photos: Iterable[Photo], rules: Rules) -> list[Sign]:
    """Photos that say when and where they were taken, with no point of the track near in both."""
    return [sign for photo in photos if (sign := _strange(good, photo, rules)) is not None]


def _strange(good: pl.DataFrame, photo: Photo, rules: Rules) -> Sign | None:
    if photo.at is None or photo.lon is None or photo.lat is None:
        return None
    around = timedelta(seconds=rules.photo_s)
    then = good.filter(pl.col("at").is_between(photo.at - around, photo.at + around))
    evidence: dict[str, Any] = {"photo": photo.name, "lon": photo.lon, "lat": photo.lat}
    if then.is_empty():
        return Sign(PHOTO, photo.at, photo.at, evidence | {"minutes": round(rules.photo_s / 60)})
    here = then.with_columns(lon0=pl.lit(photo.lon), lat0=pl.lit(photo.lat)).select(
        m=metres("lon0", "lat0", "lon", "lat") - pl.col("accuracy_m").fill_null(UNKNOWN_ACCURACY)
    )
    nearest = here["m"].min()
    assert isinstance(nearest, float)
    return (
        Sign(PHOTO, photo.at, photo.at, evidence | {"metres": round(nearest)})
        if nearest > rules.photo_m
        else None
    )


def supported(good: pl.DataFrame, photo: Photo, rules: Rules) -> bool:
    """Does the track bear a photo out: it says when and where it was taken, and a point lies near in both?"""
    said = photo.at is not None and photo.lon is not None and photo.lat is not None
    return said and not good.is_empty() and _strange(good, photo, rules) is None
