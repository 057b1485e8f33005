"""The pages of routing: where a problem would go and why, what a rule would change, and what the forms propose."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.models import Case
from bihuan.cases.route_settings import alike, change, rules
from bihuan.cases.route_start import START
from bihuan.cases.routing import RouteRule, To
from bihuan.cases.transitions import State
from bihuan.registry.models import Organisation, Post
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE, person

OTHER = "140322"
RULE = {
    "name": "盂县站点", "region": OTHER, "kind": "site", "to": "unit", "post": "站长", "since": "2019-01-01", "basis": "分工",
    "enabled": "on", "reason": "归口",
}  # fmt: skip


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def bureau(world: World) -> Organisation:
    """A department of the city with somebody who signs."""
    made = Organisation.objects.create(
        name="市监测站", kind="department", region=world.city.regions[CITY_CODE]
    )
    person("clerk", ("handler", world.city.regions[CITY_CODE], made))
    return made


@pytest.fixture
def office(client: Client, world: World) -> Client:
    """The dispatcher of the whole city."""
    client.force_login(world.person("dispatcher", CITY_CODE))
    return client


def send(client: Client, key: str, action: str, **data: object) -> str:
    return text(client.post(reverse("route_change", args=[key, action]), data, follow=True))


def asked(client: Client, **data: object) -> str:
    return text(client.get(reverse("routing"), data))


def test_the_page_says_where_a_problem_would_go_and_why(
    office: Client, world: World, bureau: Organisation
) -> None:
    chief = world.person("chief", CITY_CODE)
    change(
        chief,
        RouteRule("n", "站点", To.UNIT, date(2019, 1, 1), "分工", unit=bureau.pk, region=OTHER, kind="site"),
        "设",
    )
    change(chief, RouteRule("m", "盂县", To.LOCAL, date(2019, 1, 1), "属地", region=OTHER), "设")
    page = asked(office, region=OTHER, kind="site", source="platform", level="minor")
    assert (
        "会交给市监测站，依据规则“站点”（盂县 · 监测点位）；“盂县”（盂县）、“属地”（不限）也适用，但不如它具体"
        in page
    )
    finding = world.finding(region=world.city.regions[OTHER])
    assert f"<b>{finding}</b>：会交给市监测站" in asked(office, about=finding.pk)
    case = world.case(State.PENDING)
    assert "会交给平定县人民政府，依据规则“属地”（不限）" in asked(office, about=case.number, region=OTHER)
    Post.objects.filter(organisation=bureau).update(until="2019-01-01T00:00:00Z")
    page = asked(office, about=finding.pk)
    assert "会交给盂县人民政府，依据规则“盂县”（盂县）" in page
    assert "规则“站点”（盂县 · 监测点位）更具体，但市监测站已停用：没有在岗的承办人，没有按它办" in page


def test_what_is_not_there_or_not_to_be_seen_is_not_found(
    office: Client, client: Client, world: World
) -> None:
    finding = world.finding()
    for about in ("阳环交〔2019〕9999", "999999999", "9" * 40):
        assert client.get(reverse("routing"), {"about": about}).status_code == 404
    client.force_login(world.person("dispatcher", OTHER))
    assert client.get(reverse("routing"), {"about": finding.pk}).status_code == 404


def test_a_rule_is_tried_on_the_last_thirty_days_before_it_is_set(
    office: Client, world: World, bureau: Organisation
) -> None:
    case = world.case(State.DISPATCHED)
    given = {**RULE, "region": COUNTY, "kind": "", "unit": bureau.pk}
    page = send(office, "new", "try", **given)
    assert "近 30 天交办 1 件，按改后的规则有 1 件会建议交给别的单位" in page
    assert (
        f"{case.number}</a> 料场未苫盖</td><td>平定县人民政府</td> <td>市监测站</td><td>平定县人民政府</td>"
        in page
    )
    assert 'value="盂县站点"' in page
    assert rules() == START
    assert "有 0 件会建议" in send(office, "new", "try", **{**given, "region": OTHER})


def test_a_rule_set_on_the_page_stands_in_the_form_of_the_hand_over_with_its_reason(
    office: Client, world: World, bureau: Organisation
) -> None:
    assert "已记录" in send(office, "new", "set", **{**RULE, "unit": bureau.pk})
    finding = world.finding(region=world.city.regions[OTHER])
    for address in (
        reverse("finding", args=[finding.pk]),
        reverse("incident", args=[finding.incident_id]),
        reverse("findings"),
    ):
        page = text(office.get(address))
        assert f'<option value="{bureau.pk}" selected>市监测站</option>' in page
        assert "建议交市监测站，依据规则“盂县站点”（盂县 · 监测点位）" in page
    office.post(reverse("finding_judge", args=[finding.pk, "hand"]), {"organisation": bureau.pk})
    case = Case.objects.get(findings=finding)
    assert (case.organisation, case.liable) == (bureau, "站长")


def test_the_form_of_a_case_proposes_unit_and_liable_post_and_the_officer_may_choose_another(
    office: Client, world: World
) -> None:
    change(world.person("chief", CITY_CODE), replace(START[0], post="分管副县长"), "写明")
    case = world.case(State.PENDING)
    page = text(office.get(reverse("case", args=[case.number])))
    mine, other = world.city.governments[COUNTY], world.city.governments[OTHER]
    assert f'<option value="{mine.pk}" selected>' in page
    assert 'name="liable" maxlength="60" value="分管副县长"' in page
    office.post(reverse("case_step", args=[case.number, "dispatch"]), {"organisation": other.pk})
    case.refresh_from_db()
    assert (case.organisation, case.liable) == (other, "")


def test_a_refused_rule_comes_back_as_it_was_typed(office: Client, world: World) -> None:
    page = send(office, "new", "set", **RULE)
    assert "请选择承办单位" in page
    assert 'value="盂县站点"' in page
    for wrong, said in (
        ({"to": "x"}, "请选择交给谁"),
        ({"responsible": "x"}, "请选择责任单位"),
        ({"since": "明天"}, "不是日期"),
    ):
        assert said in send(office, "new", "set", **{**RULE, **wrong})
    assert office.post(reverse("route_change", args=["local", "paint"]), {}).status_code == 404
    assert office.get(reverse("route", args=["unknown"])).status_code == 404


def test_a_rule_goes_back_to_the_version_before(office: Client, world: World) -> None:
    given = {k: v for k, v in RULE.items() if k not in ("region", "kind")}
    assert "已记录" in send(office, "local", "set", **{**given, "to": "local"})
    page = text(office.get(reverse("route", args=["local"])))
    assert "归口" in page
    assert "请写明理由" in send(office, "local", "undo")
    assert "已记录" in send(office, "local", "undo", reason="改错了")
    assert START[0] in rules()


def test_what_counts_as_alike_is_set_on_the_page_and_stands_on_the_case(office: Client, world: World) -> None:
    assert "请填整数" in send(office, "alike", "set", metres="半里", days="7", reason="试")
    assert "已记录" in send(office, "alike", "set", metres="300", days="2", reason="城区密")
    assert (alike().metres, alike().days) == (300, 2)
    mine, other = (world.case(State.PENDING, lat=37.8, lon=113.6 + d) for d in (0, 0.002))
    page = text(office.get(reverse("case", args=[mine.number])))
    assert "可能是同一件事" in page
    assert "同类，300 米、2 天内" in page
    assert f"<b>{other.number}</b>" in page
    assert "相距 176 米 · 先后 0 分钟" in page


def test_open_cases_that_may_be_the_same_stand_at_the_hand_over(office: Client, world: World) -> None:
    case = world.case(State.DISPATCHED)
    finding = world.finding()
    for address in (reverse("finding", args=[finding.pk]), reverse("incident", args=[finding.incident_id])):
        page = text(office.get(address))
        assert f"<b>{case.number}</b>" in page
        assert "同一区划，未定位" in page
