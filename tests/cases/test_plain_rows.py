"""A row read as a tuple is written down as the object of the same row is, whatever stands in it."""

import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.cases.models import Finding, Step
from bihuan.cases.transitions import State
from bihuan.registry import plain_rows
from bihuan.registry.hashing import columns, content, plain_json
from bihuan.registry.models import Organisation, Person, Post, Region
from tests.cases.world import World

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc1", max_size=2), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def check(model: Any) -> int:
    """How many rows there are, all of them written down alike."""
    rows = model._default_manager.order_by("pk")
    values = [tuple(v) for v in plain_rows.read(rows)]
    whole, short = plain_rows.written(model), plain_rows.contents(model, ("note",))
    for row, each in zip(rows, values, strict=True):
        assert whole(each) == columns(row)
        assert short(each) == content(row, ("note",))
    return len(values)


@pytest.mark.parametrize("model", [Region, Organisation, Person, Post, Step, Finding])
def test_rows_of_every_type_of_column(world: World, model: Any) -> None:
    world.case(State.VERIFYING)
    world.finding()
    assert check(model)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_JSON)
def test_json_of_any_kind(world: World, value: Any) -> None:
    finding = Finding.objects.first() or world.finding()
    Finding.objects.filter(pk=finding.pk).update(evidence=[value], latest={"x": value})
    assert check(Finding)


@given(ANY_JSON)
def test_json_is_read_once_where_no_float_is_in_it(value: Any) -> None:
    text = json.dumps(value)
    loaded, said = plain_rows.loaded_and_said(text)
    assert (repr(loaded), repr(said)) == (repr(json.loads(text)), repr(plain_json(value)))
    assert (loaded is said) == ("float" not in kinds(value))


def kinds(value: Any) -> set[str]:
    """The types of everything in a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {type(value).__name__}.union(*map(kinds, inner))


@pytest.mark.parametrize(
    ("column", "value"), [("seq", "x"), ("seq", 2.5), ("data", "{no json"), ("data", "1E3"), ("by_unit", 7)]
)
def test_what_somebody_wrote_into_the_file_of_the_database(world: World, column: str, value: Any) -> None:
    world.case(State.DRAFT)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = 1")
        cursor.execute(f"UPDATE cases_step SET {column} = %s", [value])
        cursor.execute("PRAGMA ignore_check_constraints = 0")
    assert check(Step)
