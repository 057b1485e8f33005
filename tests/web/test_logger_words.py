"""Commands to loggers as the form reads them, and states and codes of HJ 212-2017 as the page says them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bihuan.loggers.commands import Command, new_command
from bihuan.web.loggers.texts import (
    EXE_RTN,
    FORMS,
    MINUTE_INTERVALS,
    QN_RTN,
    STATES,
    code_text,
    form_of,
    forms,
    state_text,
    title_of,
)

NOW = datetime(2019, 1, 11, 4, 30, tzinfo=UTC)  # 12:30 in China
SPAN = {"BeginTime": "2019-01-11T08:00", "EndTime": "2019-01-11T09:00"}


def read(name: str, **said: str) -> dict[str, str]:
    form = form_of(name)
    assert form is not None
    return form.read(said)


def command(**changes: object) -> Command:
    made = new_command("MN", "read_clock", {}, by="officer", now=NOW)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_a_span_is_sent_as_the_standard_writes_times() -> None:
    assert read("fetch_hours", **SPAN) == {"BeginTime": "20190111080000", "EndTime": "20190111090000"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"BeginTime": ""}, "开始和结束时间"),
        ({"EndTime": "gestern"}, "开始和结束时间"),
        ({"BeginTime": "2019-02-30T00:00"}, "开始和结束时间"),
        ({"BeginTime": "2019-01-11T09:01"}, "不能早于开始"),
        ({"BeginTime": "2018-12-11T08:59"}, "不能超过 31 天"),
    ],
)
def test_a_span_that_cannot_be_meant_gets_a_sentence(changes: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read("fetch_minutes", **SPAN | changes)


def test_a_span_may_be_31_days_long_or_a_single_moment() -> None:
    assert read("fetch_hours", **SPAN | {"BeginTime": "2018-12-11T09:00"})
    assert read("fetch_hours", **SPAN | {"BeginTime": "2019-01-11T09:00"})


@given(st.integers(-10, 5000).map(str) | st.text(max_size=6))
def test_intervals_are_those_of_the_standard(text: str) -> None:
    number = int(text) if text.strip().isascii() and text.strip().isdecimal() else None
    for name, key, fits in (
        ("set_realtime_interval", "RtdInterval", number is not None and 30 <= number <= 3600),
        ("set_minute_interval", "MinInterval", number in MINUTE_INTERVALS),
    ):
        if fits:
            assert read(name, **{key: text}) == {key: text.strip()}
        else:
            with pytest.raises(ValueError, match="间隔"):
                read(name, **{key: text})


@pytest.mark.parametrize(
    "text", ["", "12345", "1234567", "12 456", "密码六位数字", "12345\n", "１２３４５６"]
)
def test_a_password_of_a_device_has_six_plain_letters_or_digits(text: str) -> None:
    with pytest.raises(ValueError, match="6 位"):
        read("set_password", NewPW=text)
    assert read("set_password", NewPW=" aB3456 ") == {"NewPW": "aB3456"}


@pytest.mark.parametrize("text", ["", "a-1", "a 1", "烟尘", "x" * 21, "a21026;PW=1", "a&&b"])
def test_a_factor_cannot_bring_in_another_field_of_the_packet(text: str) -> None:
    with pytest.raises(ValueError, match="因子编码"):
        read("calibrate", PolId=text)
    assert read("calibrate", PolId="a21026") == {"PolId": "a21026"}


def test_a_command_takes_its_own_fields_and_no_others() -> None:
    assert read("read_clock", PW="000000", NewPW="111111", **SPAN) == {}
    assert form_of("format_disk") is None
    assert form_of("") is None


def test_the_form_offers_the_last_whole_day_by_the_clock_of_china() -> None:
    offered = {row["form"].name: dict(row["fields"]) for row in forms(NOW)}
    assert sorted(offered) == sorted(form.name for form in FORMS)
    values = {field.key: text for field, text in offered["fetch_hours"].items()}
    assert values == {"BeginTime": "2019-01-10T12:00", "EndTime": "2019-01-11T12:00"}
    assert list(offered["set_password"].values()) == [""]


@pytest.mark.parametrize(
    ("code", "said"), [(1, "执行成功"), (3, "命令请求条件错误"), (100, "没有数据"), (77, "标准未定义的代码")]
)
def test_the_last_code_of_a_device_is_its_result(code: int, said: str) -> None:
    assert code_text(command(result=code, answer=2)) == f"ExeRtn={code} {said}"


@pytest.mark.parametrize(
    ("code", "said"), [(1, "准备执行请求"), (3, "密码错误"), (9, "CRC 校验错误"), (0, "标准未定义的代码")]
)
def test_before_a_result_the_answer_is_told(code: int, said: str) -> None:
    assert code_text(command(answer=code)) == f"QnRtn={code} {said}"


def test_without_any_code_the_note_of_the_receiver_is_told() -> None:
    assert code_text(command(note="设备断开")) == "设备断开"


def test_every_state_code_and_command_has_words_in_both_languages() -> None:
    with translation.override("zh-hans"):
        chinese = [*map(state_text, STATES), *map(str, (*QN_RTN.values(), *EXE_RTN.values())), *(title_of(f.name) for f in FORMS)]  # fmt: skip
    with translation.override("en"):
        english = [*map(state_text, STATES), *map(str, (*QN_RTN.values(), *EXE_RTN.values())), *(title_of(f.name) for f in FORMS)]  # fmt: skip
    assert all(chinese)
    assert all(text.isascii() and text for text in english)


def test_a_command_of_the_receivers_own_is_called_by_its_name() -> None:
    assert title_of("answer_time") == "answer_time"


def test_a_command_that_was_just_asked_for_has_not_ended() -> None:
    made = command()
    assert (made.state, made.ended, made.by) == ("waiting", False, "officer")
    assert datetime.fromisoformat(made.asked) - NOW < timedelta(seconds=1)
