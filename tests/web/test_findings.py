"""The pages of findings and of checks: what they list, offer, refuse and hand out."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.incident_models import Incident
from bihuan.cases.models import Case, CheckRun, Finding
from bihuan.registry.models import Site
from tests.pages import flat
from tests.people import CITY_CODE, City
from tests.web.world import MINE, NOW, Objects

OTHER = "140322"
EVIL = [
    "//evil.example",
    "https://evil.example/x",
    "javascript:alert(1)",
    "/\\evil.example",
    "x" * 5000,
    "\x00/",
]


def post(client: Client, finding: Finding, verdict: str, **data: Any) -> str:
    """Press a button of the form; what the next page says."""
    answer = client.post(reverse("finding_judge", args=[finding.pk, verdict]), data, follow=True)
    assert answer.status_code == 200
    return text(answer)


def text(answer: HttpResponse | Any) -> str:
    return flat(answer.content.decode())


def more(**changes: Any) -> Finding:
    """Another finding like the open one, in an incident of its own."""
    kept = Finding.objects.filter(status="new").values().first()
    assert kept is not None
    own = Incident.objects.create(opened_at=NOW)
    made = Finding.objects.create(**{**kept, "id": None, "running": False, "incident_id": own.pk, **changes})
    Incident.objects.filter(pk=own.pk).update(root=made)
    return made


def listed(client: Client, **asked: str) -> list[str]:
    """Titles of the roots of the incidents on the list, in its order."""
    return [line.root.title for line in client.get(reverse("findings"), asked).context["list"].lines]


def test_the_list_is_ordered_by_time_or_by_severity(officer: Client, finding: Finding) -> None:
    more(title="早而重", severity="major", started_at=NOW - timedelta(days=2), target_name="二")
    more(title="居中", severity="serious", started_at=NOW - timedelta(days=1), target_name="三")
    assert listed(officer) == ["测试", "居中", "早而重"]
    assert listed(officer, order="severity") == ["早而重", "居中", "测试"]
    assert listed(officer, order="²") == listed(officer)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"check": "cems.limits.hour_over"}, ["厂"]),
        ({"scenario": "plant_emissions"}, ["厂"]),
        ({"scenario": "station_quality"}, ["站"]),
        ({"severity": "major"}, ["站"]),
        ({"region": OTHER}, ["厂"]),
        ({"region": OTHER, "severity": "major"}, []),
        ({"scenario": "no_such"}, []),
        ({"check": "x" * 3000}, []),
    ],
)
def test_the_list_is_narrowed_by_scenario_check_county_and_level(
    officer: Client, finding: Finding, asked: dict[str, str], titles: list[str]
) -> None:
    more(title="厂", check_key="cems.limits.hour_over", item="nox", region_id=OTHER)
    more(title="站", check_key="air.stuck", severity="major", region_id=MINE)
    assert listed(officer, **asked) == titles


def test_filters_offer_what_is_there_and_an_empty_list_says_why(officer: Client, finding: Finding) -> None:
    more(title="厂", check_key="cems.limits.hour_over", item="nox", region_id=OTHER)
    page = officer.get(reverse("findings"))
    offered = {f.name: [label for _, label in f.choices] for f in page.context["list"].fields}
    assert offered["scenario"] == ["企业排放"]
    assert set(offered["check"]) == {"小时均值超标", "人工登记"}
    assert offered["region"] == ["平定县", "盂县"]
    assert "没有符合筛选条件的事件" in text(officer.get(reverse("findings"), {"severity": "major"}))
    assert "没有新事件" not in text(officer.get(reverse("findings"), {"tab": "rejected"}))


def test_another_county_sees_neither_the_finding_nor_its_check_in_the_filters(
    client: Client, city: City, finding: Finding
) -> None:
    Finding.objects.filter(pk=finding.pk).update(check_key="air.stuck")
    client.force_login(city.person("dispatcher", OTHER))
    page = client.get(reverse("findings"))
    assert listed(client) == []
    assert [f.choices for f in page.context["list"].fields][:3] == [[], [], []]


@pytest.mark.parametrize(
    "key", ["sewage.arrival.late", "cems.limits.hour_over", "air.stuck", "patrol.report"]
)
def test_no_key_of_a_check_stands_where_its_title_belongs(
    officer: Client, objects: Objects, key: str
) -> None:
    clock.set_replay(NOW, 0)
    Finding.objects.update(running=False)
    Finding.objects.update(check_key=key, started_at=NOW - timedelta(hours=1))
    pages = [
        reverse("findings"),
        reverse("findings") + "?tab=handed",
        reverse("case", args=[objects.case.number]),
    ]
    for page in pages:
        shown = text(officer.get(page)).replace(f'value="{key}"', "")
        assert f">{key}" not in shown
        assert f"· {key}" not in shown


def test_what_is_taken_away_has_titles_and_the_simulated_mark(officer: Client, finding: Finding) -> None:
    Finding.objects.filter(pk=finding.pk).update(check_key="sewage.arrival.late", simulated=True)
    more(title="实测", check_key="k2", simulated=False)
    taken = officer.get(reverse("findings"), {"as": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(taken)))
    assert [(r["发现"], r["规则"], r["规则编码"], r["模拟"]) for r in rows] == [
        ("实测", "人工登记", "k2", ""),
        ("测试", "数据迟到", "sewage.arrival.late", "是"),
    ]


def test_a_silence_shows_its_end_its_author_and_its_reason_and_can_be_undone(
    officer: Client, finding: Finding
) -> None:
    post(officer, finding, "silence", hours="72", usual_reason="计划检修或停产，已备案", reason="至周五")
    finding.refresh_from_db()
    assert finding.silenced_until == NOW + timedelta(hours=72)
    shown = text(officer.get(reverse("findings"), {"tab": "silenced"}))
    assert "静默至 2019-02-28 14:00" in shown
    assert "dispatcher_140300" in shown
    assert "计划检修或停产，已备案：至周五" in shown
    assert "撤销判定" in shown
    post(officer, finding, "undo")
    finding.refresh_from_db()
    assert (finding.status, finding.silenced_until) == ("new", None)


@pytest.mark.parametrize(
    ("verdict", "data", "said"),
    [
        ("silence", {"hours": "abc", "reason": "检修"}, "静默时长请在"),
        ("silence", {"hours": "99999999999999999999", "reason": "检修"}, "静默时长请在"),
        ("silence", {"hours": "25", "reason": "检修"}, "静默时长请在"),
        ("silence", {}, "静默一条发现需要写明理由"),
        ("reject", {"usual_reason": "自己编的"}, "否定一条发现需要写明理由"),
        ("reject", {"reason": "字" * 401}, "最多 400 字"),
        ("reject", {"reason": "字" * 100_000}, "最多 400 字"),
        ("hand", {"organisation": "abc"}, "不在可选范围内"),
        ("hand", {"organisation": "²"}, "不在可选范围内"),
        ("hand", {"organisation": "9" * 30}, "不在可选范围内"),
        ("hand", {"term": "5"}, "请在 立即、1 天"),
        ("hand", {"due": "2019-02-30T00:00"}, "不是日期"),
        ("hand", {"due": "0001-01-01"}, "晚于现在"),
        ("hand", {"due": "9999-12-31"}, "期限"),
        ("nonsense", {}, "发现不能“nonsense”"),
        ("propose", {"proposed": "handed", "reason": "x"}, "只能建议"),
    ],
)
def test_what_cannot_be_meant_gets_a_sentence(
    officer: Client, city: City, finding: Finding, verdict: str, data: dict[str, str], said: str
) -> None:
    if verdict == "hand" and "organisation" not in data:
        data = {**data, "organisation": str(city.governments[MINE].pk)}
    assert said in post(officer, finding, verdict, **data)
    finding.refresh_from_db()
    assert finding.status == "new"


@pytest.mark.parametrize("target", EVIL)
@pytest.mark.parametrize("verdict", ["confirm", "reject"])
def test_the_way_back_leads_nowhere_else(
    officer: Client, finding: Finding, target: str, verdict: str
) -> None:
    answer = officer.post(reverse("finding_judge", args=[finding.pk, verdict]), {"next": target})
    assert (answer.status_code, answer["Location"]) == (302, reverse("findings"))


def test_the_way_back_leads_to_the_list_as_it_was(officer: Client, finding: Finding) -> None:
    back = "/findings/?tab=new&check=k2"
    answer = officer.post(reverse("finding_judge", args=[finding.pk, "confirm"]), {"next": back})
    assert answer["Location"] == back


@pytest.mark.parametrize(
    ("check_key", "severity", "days"),
    [("cems.limits.hour_over", "serious", 0), ("air.stuck", "moderate", 3), ("k2", "major", 30)],
)
def test_the_form_offers_the_usual_term_of_the_check_and_takes_another(
    officer: Client, city: City, finding: Finding, check_key: str, severity: str, days: int
) -> None:
    Finding.objects.filter(pk=finding.pk).update(check_key=check_key, severity=severity)
    page = officer.get(reverse("findings"))
    assert f'name="term" value="{days}" checked' in text(page)
    post(officer, finding, "hand", organisation=str(city.governments[MINE].pk), term="1")
    case = Case.objects.latest("id")
    assert case.due is not None
    assert case.due.isoformat() == "2019-02-26T16:00:00+00:00"


def test_a_county_is_offered_a_proposal_and_no_verdict(client: Client, city: City, finding: Finding) -> None:
    client.force_login(city.person("dispatcher", MINE))
    pages = {
        reverse("findings"): ("incident_judge", finding.incident_id),
        reverse("finding", args=[finding.pk]): ("finding_judge", finding.pk),
    }
    for page, (name, pk) in pages.items():
        shown = text(client.get(page))
        assert reverse(name, args=[pk, "propose"]) in shown
        assert reverse(name, args=[pk, "reject"]) not in shown
    assert "发现由市级" in post(client, finding, "reject", reason="误报")
    post(client, finding, "propose", proposed="rejected", reason="当日校准")
    client.force_login(city.person("chief", CITY_CODE))
    assert "县区建议 否定" in text(client.get(reverse("findings")))
    shown = text(client.get(reverse("finding", args=[finding.pk])))
    assert "当日校准" in shown
    assert "dispatcher_140321" in shown


@pytest.mark.parametrize("role", ["ranger", "enterprise", "handler", "auditor", "admin"])
def test_who_has_no_say_sees_no_form(client: Client, city: City, finding: Finding, role: str) -> None:
    client.force_login(city.person(role, CITY_CODE))
    for page in (reverse("findings"), reverse("incident", args=[finding.incident_id])):
        assert f"{finding.incident_id}/judge" not in text(client.get(page))


def test_a_merged_finding_leads_to_the_one_that_took_it_in(officer: Client, finding: Finding) -> None:
    late = more(status="merged", merged_into_id=finding.pk, title="后来的")
    assert f'已并入 <a href="/findings/{finding.pk}/"' in text(
        officer.get(reverse("finding", args=[late.pk]))
    )


def test_the_catalogue_counts_the_findings_of_checks_with_items(officer: Client, finding: Finding) -> None:
    Finding.objects.filter(pk=finding.pk).update(check_key="air.stuck", item="pm25")
    more(check_key="air.stuck", item="pm10", status="confirmed")
    more(check_key="air.stuck", item="o3", status="rejected")
    more(check_key="air.stuck", item="o3", status="merged")
    more(check_key="air.stuck", item="so2", status="confirmed", follows_id=finding.pk)
    more(check_key="air.stuck", item="o3", started_at=NOW - timedelta(days=31))
    rows = {r.entry.check.key: r for r in officer.get(reverse("checks")).context["rows"]}
    stuck = rows["air.stuck"].judged
    assert (stuck.count, stuck.right, stuck.wrong, stuck.right_share) == (4, 1, 1, 0.5)
    assert rows["air.range"].judged.right_share is None


def test_the_catalogue_and_the_system_page_show_runs_errors_and_unknown_targets(
    officer: Client, city: City, finding: Finding
) -> None:
    assert "尚未运行" in text(officer.get(reverse("checks")))
    told: dict[str, Any] = {"as_of": NOW, "started": NOW}
    CheckRun.objects.create(check_key="air.stuck", error="KeyError: 'pm25'", **told)
    CheckRun.objects.create(
        check_key="air.stuck", seconds=0.25, found=3, new=1, unknown=["X7", "X8", "X7"], **told
    )
    CheckRun.objects.create(check_key="air.range", error="OSError: disk gone", **told)
    for page in (reverse("checks"), reverse("system")):
        shown = text(officer.get(page))
        assert "3 条结果的对象未登记：X7、X8" in shown
        assert "OSError: disk gone" in shown
        assert "KeyError" not in shown
    shown = text(officer.get(reverse("checks")))
    assert "0.25 s · 结果 3，新 1" in shown


def test_the_catalogue_shows_what_the_manifest_changes_and_by_what_each_scenario_judges(
    officer: Client, finding: Finding
) -> None:
    shown = text(officer.get(reverse("checks")))
    assert '>最短时长 3 h <span class="tag accent">已改</span>' in shown
    assert "air_like_oxygen = 20.5" in shown
    assert "指挥中心数据审核" in shown


def test_the_list_takes_the_same_queries_for_one_finding_and_for_forty(
    officer: Client, finding: Finding, django_assert_max_num_queries: Any
) -> None:
    officer.get(reverse("findings"))
    for number in range(40):
        more(title=f"第 {number} 条", target_name=f"站 {number}")
    assert Site.objects.exists()
    with django_assert_max_num_queries(32):
        officer.get(reverse("findings"))
