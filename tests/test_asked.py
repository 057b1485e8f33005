"""Parameters of addresses: what can be meant is read, everything else is refused with the name of the parameter."""

from datetime import UTC, date, datetime

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from bihuan.asked import BadQuestion, day_of, instant, month_of, whole


def test_what_is_asked_is_read_and_nothing_is_the_default() -> None:
    request = RequestFactory().get("/", {"days": "7", "at": "1550455200000"})
    assert whole(request, "days", 3, low=1, high=31) == 7
    assert whole(request, "page", 1) == 1
    assert instant(request, "at", per_second=1000) == datetime(2019, 2, 18, 2, tzinfo=UTC)
    assert instant(request, "until") is None
    assert (month_of("2019-02"), day_of("2019-02-24")) == (date(2019, 2, 1), date(2019, 2, 24))


@pytest.mark.parametrize("text", ["²", "٣", "-1", "1.5", "abc", "32", "9" * 30, "1e3", "0"])
def test_a_number_that_cannot_be_meant_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(BadQuestion, match="days="):
        whole(RequestFactory().get("/", {"days": text}), "days", 3, low=1, high=31)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e300", "-99999999999999", "x", "²", "253402300800"])
def test_an_instant_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(BadQuestion, match="until="):
        instant(RequestFactory().get("/", {"until": text}), "until")


@given(st.text(max_size=12))
def test_any_text_is_a_month_near_which_days_can_be_counted_or_a_value_error(text: str) -> None:
    try:
        month = month_of(text)
    except ValueError:
        return
    assert 1901 <= month.year <= 2199
