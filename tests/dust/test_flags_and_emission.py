"""六个百分百, the flag, and what a site gives off."""

from datetime import date

import pytest

from bihuan.domain.dust.emission import of_loading, of_site
from bihuan.domain.dust.flags import GREEN, ITEMS, NONE, RED, YELLOW, Standing, Thresholds, flag, score

BY = Thresholds(3, 3)
ON = date(2019, 1, 11)


def test_items_that_do_not_apply_are_left_out_of_the_rate() -> None:
    found = score({**dict.fromkeys(ITEMS, "yes"), "wet": "na", "fence": "no"})
    assert (found.passed, found.due, found.failed, found.met) == (4, 5, ("fence",), False)
    assert found.rate == pytest.approx(0.8)


def test_six_of_six_passes_and_nothing_due_is_no_answer() -> None:
    assert score(dict.fromkeys(ITEMS, "yes")).met is True
    nothing = score(dict.fromkeys(ITEMS, "na"))
    assert (nothing.rate, nothing.met) == (None, None)


@pytest.mark.parametrize(
    ("site", "colour"),
    [
        (Standing(0, 0, 7), GREEN),
        (Standing(1, 0, 7), YELLOW),
        (Standing(2, 0, 7), YELLOW),
        (Standing(3, 0, 7), RED),
        (Standing(0, 1, 7), YELLOW),
        (Standing(0, 3, 7), RED),
        (Standing(0, 0, 7, falsified=True), RED),
        (Standing(0, 0, 7, refused=True), RED),
        (Standing(None, 0, 7), NONE),
        (Standing(0, 0, 0), NONE),
        (Standing(0, 0, 0, monitored=False), GREEN),
        (Standing(None, 1, 7), YELLOW),
    ],
)
def test_the_flag(site: Standing, colour: str) -> None:
    assert flag(site, BY) == colour


def test_a_site_gives_off_by_its_area_and_nothing_that_is_not_known() -> None:
    """10,000 m² x 2.69e-4 t/m² a month = 2.69 t a month = 89.7 kg a day of PM10, twice as much TSP."""
    found = {a.factor.pollutant: a.kg for a in of_site(10_000, "earthwork", ON)}
    assert found == {"pm10": pytest.approx(89.667, abs=0.001), "tsp": pytest.approx(179.333, abs=0.001)}
    assert of_site(None, "earthwork", ON) == ()
    assert of_site(10_000, "idle", ON) == ()
    assert of_site(10_000, "earthwork", date(2010, 1, 1)) == ()


def test_loading_at_the_wind_and_moisture_of_the_formula() -> None:
    """At 2.2 m/s and 2 % both powers are 1: 0.35 x 0.0016 kg/t of PM10."""
    found = {a.factor.pollutant: a.kg for a in of_loading(1000, 2.2, 2.0, ON)}
    assert found["pm10"] == pytest.approx(0.56)
    assert of_loading(1000, None, 2.0, ON) == ()
    assert of_loading(None, 2.2, 2.0, ON) == ()
    assert of_loading(1000, 2.2, None, ON) == ()
