"""Sentences kept in Chinese are told in English; numbers and names in them stay what they are."""

from hypothesis import given
from hypothesis import strategies as st

from bihuan.phrasebook import Phrasebook

ROWS = (
    ("{}连续 {} 小时为零，生产负荷 {} %", "{1} zero for {2} h at a load of {3} %"),
    ("{#}月{#}日最重：{}", "worst on {1}-{2}: {3}"),
    ("建议启动{}预警（概率{}）。{}。", "a {1} warning is suggested (probability {2}). {3}."),
    ("余下 {} 分钟平均须不高于 {}", "the remaining {1} minutes must not be above {2}"),
    ("停产", "stopped"),
    ("检修", "under repair"),
)
WORDS = {"二氧化硫": "SO2", "橙色": "orange"}


def book() -> Phrasebook:
    return Phrasebook(ROWS, lambda word: WORDS.get(word, word))


def test_what_stands_in_a_sentence_is_told_too() -> None:
    assert (
        book().english("二氧化硫连续 5.5 小时为零，生产负荷 80 %") == "SO2 zero for 5.5 h at a load of 80 %"
    )


def test_a_sentence_inside_another_is_no_place_for_the_beginning_of_the_outer_one() -> None:
    said = "建议启动橙色预警（概率61%）。1月11日最重：停产。"
    assert book().english(said) == "a orange warning is suggested (probability 61%). worst on 1-11: stopped."


def test_a_title_behind_a_name_keeps_the_name() -> None:
    assert book().english("平定 1号炉 二氧化硫连续 3 小时为零，生产负荷 9 %") == (
        "平定 1号炉 SO2 zero for 3 h at a load of 9 %"
    )


def test_words_that_are_joined_are_told_one_by_one_or_not_at_all() -> None:
    assert book().english("停产、检修") == "stopped, under repair"
    assert book().english("停产、老王说的") == "停产、老王说的"


@given(st.text())
def test_what_a_person_wrote_stays_as_it_is(text: str) -> None:
    known = {chinese for chinese, _ in ROWS} | set(WORDS)
    if text not in known and not any(word in text for word in ("停产", "检修", *WORDS)):
        assert book().english(text) == text
