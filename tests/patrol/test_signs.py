"""Signs of a fake: an honest track, noisy and with gaps, raises none; each fake raises its own."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.patrol.signs import Photo, Sign, signs, supported
from bihuan.domain.patrol.track import believable, ordered
from tests.patrol.made import EAST, LAT, LON, NORTH, RULES, START, honest, points, straight

DAY = timedelta(days=1)
SEEDS = st.integers(0, 2**32)


def kinds(track: pl.DataFrame, **more: object) -> list[str]:
    return [sign.kind for sign in signs(track, RULES, **more)]  # type: ignore[arg-type]


@given(SEEDS, st.integers(0, 5), st.floats(2, 12))
@settings(max_examples=25, deadline=None)
def test_an_honest_track_raises_none(seed: int, gaps: int, noise: float) -> None:
    track = honest(seed, gaps=gaps, noise=noise)
    good = ordered(track).filter(believable(RULES))
    mine = good.row(len(good) // 2, named=True)
    photo = Photo("a.jpg", mine["at"], mine["lon"], mine["lat"])
    before = {
        "other day": honest(seed + 1, start=START - DAY),
        "yesterday": honest(seed + 2, start=START - 2 * DAY),
    }
    assert kinds(track, photos=[photo], earlier=before) == []


def same_path(seed: int, start: object) -> pl.DataFrame:
    """One path, walked again: the same places, but another pace and other errors."""
    rng = np.random.default_rng(seed)
    along = np.cumsum(np.clip(1.1 + np.cumsum(rng.normal(0, 0.02, 1000)), 0.5, 1.8) * 10)
    way = np.column_stack((along, 300 * np.sin(along / 500)))
    return points(way + rng.normal(0, 5, way.shape), start=start)  # type: ignore[arg-type]


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_who_walks_the_same_path_every_day_is_no_fake(seed: int) -> None:
    assert kinds(same_path(seed, START), earlier={"yesterday": same_path(seed + 1, START - DAY)}) == []


@given(SEEDS, st.floats(-20, 20), st.integers(0, 60), st.floats(0, 4))
@settings(max_examples=15, deadline=None)
def test_a_track_that_is_sent_again_on_another_day_is_recognised_shifted_cut_and_shaken(
    seed: int, hours: float, cut: int, shaken: float
) -> None:
    original = honest(seed, start=START - 3 * DAY)
    rng = np.random.default_rng(seed)
    copy = original[cut:].with_columns(
        at=pl.col("at") + timedelta(days=3, hours=hours),
        lat=pl.col("lat") + rng.normal(0, shaken / NORTH, len(original) - cut),
        lon=pl.col("lon") + rng.normal(0, shaken / EAST, len(original) - cut),
    )
    (sign,) = signs(copy, RULES, earlier={"theirs": original, "another": honest(seed + 9, start=START - DAY)})
    assert (sign.kind, sign.other) == ("repeat", "theirs")
    assert sign.evidence["shift_h"] == pytest.approx(72 + hours, abs=0.02)


def test_two_who_walk_together_have_one_track_and_are_no_fake() -> None:
    track = honest(5)
    assert kinds(track, earlier={"colleague": track.with_columns(lat=pl.col("lat") + 1 / NORTH)}) == []


def test_the_very_same_track_of_two_people_is_a_copy_also_at_the_same_time() -> None:
    (sign,) = signs(honest(5), RULES, earlier={"colleague": honest(5)})
    assert (sign.kind, sign.other, sign.evidence["shift_h"]) == ("repeat", "colleague", 0)


def test_points_that_a_program_made_are_a_sign_with_their_share() -> None:
    track = honest(4).with_columns(mock=pl.col("seq") < 108)
    (sign,) = signs(track, RULES)
    assert sign.kind == "mock"
    assert sign.evidence["points"] == track["mock"].sum()


def test_a_speed_that_nothing_on_a_road_has() -> None:
    (sign,) = signs(points(straight(40_000, 300 / 3.6)), RULES)
    assert sign.kind == "speed"
    assert 280 < sign.evidence["kmh"] <= 300


def test_a_straight_jump_in_a_walk() -> None:
    track = points(np.concatenate([straight(600, 1.2), np.add(straight(600, 1.2), [5000, 3000])]))
    (sign,) = signs(track, RULES)
    assert sign.kind == "jump"
    assert sign.evidence["metres"] > 4000
    assert sign.until - sign.start == timedelta(seconds=10)


def test_a_ride_through_a_tunnel_is_no_jump() -> None:
    one = points(straight(3000, 12))
    two = points(
        np.add(straight(3000, 12), [9000, 0]), start=one["at"][-1] + timedelta(minutes=7), device="phone 2"
    )
    assert kinds(pl.concat([one, two])) == []


def test_one_bad_fix_that_calls_itself_exact_is_no_sign_while_it_is_near() -> None:
    way = straight(1200, 1.2)
    way[50] += [0, 500]
    assert kinds(points(way)) == []


TRACK = points(straight(3600, 1.2))
MIDDLE = TRACK.row(150, named=True)


@pytest.mark.parametrize(
    ("photo", "shown"),
    [
        (Photo("near", MIDDLE["at"] + timedelta(minutes=5), MIDDLE["lon"], MIDDLE["lat"]), None),
        (Photo("far", MIDDLE["at"], MIDDLE["lon"], MIDDLE["lat"] + 0.01), "metres"),
        (Photo("later", START + timedelta(hours=5), MIDDLE["lon"], MIDDLE["lat"]), "minutes"),
        (Photo("says nothing", None, None, None), None),
        (Photo("no place", MIDDLE["at"], None, None), None),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_a_photo_that_says_when_and_where_has_the_track_near(photo: Photo, shown: str | None) -> None:
    found: list[Sign] = signs(TRACK, RULES, [photo])
    assert [s.kind for s in found] == (["photo"] if shown else [])
    assert all(shown in s.evidence for s in found)
    assert supported(TRACK, photo, RULES) == (photo.name == "near")


def test_a_track_without_points_has_no_signs() -> None:
    assert signs(points([]), RULES, [Photo("a", START, LON, LAT)]) == []
