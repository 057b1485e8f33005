"""Inspections and stops that were made without signal arrive as from the full pages: by the same rules, once, and kept when refused."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.models import Answer, FormVersion, RefusedAnswer
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.inspection.rounds.progress import State, mine
from bihuan.kit.patrol.declared import PatrolObjects, Place
from bihuan.kit.patrol.models import Patrol, Stop
from bihuan.kit.phone.models import Item
from bihuan.registry.models import Post
from tests.cases.world import photo
from tests.kit.inspection.made import asked, workbook
from tests.kit.inspection.rounds.world import START, SURVEY, Field
from tests.kit.phone.device import Device, hash_of, named
from tests.people import City

RED = photo("red")
SHOT = asked("image", "shot")
BAD = "<fence>no</fence><sign>yes</sign>"


@pytest.fixture
def field(city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    """A round over three plants; the form and the plants are what the lines of business offer."""
    made = Field(city, data_dir)
    made.round()
    plants = PatrolObjects(
        "plants", "企业", lambda _: [Place("E1", "厂E1", "140321", 113.6, 37.8)], "emitter"
    )
    monkeypatch.setattr("bihuan.web.pages.phone.every_form", lambda: {"f": made.form})
    monkeypatch.setattr("bihuan.web.pages.phone.every_patrolled", lambda: {"plants": plants})
    return made


@pytest.fixture
def ranger(field: Field) -> Device:
    return Device(field.person("ranger"))


def xml(inside: str, number: str = "", version: str = "1") -> str:
    instance = f"<meta><instanceID>uuid:{number or uuid4()}</instanceID></meta>"
    return f'<data id="f" version="{version}">{inside}{instance}</data>'


def answer(
    ranger: Device, inside: str, *photos: dict[str, Any], target: str = "E1", seq: int = 1, **more: Any
) -> dict[str, Any]:
    given = {"form": "f", "target": target, "xml": xml(inside, version=more.pop("version_of_form", "1"))}
    return ranger.item(
        "answer", target, seq=seq, given=given, photos=list(photos), saved_at=START.isoformat(), **more
    )


def stop(ranger: Device, patrol: str, *photos: dict[str, Any], seq: int = 1, **given: str) -> dict[str, Any]:
    told = {
        "started": START.isoformat(),
        "at": START.isoformat(),
        "lat": "37.8",
        "lon": "113.6",
        "about": "plants:E1",
        "text": "大门紧闭",
        **given,
    }
    return ranger.item("stop", patrol, seq=seq, given=told, photos=list(photos), saved_at=START.isoformat())


def test_a_phone_keeps_what_is_due_with_its_form_at_its_version(field: Field, ranger: Device) -> None:
    kept = ranger.client.get(reverse("phone_data")).json()
    assert [(t["form"], t["target"], t["name"], t["until"]) for t in kept["inspections"]] == [
        ("f", f"E{n}", f"厂E{n}", "2019-03-04") for n in (1, 2, 3)
    ]
    (known,) = kept["forms"]
    form = ranger.client.get(reverse("phone_form", args=[known["id"]])).json()
    assert (form["key"], form["version"], form["stamp"]) == ("f", "1", known["stamp"])
    assert {"form.required", "constraint.invalid"} <= set(form["words"])
    assert "/data/fence" in form["html"]
    assert kept["patrol"]["objects"] == [{"key": "plants:E1", "label": "厂E1", "lat": 37.8, "lon": 113.6}]


def test_who_does_not_inspect_keeps_no_form(field: Field, ranger: Device) -> None:
    handler = Device(field.person("handler"))
    kept = handler.client.get(reverse("phone_data")).json()
    assert (kept["inspections"], kept["forms"], kept["patrol"]) == ([], [], None)
    pk = FormVersion.objects.get().pk
    assert handler.client.get(reverse("phone_form", args=[pk])).status_code == 403
    assert ranger.client.get(reverse("phone_form", args=[pk + 1])).status_code == 404
    assert Client().get(reverse("phone_form", args=[pk])).status_code == 401


def test_what_others_have_inspected_is_due_no_more(field: Field, ranger: Device) -> None:
    field.inspected("E2")
    assert [t["target"] for t in ranger.client.get(reverse("phone_data")).json()["inspections"]] == [
        "E1",
        "E3",
    ]


def test_an_object_of_two_rounds_is_listed_once_with_the_day_that_comes_first(
    field: Field, ranger: Device
) -> None:
    field.round({"E2": None, "E3": None}, days=3, title="专项")
    listed = ranger.client.get(reverse("phone_data")).json()["inspections"]
    assert [(t["target"], t["round"]) for t in listed] == [("E2", "专项"), ("E3", "专项"), ("E1", "春季检查")]


def test_an_answer_of_a_phone_is_an_answer_of_the_round_once_and_its_problem_a_finding(
    field: Field, ranger: Device
) -> None:
    ranger.photo(RED)
    item = answer(ranger, BAD)
    first = ranger.settled(item)
    assert (first["state"], ranger.settled(item)) == ("done", first)
    made = Answer.objects.get()
    assert (made.by, made.target, made.said_at, made.xml) == (
        ranger.person,
        "E1",
        START,
        item["given"]["xml"],
    )
    finding = Finding.objects.get()
    assert (finding.check_key, finding.target, finding.title) == ("form.f", "E1", "fence：否")
    field.at(0, hours=1)
    standings = mine(ranger.person, rounds_of(ranger.person))
    assert [s.task.target for s in standings if s.state is State.LEFT] == ["E2", "E3"]


def test_the_photos_of_an_answer_come_before_it_and_belong_to_it(field: Field, ranger: Device) -> None:
    newer = workbook(field.folder / "n.xlsx", (*SURVEY, SHOT), version="2")
    versions.replace(field.form, newer, "n.xlsx", field.person("chief", "140300"), "加照片")
    item = answer(
        ranger,
        f"{BAD}<shot>{RED.name}</shot>",
        named(RED, taken_at=START.isoformat(), lat=37.8, lon=113.6),
        version_of_form="2",
    )
    status, told = ranger.send(item)
    assert (status, told["state"], told["files"]) == (409, "lacks", [hash_of(RED)])
    ranger.photo(RED)
    assert ranger.settled(item)["files"] == [hash_of(RED)]
    file = Answer.objects.get().files.get()
    assert (file.name, file.sha256, file.taken_at, file.lat) == (RED.name, hash_of(RED), START, 37.8)


def test_a_version_that_was_replaced_since_still_counts(field: Field, ranger: Device) -> None:
    newer = workbook(field.folder / "n.xlsx", (*SURVEY, asked("text", "why", required="yes")), version="2")
    versions.replace(field.form, newer, "n.xlsx", field.person("chief", "140300"), "加理由")
    assert ranger.settled(answer(ranger, BAD))["state"] == "done"
    told = ranger.settled(answer(ranger, BAD + "<why/>", target="E2", version_of_form="2"))
    assert (told["state"], told["why"]) == ("refused", "why：必填；填写后再提交")


@pytest.mark.parametrize(
    ("inside", "more", "why"),
    [
        (BAD, {"version_of_form": "gone"}, "没有版本 gone"),
        ("<fence>perhaps</fence><sign>yes</sign>", {}, "fence：“perhaps”不在可选项中"),
        (BAD, {"target": "F1"}, "没有在这里检查的职务"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why_and_all_that_was_written_is_kept(
    field: Field, ranger: Device, inside: str, more: dict[str, str], why: str
) -> None:
    ranger.photo(RED)
    item = answer(ranger, inside, named(RED), **more)
    told = ranger.settled(item)
    assert told["state"] == "refused"
    assert why in told["why"]
    kept = Item.objects.get()
    assert (kept.written, kept.files.get().sha256) == (item["given"], hash_of(RED))
    assert not Answer.objects.exists()
    refused = RefusedAnswer.objects.filter(xml=item["given"]["xml"]).first()
    assert (refused is None) == ("target" in more)  # as from the full page, which asks first who may
    assert ranger.settled(item) == told


def test_a_form_whose_line_of_business_is_gone_is_refused_and_kept(
    field: Field, ranger: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bihuan.web.pages.phone.every_form", dict)
    told = ranger.settled(answer(ranger, BAD))
    assert (told["state"], told["field"]) == ("refused", "form")
    assert ranger.client.get(reverse("phone_form", args=[FormVersion.objects.get().pk])).status_code == 404
    assert ranger.client.get(reverse("phone_data")).json()["inspections"] == []


def test_the_answers_about_an_object_wait_for_each_other(field: Field, ranger: Device) -> None:
    second = answer(ranger, BAD, seq=2)
    assert ranger.send(second)[1]["state"] == "order"
    ranger.settled(answer(ranger, BAD))
    assert ranger.settled(second)["state"] == "done"
    assert Answer.objects.count() == 2


def test_a_second_try_names_the_first_and_both_are_kept(field: Field, ranger: Device) -> None:
    first = answer(ranger, "<fence/><sign>maybe</sign>")
    assert ranger.settled(first)["state"] == "refused"
    second = answer(ranger, BAD, seq=2, replaces=first["id"])
    assert ranger.settled(second)["state"] == "done"
    assert [i.content.get("replaces") for i in Item.objects.order_by("seq")] == [None, first["id"]]
    assert ranger.send({**second, "replaces": str(uuid4())})[0] == 400  # it is part of what the item says


def test_two_phones_of_one_person_that_inspected_the_same_object_are_both_kept(
    field: Field, ranger: Device
) -> None:
    other = Device(ranger.person)
    assert [d.settled(answer(d, BAD))["state"] for d in (ranger, other)] == ["done", "done"]
    assert Answer.objects.filter(target="E1", by=ranger.person).count() == 2


def test_a_post_that_ended_while_the_phone_was_offline_is_a_refusal_and_no_error(
    field: Field, ranger: Device
) -> None:
    Post.objects.filter(person=ranger.person).update(role="handler")
    told = ranger.settled(answer(ranger, BAD))
    assert (told["state"], "没有在这里检查的职务" in told["why"]) == ("refused", True)


def test_a_stop_begins_its_patrol_once_and_its_find_is_a_finding(field: Field, ranger: Device) -> None:
    patrol = str(uuid4())
    ranger.photo(RED)
    visit = stop(ranger, patrol)
    find = stop(ranger, patrol, named(RED), seq=2, about="", level="moderate", text="倾倒渣土")
    for item in (visit, find, visit):
        assert ranger.settled(item)["state"] == "done"
    made = Patrol.objects.get()
    assert (made.key, made.person, made.said_start) == (patrol, ranger.person, START)
    first, second = Stop.objects.order_by("id")
    assert (first.key, first.code, first.name, first.text, first.finding) == (
        visit["id"],
        "E1",
        "厂E1",
        "大门紧闭",
        None,
    )
    assert (second.files.get().sha256, second.said_at) == (hash_of(RED), START)
    assert second.finding is not None
    assert (second.finding.title, second.finding.target_kind) == ("倾倒渣土", "region")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"lat": ""}, "请给出时间和位置"),
        ({"about": "plants:gone"}, "没有编号为 gone"),
        ({"started": "gestern"}, "started"),
        ({"at": ""}, "at 应为"),
        ({"level": "minor", "text": ""}, "请写明发现了什么"),
        ({"text": "<b>x</b>"}, "网页代码"),
    ],
)
def test_a_stop_that_cannot_be_is_refused_and_kept(
    field: Field, ranger: Device, given: dict[str, str], why: str
) -> None:
    ranger.photo(RED)
    told = ranger.settled(stop(ranger, str(uuid4()), named(RED), **given))
    assert told["state"] == "refused"
    assert why in told["why"]
    assert Item.objects.get().files.get().sha256 == hash_of(RED)
    assert not Stop.objects.exists()


def test_nobody_stops_in_anothers_patrol(field: Field, ranger: Device) -> None:
    patrol = str(uuid4())
    ranger.settled(stop(ranger, patrol))
    other = Device(field.person("dispatcher"))
    told = other.settled(stop(other, patrol))
    assert (told["state"], Stop.objects.count()) == ("refused", 1)


def test_the_clock_of_a_phone_that_is_ahead_is_not_believed(field: Field, ranger: Device) -> None:
    late = answer(ranger, BAD) | {"saved_at": (START + timedelta(days=3)).isoformat()}
    assert ranger.settled(late)["state"] == "done"
    assert Finding.objects.get().started_at == START


def test_a_form_for_any_time_needs_no_round_and_what_follows_from_it_may_refuse_it(
    field: Field, ranger: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the person's region, as often as something is found; nothing of a refused one stays but the item."""
    followed: list[str] = []

    def then(made: Answer) -> None:
        followed.append(made.target)
        if len(followed) == 2:
            raise IllegalMove("不能登记")

    form = replace(field.form, about="", objects=None, anytime=True, then=then)
    monkeypatch.setattr("bihuan.web.pages.phone.every_form", lambda: {"f": form})
    kept = ranger.client.get(reverse("phone_data")).json()
    (task,) = [t for t in kept["inspections"] if t.get("again")]
    assert (task["target"], task["region"], task["until"]) == ("140321", "平定县", None)
    first = answer(ranger, "<fence>yes</fence><sign>yes</sign>", target="140321")
    assert [ranger.settled(each)["state"] for each in (first, first)] == ["done", "done"]
    second = answer(ranger, "<fence>yes</fence><sign>yes</sign>", target="140321", seq=2)
    refused = ranger.settled(second)
    assert (refused["state"], refused["why"]) == ("refused", "不能登记")
    assert followed == ["140321", "140321"]
    assert Answer.objects.count() == 1
