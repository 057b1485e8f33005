"""What an exclusion changes, counted in plain Python from the file; who decides, what is kept and what is taken away."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan import clock
from bihuan.cases.filing import file_findings
from bihuan.cases.models import Finding
from bihuan.domain.outages import no_outages
from bihuan.domain.timeaxis import CST
from bihuan.registry.hours import hours_of
from bihuan.registry.models import AuditEntry, Site, ValueDecision
from bihuan.scenarios.station_quality.checks import CHECKS
from bihuan.scenarios.station_quality.tests.conftest import FIXTURES, NOW, START
from bihuan.scenarios.station_quality.tests.test_checks import SITES
from bihuan.scenarios.station_quality.tests.test_pages import FORM, as_, confirm, preview
from tests.people import ROLES, City

DAY = "2019-01-12"
JUDGES = ("dispatcher", "verifier", "chief")


def day_of(item: str, *, without: range = range(0), site: str = "1738A") -> list[float]:
    """Values of the day's hours of the file, each by the hour of its beginning; the file labels the end."""
    found = []
    with (FIXTURES / "episode.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            start = datetime.fromisoformat(row["time"]) - timedelta(hours=1)
            if row["site"] == site and f"{start:%Y-%m-%d}" == DAY and start.hour not in without:
                found.append(float(row[item]))
    return found


def cells(answer: Any, table: str = "days") -> dict[str, tuple[str, str]]:
    """Heading -> before and after, of the day (or of the month)."""
    rows = [r for r in answer.context[table] if table != "days" or f"{r['when']:%Y-%m-%d}" == DAY]
    return {c["name"]: (c["before"], c["after"]) for c in rows[0]["cells"]}


def span(first: int, last: int, **more: Any) -> dict[str, Any]:
    """The form for hours of the day."""
    return FORM | {"start": f"{DAY}T{first:02d}:00", "until": f"{DAY}T{last:02d}:00"} | more


def workbook(client: Client) -> dict[str, list[dict[str, Any]]]:
    """Both sheets as rows."""
    content = client.get(reverse("station_quality:index"), {"as": "xlsx"}).content
    found = {}
    for sheet in load_workbook(io.BytesIO(content)):
        head, *rows = list(sheet.iter_rows(values_only=True))
        found[sheet.title] = [dict(zip(head, r, strict=True)) for r in rows]
    return found


def find_all() -> None:
    """All checks on what the stations sent."""
    hours = hours_of(SITES["site"].to_list(), START, NOW, decided=False)
    for check in CHECKS:
        file_findings(check, check.run(hours, SITES, no_outages()))


def test_a_day_of_twenty_hours_is_the_mean_of_those_that_remain(client: Client, stations: City) -> None:
    found = cells(preview(as_(client, stations), **span(4, 8)))
    before, after = day_of("PM10"), day_of("PM10", without=range(4, 8))
    assert (len(before), len(after)) == (24, 20)
    assert found["PM10"] == (str(round(sum(before) / 24)), str(round(sum(after) / 20)))
    assert found["PM10"][0] != found["PM10"][1]
    others = {name: pair for name, pair in found.items() if name not in ("PM10", "AQI", "级别", "首要污染物")}
    assert len(others) == 5
    assert all(a == b for a, b in others.values())


def test_below_twenty_hours_the_day_has_no_mean(client: Client, stations: City) -> None:
    """GB 3095-2012, table 4: at least twenty hourly means of the day."""
    found = cells(preview(as_(client, stations), **span(4, 9)))
    assert found["PM10"] == (str(round(sum(day_of("PM10")) / 24)), "—")


def test_a_month_loses_the_day_that_is_not_valid_any_more(client: Client, stations: City) -> None:
    answer = preview(as_(client, stations), **span(0, 12, items=["pm25", "pm10", "so2", "no2", "co", "o3"]))
    assert answer.context["effect"].values == 12 * 6
    before, after = cells(answer, "months")["有效天数"]
    assert int(before) - int(after) == 1


def test_keeping_changes_no_number(client: Client, stations: City) -> None:
    answer = preview(as_(client, stations), **span(4, 9, verdict="keep"))
    for table in ("days", "months"):
        assert all(before == after for before, after in cells(answer, table).values())


def test_after_an_exclusion_a_re_audit_shows_what_would_come_back(client: Client, stations: City) -> None:
    confirm(as_(client, stations), **span(4, 9))
    answer = preview(as_(client, stations, "chief"), **span(4, 9, verdict="keep"))
    assert cells(answer)["PM10"] == ("—", str(round(sum(day_of("PM10")) / 24)))
    text = answer.content.decode()
    for part in ("采样泵故障", "verifier_140300", "已复核"):
        assert part in text
    # Beside it, not touched by the first decision: an audit again.
    assert "已审核" in preview(client, **span(9, 10)).content.decode()


@pytest.mark.parametrize(
    ("items", "stage"), [(["pm10"], "re-audited"), (["pm10", "co"], "re-audited"), (["co"], "audited")]
)
def test_the_stage_is_of_the_same_values(
    client: Client, stations: City, items: list[str], stage: str
) -> None:
    confirm(as_(client, stations), **span(4, 9))
    confirm(as_(client, stations, "chief"), **span(8, 12, items=items))
    assert ValueDecision.objects.latest("id").stage == stage


@pytest.mark.parametrize("role", ROLES)
def test_the_judges_of_the_stations_county_decide(client: Client, stations: City, role: str) -> None:
    as_(client, stations, role, "140302")
    confirm(client)
    assert ValueDecision.objects.exists() == (role in JUDGES)
    assert ("确认并记录" in preview(client, **span(12, 13)).content.decode()) == (role in JUDGES)


def test_the_audit_keeps_all_of_a_decision(client: Client, stations: City) -> None:
    confirm(as_(client, stations), **span(4, 9, items=["co", "pm10"], reason=" 采样泵故障 "))
    made, entry = ValueDecision.objects.get(), AuditEntry.objects.get(action="site.exclude")
    assert (entry.person, entry.target, entry.at) == (stations.person("verifier", "140300"), "1738A", NOW)
    assert entry.detail == {
        "decision": made.pk, "items": "pm10,co", "start": "2019-01-11T20:00:00+00:00", "stage": "audited",
        "until": "2019-01-12T01:00:00+00:00", "reason": "采样泵故障",
    }  # fmt: skip


@pytest.mark.parametrize(("start", "says"), [("2018-12-12T10:00", ""), ("2018-12-12T09:00", "31 天")])
def test_thirty_one_days_at_once_and_no_hour_more(
    client: Client, stations: City, start: str, says: str
) -> None:
    answer = confirm(as_(client, stations), start=start, until="2019-01-12T10:00")
    assert says in answer.content.decode()
    assert ValueDecision.objects.exists() == (not says)


def test_the_last_hour_may_be_judged_and_the_running_one_not(client: Client, stations: City) -> None:
    now = NOW.astimezone(CST)
    as_(client, stations)
    confirm(
        client,
        start=f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        until=f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    )
    assert not ValueDecision.objects.exists()
    confirm(client, start=f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}", until=f"{now:%Y-%m-%dT%H:%M}")
    assert ValueDecision.objects.get().until == NOW


def test_both_sheets_are_of_the_own_county_with_units_and_times_of_china(
    client: Client, stations: City
) -> None:
    find_all()
    confirm(as_(client, stations))
    mine, whole = workbook(as_(client, stations, "handler", "140311")), workbook(as_(client, stations))
    assert {r["编码"] for r in mine["质量发现"]} <= {"1739A", "1743A"}
    assert mine["审核决定"] == []
    (stuck,) = [r for r in whole["质量发现"] if r["规则编码"] == "air.stuck" and r["编码"] == "1738A"]
    assert (stuck["点位"], stuck["因子"], stuck["开始"], stuck["至"]) == (
        "市中心",
        "PM10",
        f"{DAY} 04:00",
        f"{DAY} 10:00",
    )
    assert (stuck["规则"], stuck["状态"], stuck["模拟"]) == ("数值长时间不变", "新发现", None)
    assert stuck["单位"]
    (made,) = whole["审核决定"]
    assert made == {
        "点位": "市中心", "编码": "1738A", "区划": "城区", "因子": "PM10", "开始": f"{DAY} 04:00", "至": f"{DAY} 10:00",
        "结论": "剔除", "阶段": "已审核", "理由": "采样泵故障", "审核人": "verifier_140300",
        "审核时间": f"{NOW.astimezone(CST):%Y-%m-%d %H:%M}", "模拟": None,
    }  # fmt: skip


def test_what_is_simulated_says_so(client: Client, stations: City) -> None:
    Site.objects.update(simulated=True)
    find_all()
    Finding.objects.update(simulated=True)
    confirm(as_(client, stations))
    found = workbook(client)
    assert {r["模拟"] for rows in found.values() for r in rows} == {"模拟"}


def test_a_replay_lists_and_exports_what_was_decided_by_then(client: Client, stations: City) -> None:
    confirm(as_(client, stations))
    clock.set_replay(NOW - timedelta(minutes=1), 0)
    assert "采样泵故障" not in client.get(reverse("station_quality:index")).content.decode()
    assert workbook(client)["审核决定"] == []


def test_a_finding_of_another_place_does_not_fill_the_form(client: Client, stations: City) -> None:
    find_all()
    spike = Finding.objects.filter(target="1739A").first()
    assert spike is not None
    as_(client, stations)
    assert spike.title not in preview(client, "1738A", finding=spike.pk).content.decode()
    assert spike.title in preview(client, "1739A", finding=spike.pk).content.decode()
    assert preview(as_(client, stations, "verifier", "140302"), "1739A", finding=spike.pk).status_code == 404


def test_without_findings_decisions_or_stations_the_page_says_so(client: Client, stations: City) -> None:
    text = as_(client, stations).get(reverse("station_quality:index")).content.decode()
    assert "没有待核的数据质量发现" in text
    assert "尚无审核决定。全部数据参与评价" in text
    assert (
        "您的区域内没有参与评价的点位"
        in as_(client, stations, "verifier", "140322").get(reverse("station_quality:index")).content.decode()
    )


def test_a_span_without_data_shows_no_change(client: Client, stations: City) -> None:
    answer = preview(
        as_(client, stations), **FORM | {"start": "2019-01-02T04:00", "until": "2019-01-02T10:00"}
    )
    assert (answer.status_code, answer.context["effect"].values) == (200, 0)
    for table in ("days", "months"):
        assert all(c["before"] == c["after"] for row in answer.context[table] for c in row["cells"])
