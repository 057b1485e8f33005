"""How values read on a page: numbers, units, levels, the time of China, small lines; and what stands where nothing is."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.template import Context
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.models import Finding
from bihuan.domain.standards import advice_of
from bihuan.kit.shown import NAMES
from bihuan.registry.models import Organisation
from bihuan.web.templatetags import show

NOW = datetime(2019, 2, 24, 16, 0, tzinfo=UTC)


def test_moments_are_shown_in_china_and_hours_by_their_end() -> None:
    """Midnight in China; the hour that begins then is that of 01:00."""
    assert show.cst(NOW) == "02-25 00:00"
    assert show.cst(None) == "—"
    assert show.hour_label(NOW) == "02-25 01:00"
    assert show.hour_label(None) == "—"


@pytest.mark.parametrize(
    ("aqi", "level", "name"),
    [
        (0, 1, "优"), (50, 1, "优"), (51, 2, "良"), (100, 2, "良"), (101, 3, "轻度"), (150, 3, "轻度"), (151, 4, "中度"),
        (200, 4, "中度"), (201, 5, "重度"), (300, 5, "重度"), (301, 6, "严重"), (500, 6, "严重"), (50.4, 1, "优"), (100.6, 3, "轻度"),
    ],
)  # fmt: skip
def test_a_level_is_told_by_name_and_colour(aqi: float, level: int, name: str) -> None:
    """HJ 633-2012, table 2; a value between two whole ones is judged as it is shown."""
    badge = show.aqi_badge(aqi)
    assert f'class="lv lv{level}"' in badge
    assert f'title="{name}"' in badge
    assert badge.endswith(f">{round(aqi)}</span>")


def test_without_an_index_the_badge_is_grey_and_says_what_is_lacking() -> None:
    assert 'class="lv lv0" title="无有效数据">—' in show.aqi_badge(None)
    assert 'title="缺 PM2.5"' in show.aqi_badge(None, show.lacking("PM2.5"))
    assert "<b>" not in show.aqi_badge(None, "<b>")


@pytest.mark.parametrize(
    ("missing", "said"), [(None, ""), ("", ""), ("CO", "缺 CO"), ("PM2.5,PM10", "缺 PM2.5、PM10")]
)
def test_what_is_lacking_is_listed(missing: str | None, said: str) -> None:
    assert show.lacking(missing) == said


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.0, "1"), (1.256, "1.26"), (0.1 + 0.2, "0.3"), (100.0, "100"), ([1.5, 2.0], "1.5、2"), (None, "—"), (7, "7"), ([], "")],
)  # fmt: skip
def test_evidence_reads_as_a_person_writes_it(value: object, shown: str) -> None:
    assert show.plain(value) == shown


@given(st.lists(st.one_of(st.none(), st.floats(-1e3, 1e3)), min_size=2, max_size=30))
def test_a_small_line_stays_inside_its_box_and_breaks_where_nothing_was_measured(
    values: list[float | None],
) -> None:
    line = show.sparkline(values, 96, 24)
    known = [v for v in values if v is not None]
    if len(known) < 2:
        assert "<path" not in line
        return
    path = line.split('d="')[1].split('"')[0].split(" ")
    points = [(float(x.lstrip("ML")), float(y)) for x, y in zip(path[::2], path[1::2], strict=True)]
    assert len(points) == len(known)
    assert all(0 <= x <= 96.05 and 1.95 <= y <= 22.05 for x, y in points)
    runs = sum(v is not None and (i == 0 or values[i - 1] is None) for i, v in enumerate(values))
    assert sum(p.startswith("M") for p in path) == runs


def test_a_small_line_of_equal_values_is_level_and_higher_is_up() -> None:
    def heights(values: list[float | None]) -> list[float]:
        path = show.sparkline(values).split('d="')[1].split('"')[0].split(" ")
        return [float(y) for y in path[1::2]]

    assert len(set(heights([5.0, 5.0, 5.0]))) == 1
    assert heights([1.0, 9.0]) == sorted(heights([1.0, 9.0]), reverse=True)


def test_a_link_keeps_the_question_and_changes_what_it_changes() -> None:
    context = Context({"request": SimpleNamespace(GET=QueryDict("a=1&b=2&b=3&q=%E7%AB%99"))})
    assert show.query(context, a=2) == "?b=2&b=3&q=%E7%AB%99&a=2"
    assert show.query(context, b=None) == "?a=1&q=%E7%AB%99"
    assert show.query(context, b=("x", "y&z")) == "?a=1&q=%E7%AB%99&b=x&b=y%26z"
    assert context["request"].GET.urlencode() == "a=1&b=2&b=3&q=%E7%AB%99"


def test_the_units_of_the_region_are_marked_and_no_name_breaks_the_list() -> None:
    units = [
        Organisation(pk=1, name="<b>甲", region_id="140321"),
        Organisation(pk=2, name="乙", region_id="140322"),
    ]
    assert show.unit_options(units, "140322") == '<option value="1">&lt;b&gt;甲</option><option value="2" selected>乙</option>'  # fmt: skip


@pytest.mark.parametrize("level", range(1, 7))
def test_advice_is_in_the_language_of_the_reader(level: int) -> None:
    advice = advice_of(level)
    with translation.override("zh-hans"):
        assert show.health_advice(level) == advice.advice
    with translation.override("en"):
        assert show.health_advice(level) == advice.english
        assert show.level_name(level) != NAMES[level]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(4.098828461434694, "4.1"), (158.0, "158"), ([350.0, 0.125], "350、0.12"), (None, "—"), ("a", "a")],
)
def test_evidence_is_shown_in_numbers_that_a_person_reads(value: object, shown: str) -> None:
    assert show.plain(value) == shown


def test_a_finding_about_what_has_no_chart_shows_none() -> None:
    end = datetime(2019, 2, 25, 6, tzinfo=UTC)
    assert [show.target_chart(Finding(target_kind=k, target="x", until=end)) for k in ("region", "gone")] == [
        "",
        "",
    ]
