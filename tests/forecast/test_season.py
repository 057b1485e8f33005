"""What the date alone tells."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from bihuan.domain.forecast import season
from bihuan.domain.timeaxis import parse_moment

MIDNIGHT = parse_moment("2019-02-01T00:00")


def _row(text: str) -> int:
    return (parse_moment(text) - MIDNIGHT) // timedelta(hours=1)


def _value(name: str, text: str) -> float:
    return float(season.calendar(MIDNIGHT, np.array([_row(text)]))[name][0])


def test_fireworks_begin_at_18_on_the_eve_and_are_forgotten_at_noon() -> None:
    # The lunar year began on 2019-02-05, so its eve is the 4th.
    assert _value("fireworks", "2019-02-04T17:00") == 0
    assert _value("fireworks", "2019-02-04T18:00") == 1
    assert _value("fireworks", "2019-02-05T11:00") == 18
    assert _value("fireworks", "2019-02-05T12:00") == 0
    assert _value("fireworks", "2019-02-19T18:00") == 1  # lantern festival, the 15th day
    assert _value("fireworks", "2019-02-12T20:00") == 0


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("2019-02-03T12:00", "holiday", 0),
        ("2019-02-04T12:00", "holiday", 1),
        ("2019-02-10T23:00", "holiday", 1),
        ("2019-02-11T00:00", "holiday", 0),
        ("2019-09-30T23:00", "holiday", 0),
        ("2019-10-01T00:00", "holiday", 1),
        ("2019-10-08T00:00", "holiday", 0),
        ("2019-03-15T23:00", "heating", 1),
        ("2019-03-16T00:00", "heating", 0),
        ("2019-11-14T23:00", "heating", 0),
        ("2019-11-15T00:00", "heating", 1),
    ],
)
def test_first_and_last_hours_of_holidays_and_heating(text: str, name: str, expected: float) -> None:
    assert _value(name, text) == expected


def test_the_sun_at_noon_stands_as_astronomy_says() -> None:
    # At 38 N the noon height is 90 - 38 + declination: 75.4 deg on 21 June, 28.6 deg on 22 December. The middle of
    # the hour 12:00-13:00 at 113.5 E is 11.5 minutes of hour angle (0.7 deg) from true noon: less than 0.1 in height.
    for text, height in (("2019-06-21T12:00", 75.4), ("2019-12-22T12:00", 28.6)):
        found = season.sun(MIDNIGHT, np.array([_row(text)]))[0]
        assert found == pytest.approx(np.sin(np.deg2rad(height)), abs=0.01)
    assert season.sun(MIDNIGHT, np.array([_row("2019-06-21T00:00")]))[0] == 0.0


def test_day_of_the_year_changes_at_local_midnight() -> None:
    first = datetime.fromisoformat("2019-12-31T16:00:00+00:00")  # 2020-01-01 00:00 China Standard Time
    assert season.day_of_year(first, np.array([-1, 0, 23, 24])).tolist() == [365, 1, 1, 2]
