"""What is known of a vehicle: VIN, fuel, stage."""

from datetime import date

import pytest

from bihuan.domain.vehicles import vin
from bihuan.domain.vehicles.fuels import NEW_ENERGY, read_fuel
from bihuan.domain.vehicles.stages import ELECTRIC, hinted, possible_from, read_stage


@pytest.mark.parametrize(
    ("sent", "kept", "wrong"),
    [
        (
            "1M8GDM9AXKP042788",
            "1M8GDM9AXKP042788",
            "",
        ),  # the example that texts on ISO 3779 give: its check digit is X
        ("11111111111111111", "11111111111111111", ""),  # all ones: the digit is 1
        ("1m8gdm9axkp042788 ", "1M8GDM9AXKP042788", ""),
        ("1M8GDM9A1KP042788", "1M8GDM9A1KP042788", vin.CHECK_DIGIT),
        ("1M8GDM9AXKP04278", "1M8GDM9AXKP04278", vin.TOO_LONG_OR_SHORT),
        ("1M8GDM9AXKPO42788", "1M8GDM9AXKPO42788", vin.CHARACTERS),
        ("", "", vin.NONE),
        (None, "", vin.NONE),
    ],
)
def test_a_vin_is_checked_by_its_ninth_character(sent: str | None, kept: str, wrong: str) -> None:
    assert vin.read_vin(sent) == (kept, wrong)


def test_two_characters_that_are_exchanged_do_not_pass() -> None:
    good = "1M8GDM9AXKP042788"
    swapped = good[:12] + good[13] + good[12] + good[14:]
    assert vin.read_vin(swapped)[1] == vin.CHECK_DIGIT


@pytest.mark.parametrize(
    ("word", "fuel"),
    [
        ("柴油", "diesel"),
        ("B", "diesel"),
        ("纯电动", "electric"),
        ("LNG", "natural_gas"),
        ("氢能", "hydrogen"),
        ("煤", None),
    ],
)
def test_fuels_are_read_from_words_and_codes(word: str, fuel: str | None) -> None:
    assert read_fuel(word) == fuel


def test_a_hybrid_is_no_new_energy_vehicle() -> None:
    assert set(NEW_ENERGY) == {"electric", "hydrogen"}


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("国四", "4"), ("国Ⅳ", "4"), ("国IV", "4"), ("国6b", "6"), ("国六(b)", "6"), ("国六a阶段", "6"), ("第五阶段", "5"), ("5", "5"),
        ("电动", ELECTRIC), ("国三标准", "3"), ("国七", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_stages_are_read_from_all_their_writings(word: str | None, stage: str | None) -> None:
    assert read_stage(word) == stage


def test_a_date_of_registration_hints_at_the_least_stage() -> None:
    assert hinted(date(2013, 6, 30), "diesel", heavy=True) == "3"
    assert hinted(date(2013, 7, 1), "diesel", heavy=True) == "4"
    assert hinted(date(2019, 7, 1), "natural_gas", heavy=True) == "6"
    assert hinted(date(2021, 6, 30), "diesel", heavy=True) == "5"
    assert hinted(date(2021, 6, 30), "electric", heavy=True) == ELECTRIC


def test_what_is_not_known_gives_no_hint() -> None:
    assert hinted(None, "diesel", heavy=True) is None
    assert hinted(date(2015, 1, 1), None, heavy=True) is None
    assert hinted(date(2001, 1, 1), "diesel", heavy=True) is None


def test_a_stage_is_believed_some_years_before_it_is_asked_of_all() -> None:
    assert possible_from("6", "diesel", heavy=True, early_years=3) == date(2018, 7, 1)
    assert possible_from("1", "diesel", heavy=True, early_years=3) is None
