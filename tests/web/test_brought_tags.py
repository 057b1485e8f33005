"""What the pages of imports call a format and a period, and that a form comes back as it was filled in."""

import pytest
from django.http import QueryDict
from django.utils import translation

from bihuan.domain.periods import PERIODS
from bihuan.web.templatetags.brought import (
    FORMATS,
    format_name,
    given_column,
    given_factor,
    given_quantity,
    period_name,
)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("weather", "预报气象"),
        ("mapped:县里的表", "列映射 县里的表"),
        ("mapped:a:b", "列映射 a:b"),
        ("mapped:", "列映射"),
        ("unheard", "unheard"),
        ("", ""),
    ],
)
def test_a_file_is_called_by_its_format_and_its_mapping(source: str, name: str) -> None:
    assert format_name(source) == name


def test_every_format_and_period_has_a_name_in_both_languages() -> None:
    with translation.override("en"):
        assert all(format_name(form).isascii() for form in FORMATS)
        assert all(period_name(period).isascii() for period in PERIODS)
    assert not any(period_name(period).isascii() for period in PERIODS)


def test_the_form_shows_what_was_chosen_and_nothing_where_nothing_was() -> None:
    posted = QueryDict("column_pm25=细颗粒物&factor_pm25=2&quantity_0=w21003&column_0=")
    assert (given_column(posted, "pm25"), given_factor(posted, "pm25")) == ("细颗粒物", "2")
    assert (given_quantity(posted, "0"), given_column(posted, "0")) == ("w21003", "")
    for shown in (given_column, given_factor, given_quantity):
        assert shown(QueryDict(""), "pm25") == ""
