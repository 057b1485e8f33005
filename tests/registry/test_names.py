"""One person has one name to sign in with, however it is typed."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.registry import accounts
from bihuan.registry.accounts import NotChanged
from bihuan.registry.models import Person
from bihuan.registry.names import sign_in_name
from bihuan.registry.roles import Role
from tests.people import City

TOP = "140300"
GOOD = "violet-harbour-42"
SAME = ("wang01", " wang01", "wang01\t", "\u3000wang01\u3000", "ｗａｎｇ０１", "\u00a0ｗang０1\r\n", "ⓦang01")


@pytest.mark.parametrize("typed", SAME)
def test_blanks_and_wide_characters_make_no_other_name(typed: str) -> None:
    assert sign_in_name(typed) == "wang01"


@pytest.mark.parametrize("typed", [None, "", " ", "\u3000\u3000", "\n"])
def test_nothing_is_no_name(typed: object) -> None:
    assert sign_in_name(typed) == ""


@pytest.mark.parametrize(
    ("one", "other"), [("wang", "Wang"), ("wang1", "wang2"), ("王芳", "王方"), ("a.b", "a-b")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    """A Chinese name may stand for an account; letters differ in case as they do in the database."""
    assert sign_in_name(one) != sign_in_name(other)


@given(st.text(max_size=40))
def test_a_stored_name_is_found_by_what_it_looks_like(typed: str) -> None:
    """What is stored stays as it is when it is typed again, and is typed the same in composed and decomposed letters."""
    stored = sign_in_name(typed)
    assert sign_in_name(stored) == stored
    assert stored == stored.strip()
    for form in ("NFC", "NFD", "NFKD"):
        assert sign_in_name(normalize(form, typed)) == stored


def add(city: City, username: str, **given: object) -> Person:
    fields = {"name": "王芳", "role": Role.CHIEF, "region": city.regions[TOP], "organisation": None, **given}
    return accounts.add(city.person("admin", TOP), username, GOOD, **fields)  # type: ignore[arg-type]  # by keyword


@pytest.mark.parametrize("typed", SAME[1:])
def test_a_second_account_under_another_spelling_is_refused(city: City, typed: str) -> None:
    add(city, "wang01")
    with pytest.raises(NotChanged, match="已有账号 wang01"):
        add(city, typed)
    assert Person.objects.filter(username__contains="wang").count() == 1


@pytest.mark.parametrize(
    "typed", ["", "\u3000", "wang 01", "wang/01", "wang\u200b01", "<b>", "x" * 151, "a\x00b"]
)
def test_what_cannot_be_a_name_makes_no_account(city: City, typed: str) -> None:
    """Blanks inside, signs of markup, characters that nobody sees, and names longer than the column."""
    before = Person.objects.count()
    with pytest.raises(NotChanged):
        add(city, typed)
    assert Person.objects.count() == before


@pytest.mark.parametrize(("name", "shown"), [("  王芳 ", "王芳"), ("", "wang01"), ("\u3000", "wang01")])
def test_who_has_no_full_name_is_shown_by_the_name_of_sign_in(city: City, name: str, shown: str) -> None:
    assert str(add(city, "wang01", name=name)) == shown
