"""Numbers, differences, shares, quantities and levels as pages and papers read them; reasons in the reader's words."""

from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.quantities import BY_NAME, LONG
from bihuan.kit import reason_words, shared, shown
from bihuan.reasons import Reason, as_told


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.0, 0, "0"), (-0.4, 0, "-0"), (35, 0, "35"), (35.249, 1, "35.2"), (None, 1, "—"), ("", 1, "—"), ("缺", 1, "—"),
        (1e6, 0, "1000000"),
    ],
)  # fmt: skip
def test_numbers_have_their_decimals_and_a_dash_where_there_is_none(
    value: object, decimals: int, text: str
) -> None:
    assert shown.number(value, decimals) == text  # type: ignore[arg-type]  # as a template hands it over


@pytest.mark.parametrize(("value", "text"), [(3.0, "+3"), (-3.0, "-3"), (0.0, "+0"), (None, "—"), ("", "—")])
def test_a_difference_has_its_sign(value: float | str | None, text: str) -> None:
    assert shown.signed(value) == text


@pytest.mark.parametrize(("share", "text"), [(1.0, "100%"), (0.0, "0%"), (0.125, "12%"), (None, "—")])
def test_a_share_is_a_percentage(share: float | None, text: str) -> None:
    assert shown.percent(share) == text


@pytest.mark.parametrize(("name", "label", "unit"), [("pm25", "PM2.5", "µg/m³"), ("co", "CO", "mg/m³"), ("o3_8h", "O3-8h", "µg/m³"), ("aqi", "AQI", ""), ("x", "x", "µg/m³")])  # fmt: skip
def test_quantities_have_their_label_and_unit(name: str, label: str, unit: str) -> None:
    assert (shown.item_label(name), shown.unit(name)) == (label, unit)


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_what_is_read_off_a_number_is_the_number(value: float, decimals: int) -> None:
    assert float(shown.number(value, decimals)) == pytest.approx(value, abs=0.51 * 10**-decimals)
    assert float(shown.signed(value, decimals)) == float(shown.number(value, decimals))
    assert shown.signed(value, decimals)[0] in "+-"


@pytest.mark.parametrize(("share", "decimals", "text"), [(0.995, 0, "100%"), (0.9949, 1, "99.5%"), (-0.05, 0, "-5%"), (1 / 3, 2, "33.33%"), ("", 1, "—")])  # fmt: skip
def test_a_share_has_its_decimals_behind_the_percent(share: float | str, decimals: int, text: str) -> None:
    assert shown.percent(share, decimals) == text


def test_every_quantity_has_a_label_of_its_own_and_a_long_one_its_name_in_china() -> None:
    labels = [shown.item_label(name) for name in BY_NAME]
    assert len(set(labels)) == len(labels)
    assert all(shown.unit(name) for name in BY_NAME)
    for code, quantity in LONG.items():
        assert (shown.item_label(code), shown.unit(code)) == (quantity.chinese, quantity.unit)
    assert not set(LONG) & set(BY_NAME)


def test_a_level_is_named_short_in_both_languages_and_none_is_a_dash() -> None:
    assert [shown.level_name(n) for n in range(1, 7)] == ["优", "良", "轻度", "中度", "重度", "严重"]
    assert shown.level_name(None) == shown.level_name(0) == "—"
    with translation.override("en"):
        english = [shown.level_name(n) for n in range(1, 7)]
    assert len(set(english)) == 6
    assert not [name for name in english if any("\u3400" < letter < "\u9fff" for letter in name)]


def test_a_level_of_air_is_not_called_as_a_severity_of_the_same_chinese_name() -> None:
    """严重 is the worst of the air, and a severity of findings: two words in English."""
    with translation.override("en"):
        assert shown.level_name(6).lower().startswith("severe")


REASON = Reason("as_told", sentence="第 3 行缺少点位", remedy="补上点位")


def test_a_reason_is_in_the_words_of_the_reader() -> None:
    with translation.override("zh-hans"):
        assert reason_words.said(Reason("empty_file", file="a.csv")) != reason_words.said(REASON)
        chinese = reason_words.words(Reason("empty_file", file="a.csv"))
    with translation.override("en"):
        english = reason_words.words(Reason("empty_file", file="a.csv"))
    assert any("\u3400" < letter < "\u9fff" for letter in chinese.why)
    assert not any("\u3400" < letter < "\u9fff" for letter in str(english))


def test_a_sentence_that_was_told_stays_as_it_was_in_every_language() -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found = reason_words.words(REASON)
            assert (found.why, found.remedy) == ("第 3 行缺少点位", "补上点位")
            assert reason_words.said(REASON) == str(found)
            assert reason_words.said(as_told("只有一句")) == "只有一句"


def test_without_a_language_a_reason_is_english_as_on_the_command_line() -> None:
    with translation.override(None):
        assert reason_words.said(Reason("empty_file", file="a.csv")) == str(
            Reason("empty_file", file="a.csv")
        )


NOW = datetime(2019, 2, 25, 1, 7, 30, tzinfo=UTC)


def test_what_is_shared_is_shared_within_a_minute_by_those_who_read_one_language(data_dir: Path) -> None:
    def key(now: datetime = NOW, codes: tuple[str, ...] = ("A",), language: str = "zh-hans") -> Hashable:
        with translation.override(language):
            return shared.moment(codes, now)

    assert key() == key(NOW.replace(second=0)) == key(NOW.replace(second=59))
    different = [
        key(NOW + timedelta(minutes=1)),
        key(codes=("A", "B")),
        key(codes=("B",)),
        key(language="en"),
    ]
    assert len({key(), *different}) == 5


def test_what_another_installation_shares_is_another(
    data_dir: Path, tmp_path: Path, settings: object
) -> None:
    before = shared.moment(("A",), NOW)
    other = tmp_path / "other"
    other.mkdir()
    settings.DATA_DIR = other  # type: ignore[attr-defined]  # the fixture of pytest-django
    assert shared.moment(("A",), NOW) != before
