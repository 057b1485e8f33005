"""Patrols in words: conditions with what they lack, clocks, gaps, and what showed a sign."""

from datetime import UTC, datetime

import pytest

from bihuan.kit.patrol.models import Result, Sign, Stop
from bihuan.web.patrol.words import clock_words, conditions, evidence_words, metres, minutes, moments

NOW = datetime(2019, 2, 25, 4, tzinfo=UTC)


def kept(
    name: str, value: float | None, needed: float, unit: str, at_most: bool = False
) -> dict[str, object]:
    return {"name": name, "value": value, "needed": needed, "unit": unit, "at_most": at_most}


def test_a_condition_says_what_is_lacking_or_too_much_and_nothing_where_it_cannot_be_judged() -> None:
    told = [
        kept("ground_m", 2500, 3000, "m"), kept("minutes", 130, 120, "min"), kept("typical_kmh", 40, 15, "km/h", at_most=True),
        kept("inside_share", None, 80, "%"),
    ]  # fmt: skip
    found = conditions(Result(day=NOW.date(), conditions=told))
    assert [(c.met, c.lacking) for c in found] == [
        (False, "差 500 m"),
        (True, ""),
        (False, "超 25 km/h"),
        (None, ""),
    ]
    assert [c.needed for c in found] == ["≥ 3000 m", "≥ 120 min", "≤ 15 km/h", "≥ 80 %"]
    assert found[3].value == "没有边界或行进，未判"


@pytest.mark.parametrize(
    ("off", "said"),
    [(None, ""), (30, ""), (-120, ""), (900, "手机时钟快 15 分"), (-7260, "手机时钟慢 2 小时 1 分")],
)
def test_a_clock_is_said_to_be_wrong_when_it_is(off: float | None, said: str) -> None:
    assert clock_words(off, 120) == said


def test_lengths_and_spans() -> None:
    assert [metres(m) for m in (80, 999, 12_345)] == ["80 m", "999 m", "12.3 km"]
    assert [minutes(s) for s in (0, 3599, 3600)] == ["0 分", "1 小时 0 分", "1 小时 0 分"]


@pytest.mark.parametrize(
    ("kind", "evidence", "said"),
    [
        ("mock", {"points": 9, "share": 3.5}, "手机报告 9 个点（3.5%）由程序给出"),
        ("speed", {"kmh": 300, "metres": 800, "steps": 5}, "连续 5 步，最高 300 km/h"),
        ("jump", {"kmh": 900, "metres": 2500, "steps": 1}, "一步跳过 2500 米（相当于 900 km/h）"),
        (
            "repeat",
            {"points": 90, "share": 95, "shift_h": 48.0},
            "90 个行进点中 95% 与另一轨迹同地同节奏，相差 48.0 小时",
        ),
        ("photo", {"photo": "a.jpg", "metres": 900}, "照片 a.jpg 拍摄时轨迹在 900 米外"),
        ("photo", {"photo": "a.jpg", "minutes": 10}, "照片 a.jpg 拍摄前后 10 分没有轨迹"),
    ],
)
def test_what_showed_a_sign_is_said_with_its_numbers(
    kind: str, evidence: dict[str, object], said: str
) -> None:
    assert evidence_words(Sign(kind=kind, evidence=evidence)) == said


def test_a_patrol_of_which_nothing_came_has_an_empty_time_line_but_its_stops() -> None:
    names = (
        "start",
        "until",
        "lon",
        "lat",
        "to_lon",
        "to_lat",
        "metres",
        "seconds",
        "kmh",
        "accuracy_m",
        "kind",
    )
    result = Result(first=None, last=None, steps={name: [] for name in names})
    assert moments(result, []) == []
    assert [m.text for m in moments(result, [Stop(said_at=NOW, text="界桩完好")])] == ["到点：界桩完好"]
