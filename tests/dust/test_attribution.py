"""From where a peak came: upwind before downwind, near before far, monitors and what was in the air already, and what cannot be said."""

from math import cos, radians, sin

import pytest

from bihuan.domain.dust.attribution import (
    METRES,
    Answer,
    Neighbour,
    Peak,
    Share,
    Suspect,
    Wind,
    attribute,
    mean_wind,
)

LON, LAT = 113.6, 37.8


def at(metres: float, bearing: float) -> tuple[float, float]:
    """A place so far off in a direction."""
    east, north = metres * sin(radians(bearing)), metres * cos(radians(bearing))
    return LON + east / METRES / cos(radians(LAT)), LAT + north / METRES


def site(
    code: str, metres: float, bearing: float, phase: str = "earthwork", risen: float | None = None
) -> Suspect:
    return Suspect(code, *at(metres, bearing), phase, 10_000.0, risen)


WEST = Wind(270, 3.0)


def peak(wind: Wind | None = WEST, *neighbours: Neighbour) -> Peak:
    return Peak(LON, LAT, 100.0, wind, neighbours)


def share(answer: Answer, code: str) -> Share:
    return next(s for s in answer.shares if s.code == code)


def test_the_site_upwind_is_first_and_the_one_downwind_last() -> None:
    answer = attribute(peak(), [site("down", 800, 90), site("up", 800, 270), site("beside", 800, 0)])
    assert answer.first(1) == ["up"]
    assert share(answer, "down").share < share(answer, "beside").share + 1e-9 < 0.05
    assert sum(s.share for s in answer.shares) == pytest.approx(1)
    assert share(answer, "up").off == pytest.approx(0, abs=0.5)
    assert share(answer, "up").metres == pytest.approx(800, abs=1)


def test_of_two_upwind_the_nearer_and_the_one_at_earthwork_is_first() -> None:
    assert attribute(peak(), [site("far", 2500, 270), site("near", 700, 270)]).first(1) == ["near"]
    assert attribute(peak(), [site("idle", 700, 270, "idle"), site("works", 700, 270)]).first(1) == ["works"]


def test_a_monitor_that_rose_outweighs_a_nearer_site_whose_monitor_stood_still() -> None:
    answer = attribute(peak(), [site("quiet", 500, 270, risen=0.0), site("risen", 900, 268, risen=150.0)])
    assert answer.first(1) == ["risen"]


def test_what_was_upwind_already_speaks_for_nobody_known() -> None:
    sites = [site("up", 1500, 270)]
    alone = share(attribute(peak(), sites), "").share
    carried = share(attribute(peak(Wind(270, 3.0), Neighbour(*at(3000, 270), 100.0)), sites), "").share
    behind = share(attribute(peak(Wind(270, 3.0), Neighbour(*at(3000, 90), 100.0)), sites), "").share
    assert carried > 1.5 * alone
    assert behind == pytest.approx(alone)


def test_without_wind_all_directions_stay_and_the_answer_says_so() -> None:
    answer = attribute(peak(None), [site("east", 800, 90), site("west", 800, 270)])
    assert share(answer, "east").share == pytest.approx(share(answer, "west").share)
    assert answer.lacks == ("wind", "monitors")
    assert "calm" in attribute(peak(Wind(270, 0.3)), [site("east", 800, 90)]).lacks


def test_without_wind_the_circle_is_wider() -> None:
    far = [site("far", 4500, 270)]
    assert attribute(peak(), far).first(1) == []
    assert attribute(peak(None), far).first(1) == ["far"]


def test_nobody_within_reach_is_nobody_known() -> None:
    answer = attribute(peak(), [site("far", 30_000, 270)])
    assert [(s.code, s.share) for s in answer.shares] == [("", 1.0)]
    assert answer.lacks == ("sites",)


def test_a_site_all_around_the_monitor_needs_no_wind_towards_it() -> None:
    assert attribute(peak(), [site("own", 50, 90, risen=100.0), site("up", 900, 270, risen=0.0)]).first(
        1
    ) == ["own"]


def test_the_mean_wind_is_a_vector() -> None:
    found = mean_wind([(350.0, 2.0), (10.0, 2.0), (None, 5.0)])
    assert found is not None
    assert min(found.direction, 360 - found.direction) == pytest.approx(0, abs=1e-6)
    assert mean_wind([(None, 1.0)]) is None
    opposite = mean_wind([(90.0, 2.0), (270.0, 2.0)])
    assert opposite is not None
    assert not opposite.tells
