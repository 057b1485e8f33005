"""Boundaries of a file find their regions by code, else by name; what could be two is given to none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.places.regions import match, short

REGIONS = {
    "140000": "山西省", "140300": "阳泉市", "140302": "城区", "140303": "矿区", "140311": "郊区", "140321": "平定县",
    "140321100": "冠山镇", "140322": "盂县",
}  # fmt: skip
AREA = {"type": "Polygon", "coordinates": [[[113, 37], [114, 37], [114, 38], [113, 37]]]}


def feature(**properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": AREA}


@pytest.mark.parametrize(
    "properties",
    [
        {"code": "140321"}, {"adcode": 140321}, {"ADCODE": 140321.0}, {"XZQDM": "140321000000"}, {"区划代码": " 140321 "},
        {"name": "平定县"}, {"name": "平定"}, {"NAME": "平定县", "code": None}, {"xzqmc": "平定县", "adcode": ""},
        {"code": "999999", "name": "平定县"}, {"gb": "156140321", "name": "平定县"},
    ],
)  # fmt: skip
def test_a_boundary_finds_its_region_as_files_write_it(properties: dict[str, Any]) -> None:
    assert list(match([feature(**properties)], REGIONS).boundaries) == ["140321"]


def test_a_code_goes_before_a_name() -> None:
    assert list(match([feature(code="140302", name="郊区")], REGIONS).boundaries) == ["140302"]


def test_townships_and_cities_are_found_by_their_longer_and_shorter_codes() -> None:
    found = match([feature(code="140321100000"), feature(code="1403"), feature(code="14")], REGIONS)
    assert list(found.boundaries) == ["140321100", "140300", "140000"]


def test_a_name_that_two_regions_share_is_given_to_none() -> None:
    two = {"140302": "城区", "140202": "城区"}
    found = match([feature(name="城区"), feature(code="140202", name="城区")], two)
    assert (list(found.boundaries), found.doubtful) == (["140202"], ((1, "城区"),))


def test_a_second_boundary_of_a_region_and_a_stranger_are_told_with_their_number() -> None:
    found = match([feature(name="盂县"), feature(name="盂县"), feature(name="长治县"), feature()], REGIONS)
    assert list(found.boundaries) == ["140322"]
    assert (found.doubtful, found.unknown) == (((2, "盂县"),), ((3, "长治县"), (4, "")))


def test_short_names_keep_their_ending() -> None:
    """城区 and 郊区 without their ending would be 城 and 郊, 矿区 and 矿山 the same."""
    assert match([feature(name="城")], REGIONS).boundaries == {}


@pytest.mark.parametrize(
    ("code", "plain"),
    [("140300", "1403"), ("140000", "14"), ("140321", "140321"), ("140321000", "140321"), ("140321000000", "140321"),
     ("140321100000", "140321100"), ("110101", "110101"), ("140321.0", "140321"), ("460000", "46"), ("320200", "3202")],
)  # fmt: skip
def test_zeros_at_the_end_stand_for_the_whole(code: str, plain: str) -> None:
    assert short(code) == plain


@given(st.sampled_from(sorted(REGIONS)))
def test_every_region_is_found_by_its_own_code_and_name(code: str) -> None:
    assert list(match([feature(code=code)], REGIONS).boundaries) == [code]
    assert list(match([feature(name=REGIONS[code])], REGIONS).boundaries) == [code]
