"""Expressions mean what the XForms specification of ODK says (getodk.github.io/xforms-spec, "XPath Functions")."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bihuan.kit.inspection.expressions import (
    Around,
    BadExpression,
    date_of,
    days_of,
    evaluate,
    matches,
    patterns_of,
    text_of,
    unknown_functions,
)

AROUND = Around({}, datetime(2019, 2, 25, 17, tzinfo=UTC), lambda value, _: f"<{value}>")


def value(expression: str) -> Any:
    return evaluate(expression, etree.fromstring("<d><m>a b c</m><n>2.5</n><e/></d>"), AROUND)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("if(/d/n > 2, 'much', 'little')", "much"),
        ("selected(/d/m, 'b')", "true"),
        ("selected(/d/m, 'a b')", "false"),
        ("count-selected(/d/m)", "3"),
        ("selected-at(/d/m, 2)", "c"),
        ("selected-at(/d/m, 9)", ""),
        ("coalesce(/d/e, /d/n)", "2.5"),
        ("round(/d/n)", "3"),
        ("round(2.345, 2)", "2.35"),
        ("concat('round(1, 2)', '!')", "round(1, 2)!"),
        ("int(-2.7)", "-2"),
        ("pow(2, 10)", "1024"),
        ("max(/d/n, 7, 'x')", "7"),
        ("min(/d/e)", ""),
        ("regex(/d/m, '^a .*c$')", "true"),
        ("join('-', 1, 'b')", "1-b"),
        ("substr('abcdef', 1, 3)", "bc"),
        ("format-date('2019-02-05', '%e.%n.%Y')", "5.2.2019"),
        ("today() - date('2019-02-01')", "25"),  # 01:00 of the 26th in China
        ("jr:choice-name(/d/n, '/d/n')", "<2.5>"),
        ("sqrt(-1)", ""),
        ("1 div 0 > 1", "true"),
    ],
)
def test_a_function_gives_what_the_specification_says(expression: str, expected: str) -> None:
    assert text_of(value(expression)) == expected


@pytest.mark.parametrize("expression", ["1 +", "nothing-of-the-kind(1)", "regex('a', '[')"])
def test_what_cannot_be_evaluated_is_said(expression: str) -> None:
    with pytest.raises(BadExpression):
        value(expression)


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|aa)+$", "(.*)*x$", "^(([a-z])+.)+[A-Z]$", "(a?){900}a{900}$"]
)
def test_no_pattern_makes_the_server_hang(pattern: str) -> None:
    began = time.monotonic()
    assert not matches("a" * 5000 + "!", pattern)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "[", r"(\w{500}){500}"])
def test_a_pattern_that_could_not_be_matched_in_linear_time_is_none(pattern: str) -> None:
    with pytest.raises(BadExpression, match="regex: "):
        matches("a", pattern)


def test_the_patterns_of_an_expression_are_those_that_close_a_call() -> None:
    asked = """regex(concat(., ')'), '^(a|b)$') or regex(${x}, "'") and contains(., 'regex(., ') or regex(., /d/m)"""
    assert patterns_of(asked) == ["^(a|b)$", "'"]


def test_functions_that_the_server_does_not_know_are_named_and_text_is_no_function() -> None:
    assert unknown_functions("if(random() > 1, 'uuid()', digest(., 'md5')) and (1)") == ["digest", "random"]


@given(st.dates())
def test_a_day_and_its_number_are_the_same(day: Any) -> None:
    assert date_of(days_of(day.isoformat())) == day.isoformat()
