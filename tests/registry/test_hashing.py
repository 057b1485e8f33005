"""How rows are written down before they are hashed: alike for equal contents, unlike for unequal ones, whatever reads them."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.models import Step
from bihuan.registry.hashing import canonical, columns, content, digest, digest_without_floats, instant, plain
from bihuan.registry.models import AuditEntry, Emitter, Site, ValueDecision
from bihuan.registry.scopes import ITSELF, NOBODY, Common, Holders, Own, Within, end_of, forks, paths

NOON = datetime(2019, 1, 12, 4, tzinfo=UTC)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(codec="utf-8"), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def test_the_order_of_keys_does_not_count_and_that_of_lists_does() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest([1, 2]) != digest([2, 1])


@given(PLAIN, PLAIN)
def test_different_contents_have_different_hashes(one: Any, other: Any) -> None:
    """Told apart by type too: 1, "1" and true are three contents."""
    assert (canonical(one) == canonical(other)) == (repr_of(one) == repr_of(other))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=4),
        max_leaves=10,
    )
)
def test_the_quick_way_writes_the_same_bytes_where_no_float_is(value: Any) -> None:
    """Any letters: control characters, quotes, beyond the basic plane; integers of more than 64 bits."""
    assert digest_without_floats(value) == digest(value)


def repr_of(value: Any) -> str:
    """Python's own spelling, with sorted keys."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{k!r}:{repr_of(v)}" for k, v in sorted(value.items())) + "}"
    return "[" + ",".join(map(repr_of, value)) + "]" if isinstance(value, list) else repr(value)


def test_the_hash_is_that_which_any_program_computes() -> None:
    """sha256 of the UTF-8 text {"名":[1,null]}, by `printf '{"名":[1,null]}' | sha256sum`."""
    assert canonical({"名": [1, None]}) == '{"名":[1,null]}'.encode()
    assert digest({"名": [1, None]}) == hashlib.sha256('{"名":[1,null]}'.encode()).hexdigest()


@pytest.mark.parametrize("hours", [-12, 0, 8, 14])
def test_an_instant_is_the_same_in_every_zone(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    assert instant(NOON.astimezone(zone)) == "2019-01-12T04:00:00.000000+00:00"


def test_a_microsecond_is_another_instant() -> None:
    assert instant(NOON) != instant(NOON + timedelta(microseconds=1))


def test_what_somebody_wrote_into_a_column_of_time_is_hashed_and_not_refused() -> None:
    """SQLite takes any text there; the walk must name the row rather than stop at it."""
    field = AuditEntry._meta.get_field("at")
    assert plain(field, "gestern") == "'gestern'"
    assert plain(field, "2019-01-12 12:00:00+08:00") == instant(NOON)


def entry(**changes: Any) -> AuditEntry:
    given_ = {"at": NOON, "real_at": NOON, "action": "site.exclude", "target": "S1", "detail": {"a": 1}}
    return AuditEntry(**{**given_, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"at": NOON + timedelta(seconds=1)}, {"real_at": NOON + timedelta(seconds=1)}, {"action": "site.keep"}, {"target": "S2"},
        {"detail": {"a": 2}}, {"detail": {}}, {"address": "10.0.0.9"}, {"person_id": 3},
    ],
)  # fmt: skip
def test_every_column_of_an_audit_entry_counts(changes: dict[str, Any]) -> None:
    assert digest(content(entry())) != digest(content(entry(**changes)))


def test_a_column_with_its_default_leaves_the_hash_as_it_was() -> None:
    """So a column that comes with an upgrade changes no hash of before."""
    assert "address" not in content(entry())
    assert "address" in columns(entry())
    assert content(entry(), without=("target",)).keys() == content(entry()).keys() - {"target"}


def test_a_key_of_json_counts_as_the_text_that_the_database_keeps() -> None:
    assert digest(content(entry(detail={1: 2.0}))) == digest(content(entry(detail={"1": 2})))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Within(region="region"), [("Region", "region")]),
        (Within(organisation=ITSELF), [("Organisation", "")]),
        (Within(region="a", organisation="b"), [("Region", "a"), ("Organisation", "b")]),
        (Holders("admin", region="posts__region"), [("Region", "posts__region")]),
        (Holders("admin"), []),
        (Own("person"), [("Person", "person")]),
        (Common(), []),
        (NOBODY, []),
    ],
)
def test_a_scope_names_the_paths_that_it_goes(scope: Any, expected: list[tuple[str, str]]) -> None:
    assert list(paths(scope)) == expected


@pytest.mark.parametrize(
    ("model", "path", "end", "many"),
    [
        (Site, "region", "Region", False),
        (Site, ITSELF, "Site", False),
        (ValueDecision, "site__city", "Region", False),
        (Emitter, "measures", "Measure", True),
        (Emitter, "measures__emitter__region", "Region", True),
        (Step, "case__findings__region", "Region", True),
        (Step, "case__organisation", "Organisation", False),
    ],
)
def test_a_path_leads_to_its_end_and_it_is_known_whether_it_forks(
    model: type[Any], path: str, end: str, many: bool
) -> None:
    """A path that forks would list a row once for each branch."""
    assert end_of(model, path).__name__ == end
    assert forks(model, path) is many


def test_a_scope_for_nobody_has_no_role() -> None:
    assert NOBODY.roles == ()
