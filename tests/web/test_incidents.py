"""The pages of incidents: the list, what is done with one or many, splitting and merging, and what a county sees."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.filing import file_rows
from bihuan.cases.incident_models import Incident
from bihuan.cases.joining import Row
from bihuan.cases.models import Case, Finding
from bihuan.domain.checks import Belonging
from tests.people import CITY_CODE, City
from tests.web.world import MINE, NOW, Objects

OTHER = "140322"
EXCEEDANCE = Belonging("exceedance")
FACETS = {
    "over": ("NOx 超标 1.5 倍", "serious"),
    "ultra": ("NOx 超超低限值", "moderate"),
    "likely": ("可能超标", "minor"),
}


def facet(city: City, name: str, target: str = "E1", region: str = MINE) -> Finding:
    """A side of an exceedance at an emitter."""
    title, severity = FACETS[name]
    row = Row(
        check_key=name, item="nox", target_kind="emitter", target=target, target_name=f"测试厂 {target}",
        region=city.regions[region], organisation=None, title=title, start=NOW - timedelta(hours=2), until=NOW,
        magnitude=1.5, unit="倍", severity=severity, evidence={"值": 1}, belonging=EXCEEDANCE,
    )  # fmt: skip
    (found,), _ = file_rows([row])
    return found


def side_of_now(city: City, title: str) -> Row:
    """A further side of the exceedance at E1, by another check."""
    return Row(
        check_key="day", item="nox", target_kind="emitter", target="E1", target_name="测试厂 E1", title=title,
        region=city.regions[MINE], organisation=None, start=NOW - timedelta(hours=1), until=NOW, magnitude=1.2,
        unit="倍", severity="moderate", evidence={"值": 2}, belonging=EXCEEDANCE,
    )  # fmt: skip


@pytest.fixture
def root(objects: Objects, city: City) -> Finding:
    """The root of an incident with three sides; the clock stands."""
    clock.set_replay(NOW, 0)
    for name in ("likely", "ultra"):
        facet(city, name)
    return facet(city, "over")


def shown(client: Client, address: str, **asked: str) -> str:
    return str(client.get(address, asked).content.decode())


def do(client: Client, name: str, *args: Any, **data: Any) -> str:
    """Press a button; what the next page says."""
    return str(client.post(reverse(name, args=args), data, follow=True).content.decode())


def test_the_list_has_one_line_for_three_sides_with_the_worst_first(officer: Client, root: Finding) -> None:
    lines = {line.root.pk: line for line in officer.get(reverse("findings")).context["list"].lines}
    line = lines[root.pk]
    assert [f.check_key for f in line.members] == ["over", "ultra", "likely"]
    assert (line.worst, line.targets, line.status) == (root, 1, "new")
    page = shown(officer, reverse("findings"))
    assert page.count(f'value="{root.incident_id}" form="bulk"') == 1
    assert "共 3 条" in page


def test_filters_match_any_finding_and_the_severity_is_that_of_the_worst(
    officer: Client, root: Finding
) -> None:
    def roots(**asked: str) -> list[int]:
        return [line.root.pk for line in officer.get(reverse("findings"), asked).context["list"].lines]

    assert roots(q="可能超标") == roots(severity="serious") == roots(q="厂 E1") == [root.pk]
    assert root.pk not in roots(severity="minor") + roots(q="没有这样的")


def test_the_centre_counts_and_shows_incidents(officer: Client, root: Finding) -> None:
    context = officer.get(reverse("centre")).context
    assert context["counts"].new_incidents == 2  # with the one of the world
    assert context["new_incidents"][0].root == root


def test_two_clicks_hand_over_all_three_in_one_case(officer: Client, city: City, root: Finding) -> None:
    page = shown(officer, reverse("findings"))
    assert f'formaction="{reverse("incident_judge", args=[root.incident_id, "hand"])}"' in page
    said = do(officer, "incident_judge", root.incident_id, "hand", organisation=city.governments[MINE].pk)
    case = Case.objects.latest("id")
    assert f"{case.number}，含 3 条发现" in said
    assert set(case.findings.values_list("check_key", flat=True)) == {"over", "ultra", "likely"}


def test_a_verdict_on_a_stale_page_is_refused(officer: Client, city: City, root: Finding) -> None:
    seen = root.pk - 1
    assert "刚有新发现加入" in do(officer, "incident_judge", root.incident_id, "confirm", seen=seen)
    assert "写入事件的全部发现" in do(officer, "incident_judge", root.incident_id, "confirm", seen=root.pk)
    assert set(Finding.objects.filter(incident=root.incident_id).values_list("status", flat=True)) == {
        "confirmed"
    }


def test_several_are_silenced_at_once_or_none(officer: Client, city: City, root: Finding) -> None:
    second = facet(city, "over", "E2")
    both = [root.incident_id, second.incident_id]
    assert "请先勾选事件" in do(officer, "incidents_judge", "silence")
    assert "理由" in do(officer, "incidents_judge", "silence", incident=both)
    assert not Finding.objects.filter(status="silenced").exists()
    assert "已处理 2 个事件" in do(
        officer, "incidents_judge", "silence", incident=both, reason="停电检修", hours="24"
    )
    assert Finding.objects.filter(status="silenced").count() == 4


def test_several_are_handed_over_to_the_county_of_each(officer: Client, city: City, root: Finding) -> None:
    second = facet(city, "over", "E2", OTHER)
    said = do(
        officer, "incidents_judge", "hand", incident=[root.incident_id, second.incident_id], reason="立即核实"
    )
    assert "已处理 2 个事件" in said
    units = {c.organisation for c in Case.objects.order_by("-id")[:2]}
    assert units == {city.governments[MINE], city.governments[OTHER]}


def test_the_page_of_one_shows_all_with_evidence_and_splits_and_takes_back(
    officer: Client, root: Finding
) -> None:
    page = shown(officer, reverse("incident", args=[root.incident_id]))
    assert all(title in page for title, _ in FACETS.values())
    mild = Finding.objects.get(check_key="likely")
    said = do(officer, "incident_regroup", root.incident_id, "split", finding=mild.pk, reason="另一台炉")
    mild.refresh_from_db()
    assert mild.incident_id != root.incident_id
    assert "另一台炉" in said
    done = mild.incident.joined.get()
    do(officer, "incident_regroup", root.incident_id, "undo", done=done.pk, reason="看错了")
    mild.refresh_from_db()
    assert mild.incident_id == root.incident_id


def test_a_merged_incident_leads_to_the_one_that_took_it_in(
    officer: Client, city: City, root: Finding
) -> None:
    second = facet(city, "over", "E2")
    gone = second.incident_id
    do(officer, "incident_regroup", root.incident_id, "merge", other=gone, reason="共用烟道")
    answer = officer.get(reverse("incident", args=[gone]))
    assert answer["Location"] == reverse("incident", args=[root.incident_id])
    assert Incident.objects.get(pk=gone).merged_into_id == root.incident_id
    page = shown(officer, answer["Location"])
    assert "2 个对象" in page


def test_a_county_sees_its_part_is_told_of_the_rest_and_judges_nothing(
    client: Client, city: City, root: Finding
) -> None:
    far = facet(city, "over", "E2", OTHER)
    client.force_login(city.person("dispatcher", CITY_CODE))
    do(client, "incident_regroup", root.incident_id, "merge", other=far.incident_id, reason="共用烟道")
    client.force_login(city.person("dispatcher", OTHER))
    page = shown(client, reverse("incident", args=[root.incident_id]))
    assert "测试厂 E2" in page
    assert "测试厂 E1" not in page
    assert "另有 3 条不在您的职务范围内" in page
    assert "不在您的职务范围内，请由市级处理" in do(
        client, "incident_judge", root.incident_id, "hand", organisation=city.governments[OTHER].pk
    )
    rows = list(
        csv.DictReader(io.StringIO(shown(client, reverse("findings"), **{"as": "csv"}).lstrip("\ufeff")))
    )
    assert [r["对象"] for r in rows] == ["测试厂 E2"]


def test_what_is_taken_away_has_every_finding_with_its_incident(officer: Client, root: Finding) -> None:
    text = shown(officer, reverse("findings"), q="E1", **{"as": "csv"}).lstrip("\ufeff")
    rows = [(r["事件"], r["主因"], r["成因"], r["规则编码"]) for r in csv.DictReader(io.StringIO(text))]
    number = str(root.incident_id)
    assert sorted(rows, key=lambda r: r[3]) == [
        (number, "", "同一对象", "likely"), (number, "是", "同一对象", "over"), (number, "", "同一对象", "ultra"),
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["split", "merge", "undo"])
def test_regrouping_that_cannot_be_meant_gets_a_sentence_or_is_not_found(
    officer: Client, root: Finding, how: str
) -> None:
    data = {"finding": "²", "other": "x", "done": "-1", "reason": "无"}
    answer = officer.post(reverse("incident_regroup", args=[root.incident_id, how]), data)
    assert answer.status_code in (302, 404)
    assert Finding.objects.filter(incident=root.incident_id).count() == 3


def test_the_list_takes_the_same_queries_for_three_incidents_and_for_forty(
    officer: Client, city: City, root: Finding, django_assert_max_num_queries: Any
) -> None:
    officer.get(reverse("findings"))
    for number in range(40):
        facet(city, "over", f"T{number}")
    with django_assert_max_num_queries(32):
        officer.get(reverse("findings"))


def test_the_case_names_what_the_incident_showed_after_the_hand_over(
    officer: Client, city: City, root: Finding
) -> None:
    do(officer, "incident_judge", root.incident_id, "hand", organisation=city.governments[MINE].pk)
    case = Case.objects.latest("id")
    (later,), _ = file_rows([side_of_now(city, "超限时段增加")])
    assert (later.status, later.incident_id) == ("handed", root.incident_id)
    page = shown(officer, reverse("case", args=[case.number]))
    assert "同一事件又有 1 条发现" in page
    assert "超限时段增加" in page


def test_what_befell_many_is_told_by_its_cause(officer: Client, city: City, root: Finding) -> None:
    second = facet(city, "over", "E2")
    do(officer, "incident_regroup", root.incident_id, "merge", other=second.incident_id, reason="共用烟道")
    line = officer.get(reverse("incident", args=[root.incident_id])).context["line"]
    assert (line.told_by_root, line.headline) == (False, "人工归并：2 个对象，人工登记")
