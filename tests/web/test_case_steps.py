"""The steps of a case on its page: odd posts get a sentence, nothing typed is lost, texts have limits, files are safe."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.cases.chain import verify_chains
from bihuan.cases.evidence import Upload, path_of
from bihuan.cases.models import Attachment, Case
from bihuan.cases.transitions import TABLE, Need, State
from bihuan.registry.models import Person
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World, photo, role_of
from tests.papers.pictures import PICTURES

ROWS = list({t.action: (t.source, t.action) for t in TABLE if t.source and not t.automatic}.values())
"""Each step, from one of the states in which it can be taken."""
FIELDS = [n.key for n in Need if n is not Need.PHOTO] + ["term", "draft", "unknown"]
ODD = [
    "abc", "²", "-1", "0", "9" * 19, "9" * 5000, "1e308", "nan", "inf", "\x00", "a\x00b", "\ufffe", "٣", " ", "1;2",
    "2019-02-30T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31", "2019-13-01", "T", "<b>", "长" * 3000,
]  # fmt: skip


def signed_in(client: Client, person: Person) -> Client:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, case: Case, action: str, data: dict[str, Any]) -> str:
    """Post a step and read the page that follows; never an error of the server."""
    answer = client.post(reverse("case_step", args=[case.number, action]), data, follow=True)
    assert answer.status_code == 200, (action, data, answer.status_code)
    return answer.content.decode()


def who(world: World, action: str, state: str) -> Person:
    return world.whoever(role_of(action, state))


def posted(world: World, action: str) -> dict[str, Any]:
    """Everything the step asks for, as its form sends it."""
    needs = world.needs(action)
    unit = needs.pop("organisation", None)
    files = [SimpleUploadedFile(f.name, f.content) for f in needs.pop("files", [])]
    return {**needs, **({"organisation": unit.pk} if unit else {}), **({"files": files} if files else {})}


@pytest.fixture
def ready(world: World) -> dict[tuple[State, str], Case]:
    """A case in every state from which a step leads away."""
    return {(source, action): world.ready_for(action, source) for source, action in ROWS}


@pytest.mark.slow
@pytest.mark.parametrize("field", FIELDS)
def test_an_odd_value_in_any_field_of_any_step_gets_a_sentence(
    client: Client, world: World, ready: dict[tuple[State, str], Case], field: str
) -> None:
    for (source, action), case in ready.items():
        row = next(t for t in TABLE if (t.source, t.action) == (source, action))
        signed_in(client, who(world, action, source))
        for value in ODD[:: 3 if field == "note" else 1]:
            case.refresh_from_db()
            if (case.state, action) != (source, action):
                break  # some odd value is a fair one for this step: it was taken
            page = send(client, case, action, {**posted(world, action), field: value})
            assert "toast-line" in page
            asked = {n.key for n in (*row.needs, *row.may)}
            if ("due" if field == "term" else field) not in asked:
                break  # not a field of this step: one odd value is enough
    assert verify_chains().broken == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_post_to_any_step_is_answered(client: Client, world: World, data: st.DataObject) -> None:
    source, action = data.draw(st.sampled_from(ROWS))
    values = st.one_of(st.sampled_from(ODD), st.text(max_size=30))
    fields = data.draw(st.dictionaries(st.sampled_from(FIELDS), st.lists(values, min_size=1, max_size=2)))
    case = world.case(source)
    signed_in(client, who(world, action, source))
    assert "toast-line" in send(client, case, action, fields)


def test_a_refusal_names_the_field(client: Client, world: World) -> None:
    case = world.case(State.PENDING)
    signed_in(client, world.person("dispatcher"))
    for field, value, said in (
        ("organisation", "abc", "承办单位“abc”不在可选范围内"),
        ("organisation", "9" * 30, "承办单位"),
        ("due", "2019-02-30T00:00", "办结期限“2019-02-30T00:00”不是日期"),
        ("due", "9999-12-31T00:00", "办结期限最晚为 366 天以后"),
        ("due", "2018-01-01T00:00", "办结期限必须晚于现在"),
        ("liable", "长" * 61, "责任人最多 60 字, 现在有 61 字"),
        ("note", "长" * 2001, "说明最多 2000 字, 现在有 2001 字"),
    ):
        given = {"organisation": world.city.governments[COUNTY].pk, field: value}
        assert said in send(client, case, "dispatch", given), field
    assert Case.objects.get(pk=case.pk).state == State.PENDING


def test_a_unit_of_another_county_cannot_be_chosen(client: Client, world: World) -> None:
    case = world.case(State.PENDING)
    signed_in(client, world.person("dispatcher"))
    other = world.city.governments["140322"].pk
    assert "不在可选范围内" in send(client, case, "dispatch", {"organisation": other})


def test_a_deadline_near_the_end_of_time_neither_breaks_a_step_nor_a_page(
    client: Client, world: World
) -> None:
    # A database may hold such a deadline from before there was a limit.
    case = world.case(State.EXTENSION)
    late = datetime(9999, 12, 31, 15, 59, tzinfo=UTC)
    Case.objects.filter(pk=case.pk).update(due=late, original_due=late, term_days=2_900_000)
    signed_in(client, world.person("dispatcher"))
    send(client, case, "grant", {"days": "3"})
    signed_in(client, world.person("handler"))
    assert client.get(reverse("case", args=[case.number])).status_code == 200
    assert client.get(reverse("cases") + "?tab=all").status_code == 200


def test_every_text_says_its_limit_in_the_form(client: Client, world: World) -> None:
    case = world.case(State.VERIFYING)
    page = (
        signed_in(client, world.whoever("verifier")).get(reverse("case", args=[case.number])).content.decode()
    )
    form = page[page.index('data-action="pass"') : page.index("</form>", page.index('data-action="pass"'))]
    assert re.search(r'<textarea[^>]*name="note"[^>]*maxlength="2000"', form)
    assert re.search(r'<input[^>]*name="companion"[^>]*maxlength="60"', form)
    assert "最多 2000 字" in form


def test_what_was_typed_and_chosen_comes_back_after_a_refusal(client: Client, world: World) -> None:
    case = world.case(State.PENDING)
    signed_in(client, world.person("dispatcher", "140300"))
    unit = world.city.governments["140322"]
    page = send(client, case, "dispatch", {
        "organisation": unit.pk, "liable": "王<五>", "note": "限期<整改>", "term": "3", "due": "2018-01-01T00:00",
    })  # fmt: skip
    assert 'data-action="dispatch" open' in page
    assert "限期&lt;整改&gt;</textarea>" in page
    assert 'value="王&lt;五&gt;"' in page
    assert f'value="{unit.pk}" selected' in page
    assert 'name="due" value="2018-01-01T00:00" aria-invalid="true"' in page
    assert '<b class="bad small" role="alert">办结期限必须晚于现在</b>' in page
    assert 'value="3" checked' in page
    # It is this visitor's own, and gone when the step is taken.
    other = signed_in(Client(), world.person("dispatcher"))
    assert "限期&lt;整改&gt;" not in other.get(reverse("case", args=[case.number])).content.decode()
    send(client, case, "dispatch", {"organisation": unit.pk, "note": "好"})
    assert "限期" not in client.get(reverse("case", args=[case.number])).content.decode()


def test_accepted_photos_of_a_refused_form_are_offered_again(client: Client, world: World) -> None:
    case = world.case(State.RECTIFYING)
    signed_in(client, world.person("handler"))
    good, bad = SimpleUploadedFile("好.jpg", photo().content), SimpleUploadedFile("坏.jpg", b"x")
    page = send(client, case, "apply_close", {"note": "已苫盖", "files": [good, bad]})
    assert "坏.jpg" in page
    assert "照片打不开" in page
    [sha256] = re.findall(r'name="draft" value="(\w{64})" checked> 好\.jpg', page)
    assert not Attachment.objects.exists()
    send(client, case, "apply_close", {"note": "已苫盖", "draft": sha256})
    assert Attachment.objects.get().sha256 == sha256
    assert path_of(sha256).read_bytes() == photo().content


def test_a_photo_of_somebody_elses_form_cannot_be_taken(client: Client, world: World) -> None:
    case, other = world.case(State.RECTIFYING), world.case(State.VERIFYING)
    foreign = Attachment.objects.get(step__case=other).sha256
    signed_in(client, world.person("handler"))
    assert "照片" in send(client, case, "apply_close", {"note": "x", "draft": foreign})
    assert Case.objects.get(pk=case.pk).state == State.RECTIFYING


def test_a_missing_or_damaged_file_is_marked_and_said(client: Client, world: World) -> None:
    case = world.case(State.VERIFYING)
    file = Attachment.objects.get()
    address = reverse("case_file", args=[case.number, file.pk])
    signed_in(client, world.person("handler"))
    path_of(file.sha256).write_bytes(b"x" * file.size)
    answer = client.get(address)
    assert (answer.status_code, "文件已损坏" in answer.content.decode()) == (404, True)
    path_of(file.sha256).unlink()
    answer = client.get(address)
    assert (answer.status_code, "文件缺失" in answer.content.decode()) == (404, True)
    page = client.get(reverse("case", args=[case.number])).content.decode()
    assert "现场.jpg：文件缺失" in page
    assert f'<img src="{address}"' not in page


@pytest.mark.parametrize(
    "name", ["照" * 300 + ".jpg", 'a"b;c.jpg', "a\r\nSet-Cookie: x.jpg", "..jpg.jpg", "é\u202e.jpg", "a\x00.jpg", "%0d%0a.jpg"]
)  # fmt: skip
def test_file_names_of_any_kind_are_kept_and_downloaded(client: Client, world: World, name: str) -> None:
    case = world.case(State.RECTIFYING)
    world.go(case, "progress", files=[photo(name=name)])
    file = Attachment.objects.get()
    assert len(file.name) <= 200
    signed_in(client, world.person("handler"))
    answer = client.get(reverse("case_file", args=[case.number, file.pk]))
    answer.close()
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "\n" not in answer["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers
    assert quote(file.name) in answer["Content-Disposition"] or file.name.isascii()


@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 19, "9" * 40])
def test_a_file_that_is_not_there_is_a_404(client: Client, world: World, pk: str) -> None:
    case = world.case(State.VERIFYING)
    signed_in(client, world.person("handler"))
    assert client.get(f"/cases/{case.number}/file/{pk}").status_code == 404


@pytest.mark.parametrize("number", ["x", "%00", "长" * 300, "环交〔2019〕99999999999999999999", "..", "%ff"])
def test_a_case_that_is_not_there_is_a_404(client: Client, world: World, number: str) -> None:
    signed_in(client, world.person("handler"))
    assert client.get(f"/cases/{number}/").status_code == 404
    assert client.post(f"/cases/{number}/do/sign").status_code == 404


def test_old_texts_without_a_limit_do_not_swell_the_page(client: Client, world: World) -> None:
    case = world.case(State.SIGNED)
    case.steps.model.objects.filter(case=case).update(note="长" * 1_000_000)
    signed_in(client, world.person("handler"))
    assert len(client.get(reverse("case", args=[case.number])).content) < 100_000


def test_photos_say_when_and_where_and_what_is_doubtful(client: Client, world: World) -> None:
    case = world.case(State.RECTIFYING, lat=37.85, lon=113.58)
    world.wait(days=5)
    content = PICTURES["plain.jpg"].content
    near = Upload("近.jpg", content, world.at - timedelta(hours=1), 37.851, 113.58)
    far = Upload("远.jpg", photo("blue").content, world.at - timedelta(days=3), 37.95, 113.58)
    world.go(case, "progress", files=[near, far])
    page = (
        signed_in(client, world.person("handler")).get(reverse("case", args=[case.number])).content.decode()
    )
    # One thousandth of a degree of latitude is 111 m.
    assert "拍摄于 2019-01-17 13:00，距点位 111 米" in page
    assert "离点位较远" in page
    assert "拍摄早于提交 3 天" in page
    assert page.count('class="doubt"') == 1


def test_only_a_step_that_is_waited_for_stands_out(client: Client, world: World) -> None:
    """Of what the office may do aside while the unit works, nothing is urged by its colour."""
    office = world.person("dispatcher")
    for state, said in ((State.PENDING, True), (State.RECTIFYING, False)):
        client.force_login(office)
        page = client.get(reverse("case", args=[world.case(state).number])).content.decode()
        first = page[page.index('id="steps"') :].split("<summary")[1].split(">")[0]
        assert 'data-key="a"' in first
        assert ("btn-primary" in first) == said
