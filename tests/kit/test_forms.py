"""Forms of pages: moments in China's time, the first sentence of what is wrong, and doing what a form asks for."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.test import RequestFactory

from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.errors import NotAllowed
from bihuan.kit.forms import Moment, acted, filled


class Span(forms.Form):
    since = Moment()
    until = Moment(required=False)
    kg = forms.FloatField(required=False)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2019-01-11T08:00", datetime(2019, 1, 11, 0, 0, tzinfo=UTC)),
        (" 2019-01-11 08:00 ", datetime(2019, 1, 11, 0, 0, tzinfo=UTC)),
        ("2019-01-11T08:00+00:00", datetime(2019, 1, 11, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_without_an_offset_is_china_time(text: str, instant: datetime) -> None:
    assert filled(Span({"since": text})) == {"since": instant, "until": None, "kg": None}


@pytest.mark.parametrize("text", ["昨天", "9999-99-99", "0001-01-01T00:00", "a\x00b", "1e400"])
def test_what_is_no_moment_is_refused_beside_its_field_and_stays_in_it(text: str) -> None:
    form = Span({"since": text, "kg": "1"})
    with pytest.raises(IllegalMove, match="不是时间"):
        filled(form)
    assert form.errors.keys() == {"since"}
    assert form["since"].value() == text


def test_a_field_shows_the_clock_of_china() -> None:
    form = Span(initial={"since": datetime(2019, 1, 11, 0, 0, tzinfo=UTC)})
    assert 'value="2019-01-11T08:00"' in str(form["since"])
    assert 'type="datetime-local"' in str(form["since"])


def request(back: str = "") -> HttpRequest:
    made = RequestFactory().post("/x", {"next": back})
    made.session = {}  # type: ignore[assignment]  # nothing but the messages looks into it
    made._messages = FallbackStorage(made)  # type: ignore[attr-defined]
    return made


def said(asked: HttpRequest) -> list[tuple[str, str]]:
    return [(str(m.level_tag), str(m)) for m in get_messages(asked)]


def refused(error: Exception) -> Any:
    raise error


def test_what_is_done_is_said_and_leads_back_to_the_page_of_the_form() -> None:
    asked = request("/findings/?tab=new")
    assert acted(asked, "/cases/", lambda: "已记录")["Location"] == "/findings/?tab=new"
    assert said(asked) == [("success", "已记录")]


@pytest.mark.parametrize("back", ["", "//evil.example", "https://evil.example/x", "javascript:x"])
def test_a_way_back_that_is_not_ours_leads_to_the_page_of_the_action(back: str) -> None:
    assert acted(request(back), "/cases/?a=1#marks", lambda: "")["Location"] == "/cases/?a=1#marks"


@pytest.mark.parametrize("error", [IllegalMove("不能这样"), ChangedMeanwhile("不能这样")])
def test_a_refusal_is_said_and_leads_back_too(error: Exception) -> None:
    asked = request()
    assert acted(asked, "/cases/", lambda: refused(error)).status_code == 302
    assert said(asked) == [("error", "不能这样")]


def test_nothing_said_leaves_no_message() -> None:
    asked = request()
    acted(asked, "/cases/", lambda: "")
    assert said(asked) == []


def test_a_missing_right_is_not_made_a_message() -> None:
    with pytest.raises(NotAllowed):
        acted(request(), "/cases/", lambda: refused(NotAllowed("调度岗")))
