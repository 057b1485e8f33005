"""Three systems of coordinates, the numbers that can be a place in China, angles as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.places.angles import degrees
from bihuan.domain.places.coordinates import (
    Place,
    System,
    checked,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_wgs84,
    wgs84_to_gcj02,
)
from bihuan.domain.places.faults import BadPlace, Why
from bihuan.domain.places.geodesy import distance
from tests.places.systems import from_wgs84

in_china = st.tuples(st.floats(74, 135), st.floats(18, 53))


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [  # the worked examples of eviltransform (googollee, transform_test), from Shanghai, Shenzhen and Beijing
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_moves_a_place_as_published_examples_say(wgs: Place, gcj: Place) -> None:
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-9)
    assert distance(gcj02_to_wgs84(*gcj), wgs) < 0.001


def test_bd09_moves_a_place_as_published_examples_say() -> None:
    # The example of coordtransform (wandergis), which many ports repeat.
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@pytest.mark.parametrize("place", [(-104.9903, 39.7392), (153.0251, -27.4698), (139.767, 35.681)])
def test_places_far_outside_china_stay_where_they_are(place: Place) -> None:
    # Denver, Brisbane and Tokyo
    assert wgs84_to_gcj02(*place) == place
    assert gcj02_to_wgs84(*place) == place


@given(in_china, st.sampled_from(System))
def test_there_and_back_is_the_same_place_to_a_tenth_of_a_metre(place: Place, system: System) -> None:
    there = from_wgs84(*place, system)
    assert distance(to_wgs84(*there, system), place) < 0.1


@given(in_china)
def test_gcj02_lies_a_few_hundred_metres_off_and_never_kilometres(place: Place) -> None:
    assert distance(wgs84_to_gcj02(*place), place) < 1000


def test_wgs84_is_left_as_it_is() -> None:
    assert to_wgs84(113.58, 37.86, System.WGS84) == (113.58, 37.86)


@pytest.mark.parametrize(
    ("lon", "lat", "why"),
    [
        (37.86, 113.58, Why.SWAPPED),
        (2.35, 48.86, Why.OUTSIDE_CHINA),
        (0.0, 0.0, Why.OUTSIDE_CHINA),
        (11358.0, 3786.0, Why.NO_PLACE_ON_EARTH),
        (float("nan"), 37.8, Why.NO_PLACE_ON_EARTH),
        (float("inf"), 37.8, Why.NO_PLACE_ON_EARTH),
    ],
)
def test_numbers_that_are_no_place_in_china_are_refused_by_name(lon: float, lat: float, why: Why) -> None:
    with pytest.raises(BadPlace) as refused:
        checked(lon, lat)
    assert refused.value.fault.why is why


@pytest.mark.parametrize(
    "place", [(73.5, 39.4), (134.77, 48.4), (123.3, 53.55), (112.3, 3.9), (113.58, 37.86)]
)
def test_the_ends_of_china_are_in_china(place: Place) -> None:
    # Pamir, Ussuri, Mohe, 曾母暗沙, 阳泉
    assert checked(*place) == place


HAND = 113 + 34 / 60 + 12.5 / 3600


@pytest.mark.parametrize(
    "text",
    [
        "113°34'12.5\"E", "E113°34′12.5″", "东经113度34分12.5秒", "113 34 12.5", "113:34:12.5", "１１３°３４′１２．５″",
        "113º34’12.5”", "113°34'12.5''E", " 113° 34' 12.5\" e ",
    ],
)  # fmt: skip
def test_degrees_minutes_and_seconds_are_read_as_people_write_them(text: str) -> None:
    assert degrees(text, "lon") == pytest.approx(HAND, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "axis", "value"),
    [("37.85", "lat", 37.85), ("-37.85", "lat", -37.85), ("南纬37.85", "lat", -37.85), ("37.85N", "lat", 37.85),
     ("113°34.5'", "lon", 113.575), ("113度", "lon", 113.0), ("W77", "lon", -77.0), ("113°00'00\"", "lon", 113.0)],
)  # fmt: skip
def test_decimal_degrees_and_halves_of_the_globe(text: str, axis: str, value: float) -> None:
    assert degrees(text, axis) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "axis", "why"),
    [
        ("113°34'12\"N", "lon", Why.WRONG_AXIS), ("37°51'E", "lat", Why.WRONG_AXIS), ("北纬37.8", "lon", Why.WRONG_AXIS),
        ("113°60'", "lon", Why.TOO_MANY_MINUTES), ("113°10'61\"", "lon", Why.TOO_MANY_MINUTES),
        ("113.5°34'", "lon", Why.NOT_AN_ANGLE), ("E113W", "lon", Why.NOT_AN_ANGLE), ("-113E", "lon", Why.NOT_AN_ANGLE),
        ("", "lon", Why.NOT_AN_ANGLE), ("约113", "lon", Why.NOT_AN_ANGLE), ("1e5", "lon", Why.NOT_AN_ANGLE),
        ("nan", "lat", Why.NOT_AN_ANGLE), ("113,57", "lon", Why.NOT_AN_ANGLE), ("113°34'12\"5", "lon", Why.NOT_AN_ANGLE),
    ],
)  # fmt: skip
def test_text_that_is_no_angle_says_what_is_wrong(text: str, axis: str, why: Why) -> None:
    with pytest.raises(BadPlace) as refused:
        degrees(text, axis)
    assert refused.value.fault.why is why


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 599), st.sampled_from("EW"))
def test_what_is_written_is_read_back(whole: int, minutes: int, tenths: int, side: str) -> None:
    value = (whole + minutes / 60 + tenths / 36000) * (1 if side == "E" else -1)
    assert degrees(f"{whole}°{minutes}'{tenths / 10}\"{side}", "lon") == pytest.approx(value, abs=1e-9)


@given(st.text(max_size=30), st.sampled_from(["lon", "lat"]))
def test_any_text_is_an_angle_or_says_why_not(text: str, axis: str) -> None:
    try:
        value = degrees(text, axis)
    except BadPlace:
        return
    assert abs(value) < float("inf")
