"""Forms that were refused: what was typed comes back to whoever typed it, bounded, and is gone when the form went through."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.contrib.messages.storage.session import SessionStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import Kept
from bihuan.web import drafts
from bihuan.web.drafts import LONGEST, MOST, MOST_TICKS, Draft, drop, files_of, load, refused, save
from tests.cases.world import photo


def request(session: dict[str, Any], typed: str = "", files: Any = ()) -> HttpRequest:
    """A request of one visitor, whose session is this."""
    parts = {
        "session": session, "POST": QueryDict(typed), "FILES": MultiValueDict({"files": list(files)}), "META": {},
        "COOKIES": {},
    }  # fmt: skip
    made = SimpleNamespace(**parts)
    made._messages = SessionStorage(cast(HttpRequest, made))
    return cast(HttpRequest, made)


def kept(sha: str) -> Kept:
    return Kept(sha256=sha, name=f"{sha}.jpg", media_type="image/jpeg", size=1, taken_at=datetime(2019, 1, 12, tzinfo=UTC), lat=37.8, lon=113.5)  # fmt: skip


def test_what_was_typed_and_accepted_comes_back_as_it_was() -> None:
    session: dict[str, Any] = {}
    save(request(session, "note=%E5%8A%9E+%E7%BB%93&days=3"), "n/sign", [kept("a")])
    assert load(request(session), "n/sign") == Draft({"note": "办 结", "days": "3"}, [kept("a")])


def test_another_form_and_another_visitor_see_nothing_of_it() -> None:
    session: dict[str, Any] = {}
    save(request(session, "note=x"), "n/sign", [])
    assert load(request(session), "n/return") == Draft()
    assert load(request({}), "n/sign") == Draft()


def test_a_refusal_is_kept_with_the_field_that_it_is_about_and_the_boxes_that_were_ticked() -> None:
    session: dict[str, Any] = {}
    asked = request(session, "reason=+&incident=3&incident=5&other=7")
    refused(asked, "f", IllegalMove("请写明理由", "reason"), ticks="incident")
    draft = load(request(session), "f")
    assert (draft.field, draft.why, draft.ticked) == ("reason", "请写明理由", ["3", "5"])
    assert [str(m) for m in cast(Any, asked)._messages] == ["请写明理由"]


def test_a_bad_file_is_about_no_field_that_was_typed_in() -> None:
    session: dict[str, Any] = {}
    refused(request(session, "note=x"), "f", BadFile("a.exe: 不支持"))
    draft = load(request(session), "f")
    assert (draft.field, draft.why, draft.values) == ("", "a.exe: 不支持", {"note": "x"})


def test_ticks_are_bounded_as_all_else_is() -> None:
    session: dict[str, Any] = {}
    many = "&".join(f"incident={n}{'9' * 60}" for n in range(MOST_TICKS + 50))
    refused(request(session, many), "f", IllegalMove("不行"), ticks="incident")
    ticked = load(request(session), "f").ticked
    assert (len(ticked), max(map(len, ticked))) == (MOST_TICKS, 40)


def test_a_draft_of_a_session_that_knew_no_refusals_is_still_read() -> None:
    session = {drafts.KEY: {"f": {"values": {"note": "x"}, "files": []}}}
    assert load(request(session), "f") == Draft({"note": "x"})


def test_a_form_that_went_through_leaves_nothing_and_the_others_stay() -> None:
    session: dict[str, Any] = {}
    for form in ("a", "b"):
        save(request(session, f"note={form}"), form, [])
    drop(request(session), "a")
    drop(request(session), "never")
    assert load(request(session), "a") == Draft()
    assert load(request(session), "b").values == {"note": "b"}


@pytest.mark.parametrize("name", ["csrfmiddlewaretoken", "next", "draft"])
def test_what_nobody_typed_is_not_kept(name: str) -> None:
    session: dict[str, Any] = {}
    save(request(session, f"{name}=secret&note=x"), "f", [])
    assert load(request(session), "f").values == {"note": "x"}


def test_a_session_holds_a_few_forms_of_bounded_size_the_newest_of_them() -> None:
    session: dict[str, Any] = {}
    for n in range(MOST + 3):
        save(request(session, f"note={'x' * (LONGEST + 50)}&{'k' * 41}=1"), f"form{n}", [])
    assert list(session[drafts.KEY]) == [f"form{n}" for n in range(3, MOST + 3)]
    for form in session[drafts.KEY]:
        assert {k: len(v) for k, v in load(request(session), form).values.items()} == {"note": LONGEST}


def test_a_form_refused_again_counts_once_and_is_the_newest() -> None:
    session: dict[str, Any] = {}
    for form in ("a", "b", "a"):
        save(request(session, f"note={form}"), form, [])
    assert list(session[drafts.KEY]) == ["b", "a"]


def test_characters_that_cannot_be_printed_do_not_come_back() -> None:
    session: dict[str, Any] = {}
    save(request(session, "note=a%00b%07"), "f", [])
    assert load(request(session), "f").values == {"note": "ab"}


def test_only_the_files_that_are_still_wanted_are_offered_again() -> None:
    session: dict[str, Any] = {}
    save(request(session), "f", [kept("a"), kept("b")])
    found, refused = files_of(request(session, "draft=b&draft=strange"), "f", "files")
    assert ([f.sha256 for f in found], refused) == (["b"], [])


def test_the_hash_of_somebody_elses_file_takes_nothing() -> None:
    """A hash is no key: only what this session had accepted can be taken up again."""
    theirs: dict[str, Any] = {}
    save(request(theirs), "f", [kept("a")])
    assert files_of(request({}, "draft=a"), "f", "files") == ([], [])


def test_a_file_sent_twice_is_one_file_and_a_bad_one_stops_no_good_one(data_dir: object, db: None) -> None:
    good = photo().content
    sent = [SimpleUploadedFile("a.jpg", good), SimpleUploadedFile("b.jpg", b"no picture")]
    session: dict[str, Any] = {}
    first, refused = files_of(request(session, files=sent), "f", "files")
    assert ([f.name for f in first], len(refused)) == (["a.jpg"], 1)
    save(request(session), "f", first)
    again, _ = files_of(request(session, f"draft={first[0].sha256}", [SimpleUploadedFile("c.jpg", good)]), "f", "files")  # fmt: skip
    assert [f.sha256 for f in again] == [first[0].sha256]
