"""A rule that is tried on the last 30 days: the check runs again as of many moments, and verdicts of people are looked up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bihuan import clock, jobs, schedule, trying
from bihuan.cases import alarm_rules, judging, rule_tries
from bihuan.cases.incident_models import Incident
from bihuan.cases.models import Finding, RuleTry
from bihuan.domain.alarm_rules import NO_RULE, Rule, Tried
from bihuan.domain.checks import FINDINGS, Check
from bihuan.domain.parameters import Parameter
from bihuan.domain.rule_tryouts import PROBLEMS, problems, tried_against
from bihuan.scenarios.catalogue import Entry, every_check
from bihuan.scenarios.contract import Scenario
from tests.people import City

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
KEY = "air.stuck"
GAP = timedelta(hours=6)
KNOWN = {"hours": Parameter("最短时长", "h", 1, 24, "持续这么多小时才报", 3)}
EPISODES = ((-100, 4, "S1"), (-80, 2, "S1"), (-60, 8, "S2"), (-40, 5, "S3"), (-3, 3, "S4"))
"""Beginning and length [h] against NOW, and the station."""


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def spans(*rows: tuple[str, float, float]) -> pl.DataFrame:
    made = [("site", target, "", at(a), at(b)) for target, a, b in rows]
    return pl.DataFrame(made, schema=PROBLEMS, orient="row")


def said(*rows: tuple[str, float, float, bool | None]) -> pl.DataFrame:
    """Recorded findings with what people said of them."""
    made = spans(*(row[:3] for row in rows))
    return made.with_columns(right=pl.Series([row[3] for row in rows], dtype=pl.Boolean))


def test_rows_of_many_looks_are_one_problem_while_it_goes_on() -> None:
    looks = [("A", 0, 1), ("A", 0, 3), ("A", 9, 10), ("A", 16.5, 17), ("B", 0, 3)]
    assert problems(spans(*looks), GAP).equals(spans(("A", 0, 10), ("A", 16.5, 17), ("B", 0, 3)))


def test_a_problem_takes_the_verdict_of_the_finding_it_was() -> None:
    found = spans(("A", 0, 3), ("A", 50, 53), ("A", 90, 92), ("B", 0, 3), ("C", 0, 3))
    recorded = said(
        ("A", 1, 2, True), ("A", 58, 60, False), ("A", 99, 100, True), ("B", 0, 9, None), ("D", 0, 3, True)
    )
    # A from 50 on is five hours before what was rejected; A from 90 on seven hours before what was confirmed; C is new.
    assert tried_against(found, recorded, GAP) == Tried(5, 1, 1, 2)


def test_a_problem_of_which_one_finding_was_right_is_right() -> None:
    recorded = said(("A", 0, 1, False), ("A", 2, 3, True), ("A", 4, 5, None))
    assert tried_against(spans(("A", 0, 5)), recorded, GAP) == Tried(1, 1, 0, 0)


SPANS = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 80), st.integers(1, 9)).map(
        lambda r: (r[0], float(r[1]), float(r[1] + r[2]))
    ),
    max_size=12,
)


@given(rows=SPANS, cut=st.integers(0, 12))
def test_looks_may_be_gathered_in_any_portions(rows: list[tuple[str, float, float]], cut: int) -> None:
    portions = pl.concat([problems(spans(*rows[:cut]), GAP), spans(*rows[cut:])])
    assert problems(portions, GAP).equals(problems(spans(*rows), GAP))
    counted = tried_against(problems(spans(*rows), GAP), said(), GAP)
    assert counted.shown == counted.unseen <= len(rows)


def rows_known(now: datetime, back: timedelta) -> tuple[pl.DataFrame]:
    """Each episode as far as it had gone at a moment: what had been received by then."""
    rows = [
        (target, at(begin), min(at(begin + length), now))
        for begin, length, target in EPISODES
        if at(begin) < now and at(begin + length) > now - back
    ]
    schema = {"target": pl.String(), "start": FINDINGS["start"], "until": FINDINGS["until"]}
    return (pl.DataFrame(rows, schema=schema, orient="row"),)


def lasting(known: pl.DataFrame, *, hours: int = 3) -> pl.DataFrame:
    """Episodes of so many hours."""
    long = known.filter(pl.col("until") - pl.col("start") >= timedelta(hours=hours))
    return long.select(
        target_kind=pl.lit("site"), target="target", start="start", until="until", item=pl.lit(""),
        magnitude=pl.lit(1.0), unit=pl.lit("h"), title=pl.lit("t"), evidence=pl.lit("{}"),
        phrase=pl.lit(None, dtype=pl.String),
    )  # fmt: skip


@pytest.fixture
def entry() -> Entry:
    real = next(e for e in every_check() if e.check.key == KEY)
    scenario = Scenario("试", "试", "1", inputs=rows_known, look_back=timedelta(hours=72))
    check = Check(KEY, "测试", "依据", "minor", "hours", lasting)
    return replace(real, scenario=scenario, check=check, overrides={}, parameters=KNOWN)


@pytest.fixture
def recorded(city: City, data_dir: Path) -> None:
    """What the rounds of checks found by the rule of three hours; two were judged."""
    clock.set_replay(NOW, 0)
    for begin, length, target in EPISODES:
        if length >= 3:
            made = Finding.objects.create(
                check_key=KEY, target_kind="site", target=target, target_name="站", title="t", region=city.regions["140321"],
                started_at=at(begin), until=at(begin + length), magnitude=1.0, severity="minor", found_at=at(begin),
                evidence_hash="", incident=Incident.objects.create(opened_at=NOW), running=True,
            )  # fmt: skip
            if target == "S2":
                judging.confirm(made, city.person("dispatcher", "140300"))
            if target == "S1":
                judging.reject(made, city.person("dispatcher", "140300"), "误报")


@pytest.fixture(autouse=True)
def five_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many days show what thirty would."""
    monkeypatch.setattr(alarm_rules, "PERIOD", timedelta(days=5))


