"""From a finding of an event to its suspects, and people who are sent to one; what the month's report says of it."""

import io
from datetime import timedelta
from pathlib import Path

import docx
import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.actions import hand_over
from bihuan.cases.models import Case, Finding
from bihuan.cases.targets import targets_of
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Round
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.inspection.rounds.progress import mine
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.tests.test_tracing import STARTED, spilt
from bihuan.scenarios.water_sections.tests.world import event_found, section
from tests.people import City
from tests.web.world import MINE, NOW

__all__ = ["spilt"]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def finding(spilt: Section, place: City, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """The event of 甲. Its sewage outfall is inspected by a form whose objects are sections: S stands for it."""
    section(place, "S")
    form = Form("visit", "现场", Path(), about="water_section", objects=lambda person: [("S", "污水口")])
    target = targets_of("water_section", ["S"])["S"]
    inspected = {"outfalls/S": (form, target)}
    monkeypatch.setattr(
        resolved_discharges, "inspected", lambda codes: {c: inspected[c] for c in codes if c in inspected}
    )
    return event_found(spilt.code, STARTED)


def sent(client: Client, finding: Finding, code: str) -> int:
    at = reverse("water_sections:inspect", args=[finding.pk])
    return client.post(at, {"code": code}, HTTP_REFERER=reverse("finding", args=[finding.pk])).status_code


def test_the_finding_names_its_suspects_and_so_does_its_case(
    finding: Finding, place: City, client: Client
) -> None:
    client.force_login(place.person("chief", MINE), backend=BACKEND)
    shown = client.get(reverse("finding", args=[finding.pk])).content.decode()
    assert "污水口" in shown
    assert reverse("water_sections:suspects", args=[finding.pk]) in shown
    assert "水泥厂口" not in shown  # another's, which the reader may not see
    case = hand_over([finding], place.person("dispatcher", MINE), place.governments[MINE])
    client.force_login(place.person("handler", MINE), backend=BACKEND)
    assert "污水口" in client.get(reverse("case", args=[case.number])).content.decode()


def test_who_is_sent_has_the_form_to_fill_in_and_nobody_is_sent_twice(
    finding: Finding, place: City, client: Client
) -> None:
    client.force_login(place.person("chief", MINE), backend=BACKEND)
    assert "派人现场核查" in client.get(reverse("finding", args=[finding.pk])).content.decode()
    for _ in range(2):
        assert sent(client, finding, "outfalls/S") == 302
    made = Round.objects.get()
    assert (made.form, made.region_id, made.since, made.until - made.since) == (
        "visit",
        MINE,
        NOW.date(),
        timedelta(days=1),
    )
    assert [t.target for t in made.tasks.all()] == ["S"]
    ranger = place.person("ranger", MINE)
    assert [s.task.target for s in mine(ranger, rounds_of(ranger)) if s.open] == ["S"]
    shown = client.get(reverse("water_sections:suspects", args=[finding.pk])).content.decode()
    assert "待检查" in shown
    assert "派人现场核查" not in shown
    clock.set_replay(NOW + timedelta(days=3), 0)
    assert "逾期未检查" in client.get(reverse("finding", args=[finding.pk])).content.decode()


def test_only_who_may_plan_there_sends_and_only_to_what_can_be_seen(
    finding: Finding, place: City, client: Client
) -> None:
    client.force_login(place.person("handler", MINE), backend=BACKEND)
    assert "派人现场核查" not in client.get(reverse("finding", args=[finding.pk])).content.decode()
    assert sent(client, finding, "outfalls/S") == 403
    client.force_login(place.person("chief", MINE), backend=BACKEND)
    assert sent(client, finding, "outfalls/F") == 302
    assert Round.objects.count() == 0


def test_the_month_tells_the_event_and_what_became_of_it(
    finding: Finding, place: City, client: Client
) -> None:
    client.force_login(place.person("chief", MINE), backend=BACKEND)
    month = {"month": f"{STARTED:%Y-%m}"}

    def paper() -> str:
        got = client.get(reverse("water_sections:month_word"), month)
        return "\n".join(p.text for p in docx.Document(io.BytesIO(got.content)).paragraphs)

    assert "甲 2019-02-24 00:00 起水质突变：氨氮 3 mg/L" in paper()
    assert "；未立案。" in paper()
    case = hand_over([finding], place.person("dispatcher", MINE), place.governments[MINE])
    assert f"；{case.number} 已交办。" in paper()
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=NOW)
    assert f"；{case.number} 于 " in paper()
    assert case.number in client.get(reverse("water_sections:month"), month).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("water_sections:month_book"), month).content))
    assert [row[4].value for row in book["水质突变"].iter_rows(min_row=2)] == [case.number]
    client.post(reverse("language"), {"language": "en"})
    assert f"; case {case.number} was closed on " in paper()
    Finding.objects.filter(pk=finding.pk).update(status="rejected")
    assert "甲 2019-02-24" not in paper()
