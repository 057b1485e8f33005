"""The watch on drift in words and numbers, the columns of the report, and the rows of models; worked by hand."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.utils import translation

from bihuan import clock
from bihuan.domain.forecast.linear import BLOCKS
from bihuan.domain.verification.drift import LEAST_PAIRS, Drift
from bihuan.english import told
from bihuan.forecasting.records import Change
from bihuan.scenarios.forecast import model_pages
from bihuan.scenarios.forecast.scores import columns, drift, gathering, opinions, report, splits, tables
from bihuan.scenarios.forecast.scores.gathering import MODELS

NOW = datetime(2019, 2, 25, 1, tzinfo=UTC)


def chinese(text: str) -> bool:
    return any("\u3400" < letter < "\u9fff" for letter in text)


def validation(*values: float) -> dict[str, Any]:
    return {"validation": {"pm25": {"combined": [*values, *[999.0] * (len(BLOCKS) - len(values))]}}}


def test_the_validation_of_the_first_day_weighs_its_blocks_by_their_hours() -> None:
    """Blocks of 3, 3, 6 and 12 hours at 10, 10, 20 and 30: the root of (300 + 300 + 2400 + 10800) / 24 = 575."""
    assert drift.validated(validation(10, 10, 20, 30), "pm25") == pytest.approx(math.sqrt(575))
    assert drift.validated(validation(7, 7, 7, 7), "pm25") == pytest.approx(7.0)


@pytest.mark.parametrize(
    "meta",
    [{}, {"validation": {}}, {"validation": {"pm25": {}}}, {"validation": {"pm25": {"combined": [1.0]}}}],
)
def test_a_run_whose_model_kept_no_validation_or_another_kind_has_none(meta: dict[str, Any]) -> None:
    assert drift.validated(meta, "pm25") is None
    assert drift.validated(validation(1, 1, 1, 1), "o3") is None


def finding(**given: Any) -> Drift:
    known: dict[str, Any] = {
        "item": "pm25", "n": 480, "rmse": 30.0, "validation": 20.0, "ratio": 1.5, "shift": 0.05, "worse": False, "shifted": False,
        "text": "",
    }  # fmt: skip
    return Drift(**known | given)


STABLE = "实测分布与此前 60 天相比的稳定性指数为 0.05，在平常的变化之内"
SENTENCES = [
    (finding(), "PM2.5：近 14 天均方根误差 30.0，是检验时 20.0 的 1.50 倍（480 个小时），没有明显变差；"),
    (finding(worse=True), "PM2.5：近 14 天均方根误差 30.0，是检验时 20.0 的 1.50 倍（480 个小时），明显变差，建议重新训练并核查输入；"),
    (
        finding(ratio=None, validation=None),
        "PM2.5：近 14 天均方根误差 30.0（480 个小时），模型没有留下检验误差，无从比较；",
    ),
    (
        finding(item="o3", n=3, rmse=None, ratio=None),
        f"O3：近 14 天可评的小时只有 3 个（至少 {LEAST_PAIRS} 个），不作判断；",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("found", "begins"), SENTENCES)
def test_the_watch_says_what_the_errors_were_against_what_was_promised(found: Drift, begins: str) -> None:
    assert drift.sentence(found).startswith(begins)
    with translation.override("en"):
        assert not chinese(drift.sentence(found))


@pytest.mark.parametrize(
    ("found", "ends"),
    [
        (finding(shift=None), "；输入太少，分布不作比较。"),
        (finding(shift=0.05), "稳定性指数为 0.05，在平常的变化之内。"),
        (finding(shift=0.31, shifted=True), "稳定性指数为 0.31，变化很大（天气、季节或仪器变化都会如此）。"),
    ],
)
def test_the_watch_says_whether_what_is_measured_has_changed(found: Drift, ends: str) -> None:
    assert drift.sentence(found).endswith(ends)
    with translation.override("en"):
        assert not chinese(drift.sentence(found))


@pytest.mark.django_db
def test_without_a_run_there_is_nothing_to_watch(data_dir: Path) -> None:
    clock.set_replay(NOW, 0)
    assert drift.findings() == []
    assert drift.shown() == []


def cells(shown: tuple[columns.Column, ...], row: dict[str, Any]) -> dict[str, str]:
    return {head: cell(row) for head, cell in shown}


RATIO = {
    "ours": 30.04,
    "other": 40.0,
    "ratio": 0.751,
    "ratio_low": 0.7,
    "ratio_high": 0.81,
    "verdict": "显著优于",
}
ROW = {"item": "pm25", "block": "1-24", "model": "ours", "n": 480}


def test_errors_are_printed_with_their_decimals_and_signs() -> None:
    errors = {"rmse": 30.04, "mae": 20.0, "bias": 1.25, "correlation": None, "crps": 0.449}
    assert cells(columns.ERRORS, ROW | errors) == {
        "因子": "PM2.5", "时效": "1-24 h", "方法": "本系统", "样本": "480", "RMSE": "30.0", "MAE": "20.0", "偏差": "+1.2",
        "相关系数": "—", "CRPS": "0.4",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("block", "shown"), [("1-24", "1-24 h"), ("49-72", "49-72 h"), ("1d", "1 天"), ("3d", "3 天")]
)
def test_a_lead_is_in_hours_or_days(block: str, shown: str) -> None:
    happened = {
        "threshold": 75.0,
        "happened": 3,
        "hits": 2,
        "misses": 1,
        "false_alarms": 0,
        "pod": 2 / 3,
        "far": 0.0,
        "csi": None,
    }
    found = cells(columns.EVENTS, ROW | happened | {"block": block})
    assert (found["时效"], found["阈值"], found["POD"], found["FAR"], found["CSI"]) == (
        shown,
        "75",
        "0.67",
        "0.00",
        "—",
    )


def test_a_ratio_has_its_interval_or_a_dash() -> None:
    with_one = cells(columns.COMPARED, ROW | RATIO | {"days": 20})
    assert (with_one["天数"], with_one["比值"], with_one["90% 区间"], with_one["结论"]) == (
        "20",
        "0.75",
        "0.70–0.81",
        "显著优于",
    )
    assert (
        cells(columns.SITES, ROW | RATIO | {"days": 3, "place": "市中心", "ratio_low": None})["90% 区间"]
        == "—"
    )


def test_hits_and_opinions_stand_as_percent_side_by_side() -> None:
    hits = {
        "ahead": 1, "n": 9, "hit": 1 / 3, "within_one": 1.0, "range_hit": 0.5, "index_hit": None, "primary_hit": None, "primary_n": None,
        "kept": 0.0,
    }  # fmt: skip
    found = cells(columns.HITS, hits)
    assert (found["级别命中"], found["AQI 范围命中"], found["首要污染物命中"], found["持续性级别命中"]) == (
        "33%",
        "—",
        "—（0 天次）",
        "0%",
    )
    machine = {"mae": 12.34, "bias": -3.0, "level_hit": 0.5, "inside": 0.25, "primary_hit": None}
    theirs = machine | {"mae": 9.0, "bias": 0.04}
    row = {"name": "会商预报", "item": "aqi", "ahead": 2, "n": 7, "machine": machine, "theirs": theirs}
    said = cells(columns.OPINIONS, row)
    assert (said["因子"], said["MAE 机器｜对方"], said["偏差"], said["级别命中"], said["首要污染物命中"]) == (
        "AQI", "12.3｜9.0", "-3.0｜+0.0", "50%｜50%", "—｜—",
    )  # fmt: skip


def test_a_day_has_a_column_for_every_method() -> None:
    row = {"item": "o3", "day": NOW.date(), "n": 24, **dict.fromkeys(MODELS, 10.0), "damped": None}
    assert cells(columns.DAYS, row) == {
        "因子": "O3", "日期": "02-25", "样本": "24", "本系统 RMSE": "10.0", "持续性 RMSE": "10.0", "阻尼持续性 RMSE": "—",
    }  # fmt: skip


ALL = [v for name, v in vars(columns).items() if name.isupper() and name[0] != "_" and isinstance(v, tuple)]
NOTES = [value for name, value in vars(columns).items() if name.endswith("_NOTE")]


def test_every_head_and_note_of_the_report_has_its_english() -> None:
    heads = {head for shown in ALL for head, _cell in shown}
    texts = [
        *heads,
        *NOTES,
        columns.hits_note(),
        columns.kinds_note(),
        columns.episodes_note(),
        report.footer(),
    ]
    with translation.override("en"):
        left = [text for text in texts if chinese(told(text))]
    assert left == []


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(None, None, "天数太少，不作区间"), (0.7, 0.99, "显著优于"), (0.7, 1.0, "差别不显著"), (1.0, 1.2, "差别不显著"), (1.01, 1.2, "显著劣于")],
)  # fmt: skip
def test_a_difference_is_called_one_only_where_the_interval_leaves_no_doubt(
    low: float | None, high: float | None, said: str
) -> None:
    assert tables.verdict({"ratio_low": low, "ratio_high": high}) == said


def test_rows_stand_in_the_order_of_people() -> None:
    table = pl.DataFrame(
        [(i, m) for i in ("aqi", "o3", "o3_8h", "pm25") for m in ("damped", "ours", "persistence")],
        schema=["item", "model"], orient="row",
    )  # fmt: skip
    rows = tables.rows_of(table, "item", "model")
    assert [r["item"] for r in rows[::3]] == ["pm25", "o3", "o3_8h", "aqi"]
    assert [r["name"] for r in rows[:3]] == ["本系统", "持续性", "阻尼持续性"]


def test_every_season_weather_and_voice_is_named_and_ordered() -> None:
    assert set(splits.ORDER) == set(splits.KINDS)
    rows = [
        {"voice": v, "item": i, "ahead": a}
        for v in ("guidance", "person")
        for i in ("o3_8h", "aqi")
        for a in (2, 1)
    ]
    rows.sort(key=opinions._place)
    assert [(r["voice"], r["item"], r["ahead"]) for r in rows[:3]] == [
        ("person", "aqi", 1), ("person", "aqi", 2), ("person", "o3_8h", 1),
    ]  # fmt: skip


def test_the_overview_counts_issues_in_china_time_and_names_both_ends() -> None:
    issued = [datetime(2019, 1, 31, 16, tzinfo=UTC), datetime(2019, 2, 28, 12, tzinfo=UTC)]
    found: Any = SimpleNamespace(
        said=pl.DataFrame({"issued": [*issued, issued[0]]}),
        hours=pl.DataFrame({"model": ["ours", "ours", "persistence"]}),
        days=pl.DataFrame({"date": [NOW.date(), NOW.date()]}),
    )
    compared = [
        {**ROW, **RATIO, "model": model, "block": block} for model in ("persistence", "damped") for block in ("1-24", "25-48", "49-72")
    ]  # fmt: skip
    first, *rest = report.overview(found, compared)
    assert (
        first
        == "共起报 2 次（02-01 00:00 至 02-28 20:00），有实测可评的逐小时预报 2 个，有实测可评的日 1 天。"
    )
    assert rest == [
        f"PM2.5 第 {block} 小时：均方根误差 30.0，持续性 40.0，比值 0.75（90% 区间 0.70–0.81），显著优于。" for block in ("1-24", "49-72")
    ]  # fmt: skip
    (short,) = report.overview(found, [compared[0] | {"ratio_low": None, "ratio": None}])[1:]
    assert "比值 —，显著优于。" in short


def record(model_id: str, kind: str, fitted: datetime) -> Any:
    return SimpleNamespace(
        model_id=model_id, kind=kind, fitted_at=fitted, validation={}, size=2_500_000, sites=("A", "city:140300", "B"),
    )  # fmt: skip


SHELF: Any = SimpleNamespace(has_file=lambda model_id: model_id == "kept")


def test_a_model_has_its_role_who_gave_it_and_only_its_stations_count() -> None:
    change = Change(NOW, "kept", "champion", "新模型偏高", "admin")
    row = model_pages._row(SHELF, record("kept", "a", NOW), change)
    assert (row["role"], row["reason"], row["who"], row["megabytes"], row["kept"], row["sites"]) == (
        "champion", "新模型偏高", "admin", 2.5, True, 2,
    )  # fmt: skip
    lost = model_pages._row(SHELF, record("lost", "a", NOW), None)
    assert (lost["role"], lost["reason"], lost["who"], lost["kept"]) == ("retired", "训练后未启用", "", False)


def test_a_challenger_of_the_same_kind_waits_since_its_fit_and_another_since_its_trial_began(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set_replay(NOW, 0)
    monkeypatch.setattr(model_pages, "trial_of", lambda *_: (NOW - timedelta(days=5), ["look"]))
    champion = record("now", "a", NOW - timedelta(days=30))
    others = [
        record("refit", "a", NOW - timedelta(days=2, hours=23)),
        record("other", "b", NOW - timedelta(days=9)),
    ]
    roles = {"now": Change(NOW, "now", "champion", "", "")}
    roles |= {m: Change(NOW, m, "challenger", "", "") for m in ("refit", "other")}
    found = model_pages._trials(SHELF, [champion, *others], roles, champion)
    assert [(t["record"].model_id, t["other"], t["days"]) for t in found] == [
        ("refit", False, 2),
        ("other", True, 5),
    ]
    assert model_pages._trials(SHELF, [champion, *others], roles, None) == []


def test_the_validation_of_members_stands_in_their_usual_order() -> None:
    made: Any = SimpleNamespace(
        validation={"pm25": {"similar": [1], "combined": [2], "unknown": [3], "persistence": [4]}}
    )
    rows = model_pages._scores(made)
    assert [(r["member"], r["short"]) for r in rows] == [
        ("combined", True),
        ("persistence", True),
        ("similar", False),
    ]


def test_every_column_of_models_and_place_of_a_span_is_said_for_a_reader_of_english() -> None:
    with translation.override("en"):
        assert not [head for head in model_pages.COLUMNS if chinese(told(head))]
        assert not [name for name in model_pages.MEMBERS.values() if chinese(told(name))]
    assert gathering.recent(NOW).first == NOW - timedelta(days=14)