def nothing(_done: int, _total: int) -> None:
    """Nobody looks."""


def test_a_changed_parameter_is_computed_as_the_rounds_would_have_seen_it(
    entry: Entry, recorded: None
) -> None:
    """Four episodes last three hours, one two; five hours or more last S2 (right) and S3 (nobody judged)."""
    stricter = trying.try_out(entry, NO_RULE, Rule(parameters={"hours": 5}), NOW, nothing)
    assert (stricter.now, stricter.then) == (Tried(4, 1, 1, 0), Tried(2, 1, 0, 0))
    assert (stricter.looks, stricter.step_hours, stricter.cut) == (120, 1, False)
    assert (stricter.since, stricter.until) == (NOW - alarm_rules.PERIOD, NOW)
    looser = trying.try_out(entry, NO_RULE, Rule(parameters={"hours": 2}), NOW, nothing)
    assert looser.then == Tried(5, 1, 1, 1)  # one of two hours, which no round showed


def test_what_the_rule_in_force_hides_is_computed_too(entry: Entry, recorded: None) -> None:
    result = trying.try_out(entry, Rule(delay_on=300), NO_RULE, NOW, nothing)
    assert (result.now.shown, result.then.shown) == (2, 4)


def test_a_try_that_would_take_too_long_looks_less_often_and_never_past_what_a_look_sees(
    entry: Entry, recorded: None
) -> None:
    assert trying._step(entry, each=5.0, budget=300) == 2  # 120 moments of five seconds in five minutes
    assert trying._step(entry, each=0.01, budget=300) == 1
    assert trying._step(entry, each=1000.0, budget=300) == 72
    cut = trying.try_out(entry, NO_RULE, NO_RULE, NOW, nothing, budget=1e-9)
    assert (cut.looks, cut.cut, cut.since) == (trying.MEASURED, True, at(-1 - 72))
    assert cut.then.shown == 3  # of S1, which was before, nothing is claimed


def tried_on_the_page(city: City, **form: str) -> tuple[Client, str]:
    page = Client()
    page.force_login(city.person("dispatcher", "140300"))
    answer = page.post(reverse("rule_change", args=[KEY, "try"]), form)
    assert answer.status_code == 302
    return page, answer.headers["Location"]


def text(page: Client, address: str) -> str:
    return " ".join(page.get(address).content.decode().split())


def test_the_page_waits_for_the_job_and_then_says_what_was_computed(
    city: City, entry: Entry, recorded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, address = tried_on_the_page(city, p_least_hours="6")
    assert "等待后台任务开始试算" in text(page, address)
    monkeypatch.setattr(trying, "every_check", lambda: (entry,))
    RuleTry.objects.update(content=alarm_rules.written(Rule(parameters={"hours": 5})))
    (job,) = (j for j in schedule.every_job() if j.name == "try")
    assert job.asked()
    assert jobs.run_due(job, NOW)
    said = text(page, address)
    assert "现行规则：会报 4 条，其中属实 1 条、否定 1 条" in said
    assert "改后：会报 2 条，其中属实 1 条、否定 0 条" in said
    assert "2019-02-20 14:00 至 2019-02-25 14:00，每 1 小时一个时刻，共 120 个" in said
    assert not job.asked()
    assert "会报 2 条" in text(page, reverse("rule_try", args=[KEY, RuleTry.objects.get().pk]))


def broken(known: pl.DataFrame, *, hours: int = 3) -> pl.DataFrame:
    raise ZeroDivisionError("by hours")


def test_a_check_that_fails_with_a_parameter_says_so_and_stops_no_other_try(
    city: City, entry: Entry, recorded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, address = tried_on_the_page(city, p_least_hours="6")
    monkeypatch.setattr(
        trying, "every_check", lambda: (replace(entry, check=replace(entry.check, run=broken)),)
    )
    assert "出错" in trying.try_waiting(NOW, print)
    assert "ZeroDivisionError" in text(page, address)
    assert trying.try_waiting(NOW, print) == "没有待试算的规则"


def test_a_try_whose_process_is_killed_again_and_again_is_given_up(city: City, recorded: None) -> None:
    page, address = tried_on_the_page(city, p_least_hours="6")
    for _ in range(rule_tries.MOST_BEGUN):
        assert rule_tries.begin() is not None
    assert rule_tries.begin() is None
    assert "多次被中断" in text(page, address)


def test_only_what_was_asked_last_is_tried(city: City, recorded: None) -> None:
    tried_on_the_page(city, p_least_hours="6")
    tried_on_the_page(city, p_least_hours="7")
    assert [t.content["parameters"] for t in RuleTry.objects.all()] == [{"least_hours": 7}]


@pytest.mark.parametrize(
    ("rule", "in_force", "computed"),
    [
        (Rule(delay_on=60), NO_RULE, False),
        (Rule(parameters={"hours": 5}), NO_RULE, True),
        (Rule(parameters={"hours": 5}, delay_on=60), Rule(parameters={"hours": 5}), False),
        (Rule(delay_on=60), Rule(least=2.0), True),  # what was too small was never recorded
        (NO_RULE, Rule(delay_on=60), True),
    ],
)
def test_the_check_runs_again_where_what_was_recorded_cannot_tell(
    rule: Rule, in_force: Rule, *, computed: bool
) -> None:
    assert rule_tries.needs_computing(rule, in_force) is computed
