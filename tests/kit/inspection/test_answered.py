"""The server works an answer through by the rules of its form, whatever the browser made of them."""

from pathlib import Path

import pytest
from lxml import etree

from bihuan.kit.inspection.answered import BadAnswer, head_of, parse, place_of
from tests.kit.inspection.made import answered, asked, codes, form_of


@pytest.mark.parametrize(
    ("kind", "good", "bad", "code"),
    [
        ("integer", "-3", "3.5", "answer_no_int"),
        ("decimal", "3.5", "3,5", "answer_no_decimal"),
        ("decimal", "1e3", "NaN", "answer_no_decimal"),
        ("date", "2019-02-28", "2019-02-29", "answer_no_date"),
        ("time", "08:30:00.000+08:00", "25:00", "answer_no_time"),
        ("dateTime", "2019-02-28T08:00:00+08:00", "2019-02-28", "answer_no_moment"),
        ("geopoint", "37.8 113.6 700 5", "97.8 113.6 0 0", "answer_no_place"),
        ("geotrace", "37.8 113.6 0 0;37.9 113.6 0 0", "37.8 113.6 0 0", "answer_no_line"),
        ("geoshape", "37 113 0 0;38 113 0 0;38 114 0 0;37 113 0 0", "37 113 0 0;38 113 0 0;38 114 0 0", "answer_no_area"),
        ("select_one yn", "yes", "perhaps", "answer_no_choice"),
        ("select_one yn", "no", "yes no", "answer_no_choice"),
        ("select_multiple yn", "yes no", "yes perhaps", "answer_no_choice"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(
    tmp_path: Path, kind: str, good: str, bad: str, code: str
) -> None:
    form = form_of(tmp_path, asked(kind, "a"))
    assert codes(answered(form, f"<a>{good}</a>")) == []
    assert codes(answered(form, f"<a>{bad}</a>")) == [("a", code)]


def test_what_is_required_must_be_there_only_where_it_is_asked(tmp_path: Path) -> None:
    form = form_of(
        tmp_path, asked("select_one yn", "a"), asked("text", "b", required="yes", relevant="${a} = 'yes'")
    )
    assert codes(answered(form, "<a>yes</a><b/>")) == [("b", "answer_required")]
    assert codes(answered(form, "<a>no</a><b/>")) == []


def test_an_answer_to_what_was_not_asked_does_not_count(tmp_path: Path) -> None:
    form = form_of(
        tmp_path,
        asked("select_one yn", "a"),
        asked("integer", "b", relevant="${a} = 'yes'", problem=". > 1"),
        asked("calculate", "c", calculation="coalesce(${b}, 'none')"),
    )
    done = answered(form, "<a>no</a><b>5</b><c>5</c>")
    assert [(v.question.name, v.text) for v in done.values] == [("a", "no"), ("c", "none")]
    assert done.problems == []


def test_a_constraint_is_asked_again_with_its_own_words(tmp_path: Path) -> None:
    form = form_of(
        tmp_path, asked("decimal", "a", constraint=". > 0 and . <= 60", constraint_message="0 至 60")
    )
    assert codes(answered(form, "<a>60</a>")) == []
    (fault,) = answered(form, "<a>61</a>").faults
    assert "0 至 60" in str(fault.why)


def test_dates_compare_as_days_with_the_day_on_which_it_was_filled_in(tmp_path: Path) -> None:
    form = form_of(tmp_path, asked("date", "a", constraint=". <= today() and . > date('2019-01-31')"))
    assert codes(answered(form, "<a>2019-02-25</a>")) == []
    assert codes(answered(form, "<a>2019-02-26</a>")) == [("a", "answer_constraint")]
    assert codes(answered(form, "<a>2019-01-31</a>")) == [("a", "answer_constraint")]


def test_the_filter_of_a_list_holds_on_the_server(tmp_path: Path) -> None:
    town = asked("select_one town", "b", choice_filter="county = ${a}")
    form = form_of(tmp_path, asked("select_one county", "a"), town)
    assert codes(answered(form, "<a>a</a><b>a1</b>")) == []
    assert codes(answered(form, "<a>a</a><b>b1</b>")) == [("b", "answer_no_choice")]


def test_a_list_from_a_register_is_filtered_by_what_is_inspected(tmp_path: Path) -> None:
    form = form_of(
        tmp_path, {"type": "hidden", "name": "target"},
        asked("select_one_from_file x.csv", "a", choice_filter="of = ${target}"), outside=("x.csv",),
    )  # fmt: skip
    items = "".join(
        f"<item><name>{n}</name><label>{n}号</label><of>{of}</of></item>"
        for n, of in (("1", "P"), ("2", "Q"))
    )
    given = {"lists": {"x": etree.fromstring(f"<instance><root>{items}</root></instance>")}, "target": "P"}
    mine = answered(form, "<target>P</target><a>1</a>", **given)
    assert (codes(mine), mine.values[0].shown) == ([], "1号")
    forged = answered(form, "<target>Q</target><a>2</a>", **given)
    assert codes(forged) == [("a", "answer_no_choice")]


def test_a_calculation_is_done_again_and_what_was_sent_of_it_does_not_count(tmp_path: Path) -> None:
    form = form_of(
        tmp_path, asked("decimal", "a"),
        asked("calculate", "score", calculation="${twice} + 1"),
        asked("calculate", "twice", calculation="round(${a} * 2, 1)"),
    )  # fmt: skip
    done = answered(form, "<a>1.26</a><score>100</score><twice/>")
    assert done.score == (3.5, None)


def test_a_calculation_that_never_settles_is_refused(tmp_path: Path) -> None:
    form = form_of(tmp_path, asked("calculate", "a", calculation="number(concat('0', ${b})) + 1"), asked("calculate", "b", calculation="${a} + 1"))  # fmt: skip
    assert ("", "answer_never_settles") in codes(answered(form, "<a/><b/>"))


def test_repeats_count_each_by_itself(tmp_path: Path) -> None:
    form = form_of(
        tmp_path,
        asked("begin repeat", "r"),
        asked("decimal", "x", required="yes", problem=". > 5 and ${y} = 'no'"),
        asked("select_one yn", "y"),
        {"type": "end repeat"},
        asked("calculate", "summary", calculation="concat('共 ', count(${r}), ', 和 ', sum(${x}))"),
    )
    rows = "<r><x>1</x><y>no</y></r><r><x>7</x><y>no</y></r><r><x>8</x><y>yes</y></r>"
    done = answered(form, f"{rows}<summary/>")
    assert done.summary == "共 3, 和 16"
    assert [(p.value.text, p.value.number) for p in done.problems] == [("7", 2)]
    (fault,) = answered(form, "<r><x>1</x><y/></r><r><x/><y/></r><summary/>").faults
    assert (fault.number, fault.why.code) == (2, "answer_required")


def test_the_points_of_choices_are_summed_against_the_most_of_what_was_asked(tmp_path: Path) -> None:
    form = form_of(
        tmp_path, asked("select_one yn", "a"), asked("select_one yn", "b"),
        asked("select_one yn", "c", relevant="${a} = 'no'"), asked("select_one county", "d"),
    )  # fmt: skip
    assert answered(form, "<a>yes</a><b>no</b><c>yes</c><d>a</d>").score == (10, 20)
    assert answered(form, "<a/><b/><c/><d>a</d>").score is None


def test_a_photo_must_come_along_and_stands_with_the_problem_beside_it(tmp_path: Path) -> None:
    form = form_of(
        tmp_path,
        asked("begin group", "g"), asked("select_one yn", "a", problem=". = 'no'"), asked("image", "p"), asked("geopoint", "w"), {"type": "end group"},
        asked("begin group", "h"), asked("select_one yn", "b", problem=". = 'no'"), {"type": "end group"},
        asked("image", "s", appearance="signature"), asked("image", "q"),
    )  # fmt: skip
    inside = "<g><a>no</a><p>1.jpg</p><w>37.8 113.6 0 0</w></g><h><b>no</b></h><s>s.png</s><q>2.jpg</q>"
    assert codes(answered(form, inside, files=frozenset({"1.jpg", "s.png"}))) == [("q", "answer_no_file")]
    done = answered(form, inside, files=frozenset({"1.jpg", "2.jpg", "s.png"}))
    assert [(p.value.question.name, p.photos) for p in done.problems] == [
        ("a", ("1.jpg",)),
        ("b", ("1.jpg", "2.jpg")),
    ]
    assert {p.place for p in done.problems} == {(37.8, 113.6)}


def test_what_the_form_does_not_ask_is_refused(tmp_path: Path) -> None:
    form = form_of(tmp_path, asked("text", "a"))
    assert codes(answered(form, "<a>x</a><score>100</score>")) == [("score", "answer_unknown_question")]


@pytest.mark.parametrize(
    "xml",
    [
        b"", b"not xml", b"<data", b'<?xml version="1.0" encoding="GBK"?><data>\xff</data>',
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="f"><a>&x;</a></data>',
        b'<data version="1"><meta><instanceID>uuid:1</instanceID></meta></data>', b'<data id="f" version="1"/>',
        b'<data id="f" version="1">' + b"<a/>" * 20_001 + b"<meta><instanceID>u</instanceID></meta></data>",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(xml: bytes) -> None:
    with pytest.raises(BadAnswer):
        head_of(parse(xml))


def test_a_place_at_zero_is_none() -> None:
    assert (place_of("0 0 0 0"), place_of("37.8 113.6")) == (None, (37.8, 113.6))
