"""Labels that look alike, stages by date, limits of smoke."""

from datetime import date

import pytest

from bihuan.domain.nonroad.labels import by_look, folded, plain, well_formed
from bihuan.domain.nonroad.smoke import limit_of
from bihuan.domain.nonroad.stages import impossible, least_of

ON = date(2019, 1, 11)


@pytest.mark.parametrize(
    "read",
    ["140302001A", "１４０３０２００１Ａ", "14O3O2OO1a", "I40302-00l A".replace("l", "1"), " 140302 001 A "],
)
def test_what_looks_alike_is_one_label(read: str) -> None:
    assert folded(read) == folded("140302001A")


def test_a_label_of_another_machine_is_another() -> None:
    assert folded("140302002A") != folded("140302001A")
    assert plain("Ａb-1") == "AB1"


def test_a_look_that_two_machines_have_means_none() -> None:
    assert by_look({"M1": "140302001A", "M2": "14030200IA", "M3": "140302003A", "M4": ""}) == {
        "140302003A": "M3"
    }


def test_the_form_of_a_label_is_what_is_set() -> None:
    form = "[0-9]{9}[A-Z]"
    assert [
        well_formed(label, form) for label in ("140302001A", "14030200A", "14O302001A", "140302001A1")
    ] == [True, False, False, False]


@pytest.mark.parametrize(
    ("made", "least"), [(date(2008, 1, 1), "1"), (date(2010, 10, 1), "2"), (date(2016, 3, 31), "2"), (date(2016, 4, 1), "3"), (date(2022, 12, 1), "4")]
)  # fmt: skip
def test_the_least_stage_goes_by_the_day(made: date, least: str) -> None:
    assert least_of(made) == least


def test_a_lower_stage_is_impossible_and_a_higher_one_was_bought_early() -> None:
    assert impossible("2", date(2016, 4, 1))
    assert not impossible("2", date(2016, 3, 31))
    assert not impossible("4", date(2016, 4, 1))


def test_smoke_goes_by_class_power_and_date_and_the_unknown_is_lax() -> None:
    assert limit_of("2", 100, ON, low_zone=False) == 1.61
    assert limit_of("3", 37, ON, low_zone=False) == 0.8
    assert limit_of("3", 36.9, ON, low_zone=False) == 1.0
    assert limit_of("3", 100, ON, low_zone=True) == 0.5
    assert limit_of("", None, ON, low_zone=False) == 3.0
    assert limit_of("2", 100, date(2018, 11, 30), low_zone=False) is None
