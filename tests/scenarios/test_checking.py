"""A round of checks: each leaves a record, none stops another, what is not registered is counted, inputs are let go of."""

import gc
import weakref
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan import clock
from bihuan.cases.models import CheckRun, Finding
from bihuan.domain.checks import FINDINGS, Check
from bihuan.domain.checks import check as named
from bihuan.scenarios import checking
from bihuan.scenarios.catalogue import Entry
from bihuan.scenarios.checking import ChecksFailed, check
from bihuan.scenarios.contract import Inputs, Scenario
from tests.people import City

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
BACK = timedelta(hours=72)
Rule = Callable[..., pl.DataFrame]


def one(target: str = "140321") -> Rule:
    """A rule that finds one thing about a region."""
    found = ("region", target, NOW - timedelta(hours=2), NOW, "", 1.0, "h", "试", "{}", None)
    return lambda *_: pl.DataFrame([found], schema=FINDINGS, orient="row")


def fails(*_: Any) -> pl.DataFrame:
    raise KeyError("pm25")


def nothing(*_: Any) -> tuple[Any, ...]:
    """Inputs of a scenario whose rules look at nothing."""
    return ()


def of(title: str, inputs: Inputs) -> Scenario:
    """A scenario whose checks take these inputs."""
    return Scenario(title, "试", "1", inputs=inputs, look_back=BACK)


def quiet(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def round_of(city: City, data_dir: object, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a round of rules, given as key -> (scenario, rule), on the inputs of their scenarios."""
    clock.set_replay(NOW, 0)

    def run(
        now: datetime = NOW, *, inputs: Mapping[str, Inputs] | None = None, **rules: tuple[str, Rule]
    ) -> str:
        clock.set_replay(now, 0)
        entries = [
            Entry(
                scenario,
                of(scenario, (inputs or {}).get(scenario, nothing)),
                named(key, title=key, basis="试", severity="minor")(rule),
                {},
            )
            for key, (scenario, rule) in rules.items()
        ]
        monkeypatch.setattr(checking, "every_check", lambda: tuple(entries))
        return check(now, quiet)

    return run


def test_every_check_leaves_a_record_of_its_run(round_of: Callable[..., str]) -> None:
    assert round_of(a=("x", one()), b=("x", one("999999"))) == "新发现 1 条，延续 0 条；1 个对象未登记"
    first, second = CheckRun.objects.order_by("id")
    assert (first.check_key, first.as_of, first.found, first.new, first.extended) == ("a", NOW, 1, 1, 0)
    assert (second.found, second.new, second.unknown) == (1, 0, ["999999"])
    assert first.seconds > 0
    round_of(a=("x", one()))
    assert (CheckRun.objects.latest("id").new, CheckRun.objects.latest("id").extended) == (0, 1)


def test_checks_of_a_scenario_share_one_preparation_and_each_says_what_it_took(
    round_of: Callable[..., str],
) -> None:
    prepared: list[datetime] = []

    def inputs(now: datetime, _back: timedelta) -> tuple[Any, ...]:
        prepared.append(now)
        return ()

    round_of(inputs={"x": inputs}, a=("x", one()), b=("x", one()), c=("y", one()))
    first, second, third = CheckRun.objects.order_by("id")
    assert prepared == [NOW]
    assert first.inputs_seconds == second.inputs_seconds > 0
    assert third.inputs_seconds != first.inputs_seconds


def test_a_failing_check_stops_no_other_and_says_why(round_of: Callable[..., str]) -> None:
    with pytest.raises(
        ChecksFailed, match=r"1 条规则出错：a（a）.*KeyError: 'pm25'.*；新发现 1 条，延续 0 条"
    ):
        round_of(a=("x", fails), b=("x", one()))
    first, second = CheckRun.objects.order_by("id")
    assert (first.check_key, second.check_key, second.error) == ("a", "b", "")
    assert "KeyError: 'pm25'" in first.error
    assert "完整记录在" in first.error
    assert Finding.objects.count() == 1


def test_a_table_that_cannot_be_filed_stops_no_other(round_of: Callable[..., str]) -> None:
    def odd(*_: Any) -> pl.DataFrame:
        return one()().with_columns(evidence=pl.lit("no JSON"))

    with pytest.raises(ChecksFailed):
        round_of(a=("x", odd), b=("x", one()))
    assert Finding.objects.get().check_key == "b"


def test_failing_inputs_of_one_scenario_stop_no_other(round_of: Callable[..., str]) -> None:
    def inputs(*_: Any) -> tuple[Any, ...]:
        raise OSError("disk gone")

    with pytest.raises(ChecksFailed, match=r"a（a）输入数据未能准备：.*OSError: disk gone"):
        round_of(inputs={"broken": inputs}, a=("broken", one()), b=("broken", one()), c=("whole", one()))
    runs = {r.check_key: ("OSError: disk gone" in r.error, r.new) for r in CheckRun.objects.all()}
    assert runs == {"a": (True, 0), "b": (True, 0), "c": (False, 1)}


def test_the_inputs_of_a_scenario_are_let_go_of_before_the_next_is_prepared(
    round_of: Callable[..., str],
) -> None:
    class Big:
        """Stands for tables of some hundred megabytes."""

    alive: list[weakref.ref[Big]] = []

    def inputs(*_: Any) -> tuple[Big]:
        gc.collect()
        assert [ref for ref in alive if ref() is not None] == []
        big = Big()
        alive.append(weakref.ref(big))
        return (big,)

    round_of(inputs=dict.fromkeys("xyz", inputs), a=("x", one()), b=("y", one()), c=("z", one()))
    assert len(alive) == 3


def test_quiet_runs_are_thinned_after_a_week_and_told_ones_after_three_months(
    round_of: Callable[..., str],
) -> None:
    round_of(found=("x", one()))
    round_of(quiet=("x", lambda *_: pl.DataFrame(schema=FINDINGS)))
    round_of(NOW + timedelta(days=8), later=("x", lambda *_: pl.DataFrame(schema=FINDINGS)))
    assert sorted(CheckRun.objects.values_list("check_key", flat=True)) == ["found", "later"]
    round_of(NOW + timedelta(days=91), last=("x", lambda *_: pl.DataFrame(schema=FINDINGS)))
    assert list(CheckRun.objects.values_list("check_key", flat=True)) == ["last"]


def test_only_the_checks_that_look_at_a_forecast_follow_it(
    round_of: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def entry(key: str, looks_at: str) -> Entry:
        made: Check = named(key, title=key, basis="试", severity="minor", looks_at=looks_at)(one())
        return Entry("x", of("x", nothing), made, {})

    monkeypatch.setattr(checking, "every_check", lambda: (entry("a", "hours"), entry("b", "forecast")))
    check(NOW, quiet, looks_at="forecast")
    assert CheckRun.objects.get().check_key == "b"
