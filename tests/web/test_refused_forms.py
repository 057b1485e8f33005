"""A form that was refused: opened again with all that was typed, the sentence at its field; gone once it went through."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.handovers import NOTE_LENGTH
from bihuan.cases.models import Finding
from tests.pages import flat
from tests.people import CITY_CODE, City
from tests.web.test_findings import more
from tests.web.world import MINE

LONG = "字" * 401


def post(client: Client, name: str, *args: Any, **data: Any) -> str:
    """Press a button; the next page."""
    return flat(client.post(reverse(name, args=args), data, follow=True).content.decode())


def amiss(page: str) -> list[tuple[str, str]]:
    """Name of each field that is marked as wrong, and the sentence that stands next behind it."""
    marked = re.finditer(r'<(?:input|select|textarea)[^>]*name="(\w+)"[^>]*aria-invalid="true"', page)
    told = [
        (m[1], re.search(r'<b class="bad small" role="alert">(.*?)</b>', page[m.end() :])) for m in marked
    ]
    return [(name, why[1]) for name, why in told if why]


def opened(page: str) -> int:
    """How many forms stand open."""
    return len(re.findall(r'<details class="act"[^>]* open', page))


@pytest.mark.parametrize("where", ["finding", "incident", "findings"])
def test_a_verdict_without_its_reason_is_refused_at_the_field(
    officer: Client, finding: Finding, where: str
) -> None:
    more(title="另一条", target="X2", target_name="二")
    name, key = ("finding", finding.pk) if where == "finding" else ("incident", finding.incident_id)
    back = reverse(where, args=[] if where == "findings" else [key])
    page = post(officer, f"{name}_judge", key, "silence", hours="72", reason=" ", next=back)
    assert amiss(page) == [("reason", "静默一条发现需要写明理由")]
    assert opened(page) == 1
    assert '<option value="72" selected>' in page
    finding.refresh_from_db()
    assert finding.status == "new"


def test_what_was_typed_stays_until_the_form_goes_through(
    officer: Client, city: City, finding: Finding
) -> None:
    typed = {
        "reason": LONG,
        "usual_reason": "已电话核实",
        "organisation": city.governments["140322"].pk,
        "term": "3",
    }
    page = post(
        officer, "finding_judge", finding.pk, "reject", **typed, next=reverse("finding", args=[finding.pk])
    )
    assert f">{LONG}</textarea>" in page
    assert '<option value="已电话核实" selected>' in page
    assert f'<option value="{city.governments["140322"].pk}" selected>' in page
    assert [name for name, _why in amiss(page)] == ["reason"]
    assert amiss(flat(officer.get(reverse("finding", args=[finding.pk])).content.decode())) != []
    page = post(officer, "finding_judge", finding.pk, "reject", reason="误报")
    post(officer, "finding_judge", finding.pk, "undo")
    page = flat(officer.get(reverse("finding", args=[finding.pk])).content.decode())
    assert (amiss(page), opened(page), LONG in page) == ([], 0, False)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"organisation": "77"}, "organisation"),
        ({"due": "gestern"}, "due"),
        ({"due": "2018-01-01"}, "due"),
        ({"term": "77"}, "due"),
    ],
)
def test_a_handover_that_cannot_be_meant_is_refused_at_its_field(
    officer: Client, city: City, finding: Finding, data: dict[str, str], field: str
) -> None:
    sent = {
        "organisation": str(city.governments[MINE].pk),
        "next": reverse("finding", args=[finding.pk]),
        **data,
    }
    page = post(officer, "finding_judge", finding.pk, "hand", **sent)
    assert [name for name, _why in amiss(page)] == [field]


def test_of_several_incidents_the_ticks_stay(officer: Client, finding: Finding) -> None:
    other, third = (more(title=t, target=t, target_name=t).incident_id for t in ("二", "三"))
    page = post(officer, "incidents_judge", "reject", incident=[finding.incident_id, other], reason="")
    ticked = re.findall(r'name="incident" value="(\d+)"[^>]* checked', page)
    assert {int(pk) for pk in ticked} == {finding.incident_id, other}
    assert third not in map(int, ticked)
    assert amiss(page) == [("reason", "否定一条发现需要写明理由")]
    page = post(officer, "incidents_judge", "confirm", incident=[finding.incident_id, other])
    assert ' checked aria-label="选中' not in page


def test_a_split_without_its_reason_keeps_what_was_ticked(officer: Client, finding: Finding) -> None:
    member = more(title="并存", incident_id=finding.incident_id)
    page = post(officer, "incident_regroup", finding.incident_id, "split", finding=member.pk, reason=" ")
    assert re.findall(r'name="finding" value="(\d+)"[^>]* checked', page) == [str(member.pk)]
    assert amiss(page) == [("reason", "拆分和归并需要写明理由")]
    assert Finding.objects.get(pk=member.pk).incident_id == finding.incident_id


def test_a_merge_that_is_too_long_in_words_keeps_the_choice(officer: Client, finding: Finding) -> None:
    other = more(title="另一条", target="X2", target_name="二")
    third = more(title="第三条", target="X3", target_name="三")
    sent = {"other": other.incident_id, "reason": LONG}
    page = post(officer, "incident_regroup", finding.incident_id, "merge", **sent)
    assert re.search(rf'<option value="{other.incident_id}" selected', page)
    assert not re.search(rf'<option value="{third.incident_id}" selected', page)
    assert [name for name, _why in amiss(page)] == ["reason"]


def test_what_one_person_typed_nobody_else_sees(officer: Client, city: City, finding: Finding) -> None:
    post(officer, "finding_judge", finding.pk, "silence", reason="", usual_reason="", hours="72")
    other = Client()
    other.force_login(city.person("chief", CITY_CODE))
    assert amiss(flat(other.get(reverse("finding", args=[finding.pk])).content.decode())) == []


def test_a_note_of_a_handover_that_is_too_long_stays(officer: Client, city: City, finding: Finding) -> None:
    note = "记" * (NOTE_LENGTH + 1)
    page = post(officer, "handover_sign", note=note)
    assert f">{note}</textarea>" in page
    assert [name for name, _why in amiss(page)] == ["note"]
    assert note not in post(officer, "handover_sign", note="夜里平静")


def test_a_note_of_who_takes_over_stays_too(officer: Client, city: City, finding: Finding) -> None:
    officer.post(reverse("handover_sign"), {"note": ""})
    taker = Client()
    taker.force_login(city.person("chief", CITY_CODE))
    (pk,) = (line.pk for line in taker.get(reverse("handovers")).context["list"].lines)
    note = "收" * (NOTE_LENGTH + 1)
    page = post(taker, "handover_take", pk, note=note)
    assert f">{note}</textarea>" in page
    assert [name for name, _why in amiss(page)] == ["note"]


def test_a_new_problem_is_refused_at_the_field(officer: Client, finding: Finding, data_dir: Path) -> None:
    sent = {"title": "裸土", "source": "patrol", "region": MINE}
    for wrong, field in (({"title": " "}, "title"), ({"source": "x"}, "source"), ({"region": ""}, "region"), ({"about": "无此厂"}, "about"), ({"lat": "95", "lon": "113"}, "lat"), ({"lat": "37", "lon": "o"}, "lon"), ({"level": "x"}, "level"), ({"description": "字" * 2001}, "description"), ({"organisation": "9999"}, "organisation")):  # fmt: skip
        page = post(officer, "case_new", **sent | wrong)
        assert f'name="{field}"' in page
        assert '<b class="bad small" role="alert">' in page, field
        if field != "level":
            assert [name for name, _why in amiss(page)] == [field]
