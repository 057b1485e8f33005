"""Every reason that is made stands in the catalogue with its values, in both languages; no row stands there for nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bihuan
from bihuan.errors import BihuanError
from bihuan.reasons import CHINESE, ENGLISH, LANGUAGES, Reason, as_told, catalogue, in_words
from bihuan.reasons.recognised import recognised

SOURCE = Path(bihuan.__file__).parent
NESTED = {"cause", "first", "seen", "limit"}
"""Places where another reason stands."""


def made() -> Iterator[tuple[str, frozenset[str]]]:
    """(code, names of its values) of every reason that the software makes."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if "Reason(" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
                (code,) = node.args
                if isinstance(code, ast.Constant):
                    yield str(code.value), frozenset(str(k.arg) for k in node.keywords)


def places(text: str) -> dict[str, str]:
    """The places of a sentence, and how each is written."""
    found = Formatter().parse(text)
    return {name.split(".")[0]: spec or conversion or "" for _, name, spec, conversion in found if name}


def places_of(code: str, language: str) -> dict[str, str]:
    """The same of the two sentences of a code."""
    why, remedy = catalogue()[code][language]
    return places(why) | places(remedy)


MADE = sorted(set(made()), key=str)


def sample(code: str) -> Reason:
    """The code with something in each of its places."""
    values: dict[str, str | float | Reason] = {}
    for number, (name, how) in enumerate(places_of(code, ENGLISH).items(), start=2):
        values[name] = f"v{number}.csv" if how in ("", "r") else float(number)
    if "cause" in values:
        values["cause"] = Reason("not_a_number")
    return Reason(code, **values)


def test_no_row_of_the_catalogue_is_without_use_and_none_is_missing() -> None:
    assert {code for code, _ in MADE} == set(catalogue())


@pytest.mark.parametrize(("code", "names"), MADE)
def test_a_reason_has_the_values_of_its_sentences_in_every_language(code: str, names: frozenset[str]) -> None:
    for language in LANGUAGES:
        assert set(places_of(code, language)) == names, language


@pytest.mark.parametrize("code", sorted(set(catalogue()) - {"as_told"}))
def test_a_reason_is_told_in_chinese_with_the_same_facts(code: str) -> None:
    reason = sample(code)
    chinese = str(in_words(reason, CHINESE))
    assert re.search("[一-鿿]", chinese)
    for _, value in reason.values:
        assert isinstance(value, Reason) or str(value).removesuffix(".0") in chinese
    assert not re.search("[一-鿿]", str(reason))


def test_one_that_stands_in_another_is_told_in_the_same_language() -> None:
    why = Reason("still_refused", value="坏", cause=Reason("not_a_number"))
    assert str(why) == (
        "still refused: '坏': not a number; correct the cell, or leave it empty if there is no value"
    )
    assert str(in_words(why, CHINESE)) == "仍不能入库：'坏'：不是数字；改正单元格；没有值就留空"


def test_a_field_named_behind_a_sentence_is_told_without_its_remedy() -> None:
    first = Reason("and_field", field="2t", cause=Reason("unit_of_field", unit="K"))
    why = Reason("grid_without_fields", file="m.grib2", seen=Reason("it_has", names="skt"), first=first)
    assert str(why) == (
        "m.grib2 has none of the fields 2t 2d 2r sp 10u 10v tp; it has skt; 2t: the unit is not known"
    )
    assert str(in_words(why, CHINESE)).endswith("；现有：skt；2t：单位不明")


def test_what_somebody_worded_stays_as_it_is_in_every_language() -> None:
    for language in LANGUAGES:
        told = in_words(as_told("没有登记过 {x}", "先登记"), language)
        assert (told.why, told.remedy) == ("没有登记过 {x}", "先登记")


VALUES = st.text() | st.integers() | st.floats(allow_nan=False)


@given(st.dictionaries(st.from_regex("[a-z]{1,8}", fullmatch=True), VALUES), VALUES)
def test_a_reason_comes_back_from_json_as_it_went(values: dict[str, str | float], inner: str | float) -> None:
    reason = Reason("x", **{**values, "cause": Reason("y", value=inner)})
    assert Reason.of(reason.plain) == reason


def test_an_error_gives_its_reason_or_its_sentence() -> None:
    reason = Reason("no_row", row=7)
    assert BihuanError(reason).why == reason
    assert str(BihuanError(reason)) == "the file has no row 7"
    assert BihuanError("坏了").why == as_told("坏了")


@pytest.mark.parametrize("code", sorted(set(catalogue()) - {"as_told", "and_field"}))
def test_a_sentence_that_was_kept_is_recognised(code: str) -> None:
    reason = sample(code)
    found = recognised(str(reason))
    assert found is not None
    assert [str(in_words(found, language)) for language in LANGUAGES] == [
        str(in_words(reason, language)) for language in LANGUAGES
    ]


def test_what_the_catalogue_does_not_say_is_not_recognised() -> None:
    assert recognised("the moon is full") is None
