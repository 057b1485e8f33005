"""From a finding over the preview to the decision, and who may do that."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan import clock
from bihuan.cases.filing import file_findings
from bihuan.cases.models import Finding
from bihuan.domain.outages import no_outages
from bihuan.registry.decisions import decisions_of
from bihuan.registry.hours import hours_of
from bihuan.registry.models import AuditEntry, Post, ValueDecision
from bihuan.scenarios.station_quality import demo
from bihuan.scenarios.station_quality.checks import CHECKS
from bihuan.scenarios.station_quality.tests.conftest import NOW, START
from bihuan.scenarios.station_quality.tests.test_checks import SITES
from tests.pages import flat
from tests.people import City

# The stuck hours of the episode: 20 to 25 of the file, as China's clock shows them.
SPAN: dict[str, Any] = {"start": "2019-01-12T04:00", "until": "2019-01-12T10:00"}
FORM: dict[str, Any] = {"items": ["pm10"], **SPAN, "verdict": "exclude", "reason": "采样泵故障"}


def as_(client: Client, city: City, role: str = "verifier", region: str = "140300") -> Client:
    """The client, signed in as somebody."""
    client.force_login(city.person(role, region), backend="django.contrib.auth.backends.ModelBackend")
    return client


def preview(client: Client, code: str = "1738A", **query: Any) -> Any:
    """GET the preview."""
    return client.get(reverse("station_quality:preview", args=[code]), query)


def confirm(client: Client, code: str = "1738A", **changes: Any) -> Any:
    """POST the decision and follow."""
    return client.post(reverse("station_quality:decide", args=[code]), FORM | changes, follow=True)


def test_a_finding_leads_to_a_filled_form(client: Client, stations: City) -> None:
    stuck = next(c for c in CHECKS if c.key == "air.stuck")
    hours = hours_of(SITES["site"].to_list(), START, NOW, decided=False)
    file_findings(stuck, stuck.run(hours, SITES, no_outages()))
    found = Finding.objects.get(target="1738A", item="pm10")
    text = as_(client, stations).get(reverse("station_quality:index")).content.decode()
    assert found.title in text
    form = flat(preview(client, finding=found.pk).content.decode())
    assert SPAN["start"] in form
    assert SPAN["until"] in form
    assert re.search(r'value="pm10"[^>]* checked', form)
    assert 'value="exclude" selected' in form


def test_the_effect_is_shown_before_anything_changes(client: Client, stations: City) -> None:
    answer = preview(as_(client, stations), **FORM)
    text = answer.content.decode()
    for part in ("日评价", "月评价", "月度排名", "确认并记录", "已审核", "6 小时"):
        assert part in text
    assert answer.context["effect"].values == 6
    assert not ValueDecision.objects.exists()


def test_confirming_takes_the_values_out_of_evaluations_only(client: Client, stations: City) -> None:
    confirm(as_(client, stations))
    raw = hours_of(["1738A"], START, NOW, decided=False)
    known = hours_of(["1738A"], START, NOW, decided=True)
    assert raw["pm10"].null_count() == 0
    assert known["pm10"].null_count() == 6
    assert known.drop("pm10").equals(raw.drop("pm10"))
    made = ValueDecision.objects.get()
    assert (made.stage, made.reviewer, made.at) == ("audited", stations.person("verifier", "140300"), NOW)
    assert AuditEntry.objects.filter(action="site.exclude", target="1738A").count() == 1


def test_a_re_audit_needs_another_person_and_wins(client: Client, stations: City) -> None:
    confirm(as_(client, stations))
    again = confirm(client, verdict="keep", reason="已核实有效")
    assert "另一人" in again.content.decode()
    confirm(as_(client, stations, "chief"), verdict="keep", reason="已核实有效")
    assert ValueDecision.objects.latest("id").stage == "re-audited"
    assert hours_of(["1738A"], START, NOW, decided=True)["pm10"].null_count() == 0
    assert ValueDecision.objects.count() == 2


@pytest.mark.parametrize(
    "role", [r for r in Post.Role.values if r not in ("dispatcher", "verifier", "chief")]
)
def test_only_reviewers_decide(client: Client, stations: City, role: str) -> None:
    answer = confirm(as_(client, stations, role))
    assert answer.status_code in (403, 404)
    assert not ValueDecision.objects.exists()
    assert "确认并记录" not in preview(client, **FORM).content.decode()


def test_another_countys_reviewer_sees_nothing(client: Client, stations: City) -> None:
    as_(client, stations, "verifier", "140321")
    assert preview(client).status_code == 404
    assert confirm(client).status_code == 404
    assert "1738A" not in client.get(reverse("station_quality:index")).content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"items": []}, "因子"),
        ({"items": ["pm1"]}, "因子"),
        ({"start": "昨天"}, "无法识别"),
        ({"start": "2019-01-12T04:30"}, "整点"),
        ({"until": "2019-01-12T04:00"}, "晚于"),
        ({"until": "2019-01-30T04:00"}, "尚未到来"),
        ({"start": "2018-11-12T04:00"}, "31 天"),
        ({"reason": " "}, "理由"),
        ({"verdict": "delete"}, "结论"),
    ],
)
def test_a_wrong_form_says_what_to_mend(
    client: Client, stations: City, changes: dict[str, Any], says: str
) -> None:
    assert says in confirm(as_(client, stations), **changes).content.decode()
    assert not ValueDecision.objects.exists()


def test_a_wrong_form_keeps_what_was_typed_and_says_it_beside_the_field(
    client: Client, stations: City
) -> None:
    answer = confirm(as_(client, stations), start="昨天", reason="采样泵故障")
    assert answer.context["form"].errors.keys() == {"start"}
    assert "“昨天”不是时间" in answer.content.decode()
    assert 'value="昨天"' in answer.content.decode()
    again = confirm(client, start="2019-01-12T04:00", verdict="keep", reason=" ")
    assert again.context["form"]["verdict"].value() == "keep"


def test_findings_and_decisions_can_be_taken_away(client: Client, stations: City) -> None:
    confirm(as_(client, stations), reason="=1+1")
    content = client.get(reverse("station_quality:index"), {"as": "xlsx"}).content
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["质量发现", "审核决定"]
    row = [c.value for c in book["审核决定"][2]]
    assert row[:4] == ["市中心", "1738A", "城区", "PM10"]
    assert row[8] == "=1+1"
    assert book["审核决定"]["I2"].data_type == "s"


def test_the_practice_city_has_one_worked_example(stations: City) -> None:
    assert "审核示例" in demo.build(NOW)
    assert "已存在" in demo.build(NOW)
    made = ValueDecision.objects.get()
    assert (made.site_id, made.items, made.verdict) == ("1738A", "pm10", "exclude")
    assert "模拟" in made.reason


def test_a_replay_before_the_decision_does_not_know_it(client: Client, stations: City) -> None:
    confirm(as_(client, stations))
    clock.set_replay(NOW - timedelta(hours=1), 0)
    assert decisions_of(["1738A"]).is_empty()
