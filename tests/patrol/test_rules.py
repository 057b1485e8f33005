"""The numbers by which patrols are judged: each with a range, a source and a day, in both languages."""

from dataclasses import fields
from datetime import date

import pytest
from django.utils import translation

from bihuan.domain.patrol.rules import Row, Rules, rows_on, rules_on, table
from bihuan.english import told

DAY = date(2019, 2, 25)


def test_the_table_has_every_number_and_no_other() -> None:
    assert set(rows_on(DAY)) == {field.name for field in fields(Rules)}


@pytest.mark.parametrize("row", table(), ids=lambda row: row.name)
def test_each_number_lies_in_its_range_and_says_where_it_comes_from_in_both_languages(row: Row) -> None:
    assert row.parameter.allows(row.parameter.value)
    for text in (row.parameter.title, row.parameter.meaning, row.source):
        assert text
        with translation.override("en"):
            assert told(text) != text


def test_what_a_bureau_sets_takes_the_place_of_the_table_and_the_rest_stays() -> None:
    own, table_ = rules_on(DAY, {"minutes": 45}), rules_on(DAY)
    assert own.minutes == 45
    assert own.ground_m == table_.ground_m
