"""Rules as they are set: by whom, with which reason, and how a round of checks goes by them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bihuan import clock
from bihuan.cases import alarm_rules, judging, rule_tries
from bihuan.cases.errors import IllegalMove
from bihuan.cases.incident_models import Incident
from bihuan.cases.models import Finding, RuleTry, RuleVersion
from bihuan.domain.alarm_rules import NO_RULE, Rule, Window
from bihuan.domain.checks import FINDINGS, Check
from bihuan.domain.parameters import Parameter
from bihuan.errors import NotAllowed
from bihuan.registry.log_check import check_log
from bihuan.registry.models import Site
from bihuan.scenarios import checking
from bihuan.scenarios.catalogue import Entry, every_check
from tests.people import CITY_CODE, City

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
KEY = "air.stuck"
KNOWN = {
    "hours": Parameter("最短时长", "h", 1, 24, "持续这么多小时才报", 5),
    "share": Parameter("比例", "", 0, 1, "达到这个比例才报", 0.5),
}
FOUND = {"found": Parameter("行数", "", 0, 9, "找到几行", 2)}


@pytest.fixture(autouse=True)
def today(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)
    Site.objects.create(
        code="X1", name="测试站", rank="national", region=city.regions["140321"], lon=113.6, lat=37.8
    )


def officer(city: City, role: str = "dispatcher", region: str = CITY_CODE) -> Any:
    return city.person(role, region)


def set_rule(city: City, rule: Rule, reason: str = "试行") -> RuleVersion:
    return alarm_rules.change(officer(city), KEY, rule, reason, known=KNOWN)


def test_a_rule_counts_from_its_date_on_and_an_undo_goes_back(city: City) -> None:
    set_rule(city, Rule(delay_on=60))
    clock.set_replay(NOW + timedelta(hours=1), 0)
    set_rule(city, Rule(delay_on=90))
    assert alarm_rules.rule_at(KEY, NOW - timedelta(hours=1)) == NO_RULE
    assert alarm_rules.rule_at(KEY, NOW).delay_on == 60
    assert alarm_rules.rule_of(KEY).delay_on == 90
    alarm_rules.undo(officer(city), KEY, "误设")
    assert alarm_rules.rule_of(KEY).delay_on == 60
    kinds = [v.kind for v in alarm_rules.versions(KEY)]
    assert kinds == ["undone", "changed", "changed"]
    assert check_log() == []


def test_the_first_change_can_be_undone_to_nothing_set(city: City) -> None:
    set_rule(city, Rule(least=2.0))
    alarm_rules.undo(officer(city), KEY, "误设")
    assert alarm_rules.rule_of(KEY) == NO_RULE
    with pytest.raises(IllegalMove, match="没有改过"):
        alarm_rules.undo(officer(city), "air.spike", "误设")


def test_a_version_cannot_be_changed_afterwards(city: City) -> None:
    made = set_rule(city, Rule(delay_on=60))
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleVersion.objects.filter(pk=made.pk).update(reason="别的")


@pytest.mark.parametrize(
    ("role", "region"), [("verifier", CITY_CODE), ("auditor", CITY_CODE), ("chief", "140321")]
)
def test_only_the_office_of_the_city_sets_rules(city: City, role: str, region: str) -> None:
    with pytest.raises(NotAllowed):
        alarm_rules.change(officer(city, role, region), KEY, Rule(delay_on=60), "试行", known=KNOWN)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule(parameters={"other": 1.0}), "没有参数 other"),
        (Rule(parameters={"hours": 4.5}), "最短时长应是整数，不能是 4.5"),
        (Rule(parameters={"hours": 48}), "最短时长不能是 48，应在 1–24 h 之间"),
        (Rule(parameters={"share": float("nan")}), "比例不能是 nan，应在 0–1 之间"),
        (Rule(delay_on=-1), "起报延时应在"),
        (Rule(delay_off=1e9), "消除延时应在"),
        (Rule(worse_after={5.0: "awful"}), "级别从列表中选择"),
        (Rule(duty=(8, 8)), "值守时段"),
        (Rule(windows=(Window("all", "", NOW, NOW, "x"),)), "静默时段"),
        (Rule(windows=(Window("all", "", NOW, NOW + timedelta(days=8), "x", weekly=True),)), "不能长于一周"),
        (NO_RULE, "没有改动"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(city: City, rule: Rule, said: str) -> None:
    with pytest.raises(IllegalMove, match=said):
        set_rule(city, rule)


def test_a_change_needs_a_reason(city: City) -> None:
    with pytest.raises(IllegalMove, match="写明理由"):
        set_rule(city, Rule(delay_on=60), " ")


RULES = st.builds(
    Rule,
    parameters=st.dictionaries(st.sampled_from(list(KNOWN)), st.integers(0, 9).map(float)),
    delay_on=st.floats(0, 100),
    delay_off=st.floats(0, 100),
    least=st.none() | st.floats(0, 100),
    worse_after=st.dictionaries(st.floats(1, 99), st.sampled_from(["moderate", "serious"])),
    duty=st.none() | st.just((8, 18)),
    windows=st.just(())
    | st.just((Window("target", "X1", NOW, NOW + timedelta(hours=5), "检修", weekly=True),)),
)


@given(rule=RULES)
def test_a_rule_is_read_as_it_was_written(rule: Rule) -> None:
    assert alarm_rules.read(alarm_rules.written(rule)) == rule


def rows(*hours: float) -> pl.DataFrame:
    made = [
        ("site", "X1", NOW + timedelta(hours=12 * n), NOW + timedelta(hours=12 * n + h), "", h, "h", f"{h:g} 小时", "{}", None)
        for n, h in enumerate(hours)
    ]  # fmt: skip
    return pl.DataFrame(made, schema=FINDINGS, orient="row")


@pytest.fixture
def entry() -> Entry:
    """A check whose parameter says how many rows it finds."""
    real = next(e for e in every_check() if e.check.key == KEY)

    def run(*, found: int = 2) -> pl.DataFrame:
        return rows(0.5, 3.0, 4.0).head(found)

    return replace(
        real, check=Check(KEY, "测试", "依据", "minor", "hours", run), overrides={}, parameters=FOUND
    )


def test_a_round_of_checks_goes_by_the_rule(city: City, entry: Entry) -> None:
    alarm_rules.change(
        officer(city), KEY, Rule(parameters={"found": 3.0}, delay_on=60, worse_after={4.0: "serious"}), "试行",
        known=FOUND,
    )  # fmt: skip
    said = checking._run(entry, (), NOW)
    assert (said.get("error"), said["new"]) == (None, 2)
    made = Finding.objects.order_by("started_at")
    assert [(f.title, f.severity) for f in made] == [("3 小时", "minor"), ("4 小时", "serious")]


def test_without_a_rule_a_round_files_what_the_check_finds(entry: Entry) -> None:
    assert checking._run(entry, (), NOW)["new"] == 2
    assert set(Finding.objects.values_list("severity", flat=True)) == {"minor"}


def signed_in(city: City, role: str = "dispatcher", region: str = CITY_CODE) -> Client:
    made = Client()
    made.force_login(officer(city, role, region))
    return made


def stored(city: City, count: int, hours: float, verdict: str = "") -> None:
    """Findings of the last days, judged by the city."""
    first = Finding.objects.count()
    for n in range(first, first + count):
        start = NOW - timedelta(hours=12 * (n % 50) + 1)
        made = Finding.objects.create(
            check_key=KEY, target_kind="site", target=f"S{n}", target_name="站", title="t", region=city.regions["140321"],
            started_at=start, until=start + timedelta(hours=hours), magnitude=1.0, severity="minor", found_at=start,
            evidence_hash="", incident=incident(), running=True,
        )  # fmt: skip
        if verdict == "rejected":
            judging.reject(made, officer(city), "误报")
        elif verdict:
            judging.confirm(made, officer(city))


def incident() -> Any:
    return Incident.objects.create(opened_at=NOW)


def try_it(city: City, **form: str) -> str:
    """What the page says after a rule was tried by its form."""
    address = reverse("rule_change", args=[KEY, "try"])
    page = signed_in(city).post(address, form, follow=True)
    return " ".join(page.content.decode().split())


def test_the_page_tries_a_change_on_the_last_thirty_days(city: City) -> None:
    stored(city, 5, 0.5, "rejected")
    stored(city, 4, 2.0, "confirmed")
    stored(city, 3, 0.5)
    said = try_it(city, delay_on="60")
    assert "现行规则：会报 12 条，其中属实 4 条、否定 5 条 <br>" in said
    assert "改后：会报 4 条，其中属实 4 条、否定 0 条</b>" in said
    assert 'name="delay_on" inputmode="decimal" value="60"' in said  # the form keeps what was tried
    assert alarm_rules.rule_of(KEY) == NO_RULE  # nothing is set by trying
    assert not rule_tries.waiting()


def test_a_change_that_cannot_be_meant_is_not_tried(city: City) -> None:
    assert "起报延时应在 0 至 10080 分钟之间" in try_it(city, delay_on="-5")
    assert "偶然出现的期望次数不能是 7，应在 0–1 之间" in try_it(city, p_chance="7")
    assert RuleTry.objects.count() == 0


@pytest.mark.parametrize(("role", "region"), [("verifier", CITY_CODE), ("chief", "140321")])
def test_only_who_may_set_a_rule_may_try_one(city: City, role: str, region: str) -> None:
    with pytest.raises(NotAllowed):
        rule_tries.ask(officer(city, role, region), KEY, Rule(delay_on=60), known=KNOWN, severity="minor")


def test_the_page_sets_silences_and_undoes(city: City) -> None:
    officer_page, address = signed_in(city), reverse("rule", args=[KEY])
    officer_page.post(
        reverse("rule_change", args=[KEY, "set"]), {"delay_on": "60", "p_hours": "", "reason": "抖动多"}
    )
    window = {
        "scope": "target",
        "target": "X1",
        "since": "2019-02-25T20:00",
        "until": "2019-02-26T02:00",
        "reason": "检修",
    }
    officer_page.post(reverse("rule_change", args=[KEY, "silence"]), window)
    rule = alarm_rules.rule_of(KEY)
    assert rule.delay_on == 60
    assert rule.windows[0].since == datetime(2019, 2, 25, 12, tzinfo=UTC)
    text = officer_page.get(address).content.decode()
    assert "检修" in text
    assert "抖动多" in text
    officer_page.post(reverse("rule_change", args=[KEY, "end"]), {"window": "0", "reason": "提前完工"})
    assert alarm_rules.rule_of(KEY).windows == ()
    officer_page.post(reverse("rule_change", args=[KEY, "undo"]), {"reason": "误结束"})
    assert len(alarm_rules.rule_of(KEY).windows) == 1


@pytest.mark.parametrize(
    ("action", "data", "said"),
    [
        ("set", {"delay_on": "很久", "reason": "x"}, "“很久”不是数"),
        ("silence", {"scope": "target", "reason": "x"}, "请写明静默的对象"),
        ("silence", {"scope": "all", "since": "x", "reason": "x"}, "起止时间"),
        ("accept", {}, "已经不在了"),
        ("dance", {}, "规则不能“dance”"),
    ],
)
def test_a_form_that_cannot_be_meant_is_answered_in_a_sentence(
    city: City, action: str, data: dict[str, str], said: str
) -> None:
    page = signed_in(city).post(reverse("rule_change", args=[KEY, action]), data, follow=True)
    assert said in page.content.decode()
    assert RuleVersion.objects.count() == 0


def test_a_rule_that_is_often_rejected_is_proposed_for_change_until_somebody_decides(city: City) -> None:
    stored(city, 10, 0.5, "rejected")
    stored(city, 12, 2.0, "confirmed")
    chief, address = signed_in(city, "chief"), reverse("rule", args=[KEY])
    assert address in chief.get(reverse("inbox")).content.decode()
    assert address not in signed_in(city, "verifier").get(reverse("inbox")).content.decode()
    why = (
        "起报延时由 0 改为 40 分钟：近 30 天判定 22 条，否定 10 条（45%），改后可少报 10 条，已属实的一条不少"
    )
    assert why in chief.get(address).content.decode()
    assert why in chief.get(reverse("inbox")).content.decode()
    tried = chief.post(reverse("rule_change", args=[KEY, "try"]), {"proposal": "1"}, follow=True)
    assert "改后：会报 12 条，其中属实 12 条、否定 0 条" in tried.content.decode()
    chief.post(reverse("rule_change", args=[KEY, "dismiss"]), {"reason": "季节性"})
    assert address not in chief.get(reverse("inbox")).content.decode()
    assert alarm_rules.versions(KEY)[0].kind == "dismissed"
    assert alarm_rules.rule_of(KEY) == NO_RULE


def test_an_accepted_proposal_is_set(city: City) -> None:
    stored(city, 10, 0.5, "rejected")
    stored(city, 12, 2.0, "confirmed")
    signed_in(city).post(reverse("rule_change", args=[KEY, "accept"]), {})
    assert 30 < alarm_rules.rule_of(KEY).delay_on <= 120


def test_the_page_shows_how_often_the_rule_spoke_each_day_and_what_people_said(city: City) -> None:
    stored(city, 3, 2.0, "confirmed")
    stored(city, 1, 0.5, "rejected")
    page = signed_in(city).get(reverse("rule", args=[KEY]))
    days = page.context["days"]
    # Every twelve hours one, from 13:00 of 25 February in China on back.
    assert (len(days.counts), days.counts[-3:], sum(days.counts), days.most) == (30, [0, 2, 2], 4, 2)
    said = " ".join(page.content.decode().split())
    assert "属实 3 条（75%）" in said
    assert "否定 1 条（25%）" in said
    assert "判定满 20 条" in said
