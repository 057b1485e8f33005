"""Which finding a row goes to: by time, never by which finding is the newest; in any order and any number of filings."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.cases.actions import hand_over
from bihuan.cases.filing import Filing, file_rows
from bihuan.cases.joining import GAP, Row
from bihuan.cases.judging import confirm, reject
from bihuan.cases.models import Finding
from bihuan.registry.models import Region
from tests.cases.rows import HOUR, at, row, seen
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE, City

LOOK_BACK = 72
PLACE = Region(code="140321", name="平定县")
Spans = list[tuple[datetime, datetime, float | None, str]]


@pytest.fixture
def place(city: City, data_dir: object) -> Region:
    return city.regions[COUNTY]


def spans() -> Spans:
    """Start, end, size and title of all findings that are not merged into another."""
    found = Finding.objects.exclude(status="merged").order_by("started_at")
    return [(f.started_at, f.until, f.magnitude, f.title) for f in found]


def test_yesterdays_episode_coming_back_each_hour_extends_yesterdays_finding(place: Region) -> None:
    rows = [row(place, 0, 10, 100.0), row(place, 55, 57, 2.0)]
    file_rows(rows)
    before = spans()
    file_rows(rows)
    assert spans() == before
    assert [(a, b, m) for a, b, m, _ in before] == [(at(0), at(10), 100.0), (at(55), at(57), 2.0)]
    assert [f.latest for f in Finding.objects.order_by("started_at")] == [{"m": 100.0}, {"m": 2.0}]


def test_an_older_problem_that_is_filed_later_stands_beside_the_newer_one(place: Region) -> None:
    file_rows([row(place, 55, 57, 2.0)])
    file_rows([row(place, 0, 10, 100.0)])
    assert [m for _, _, m, _ in spans()] == [100.0, 2.0]
    assert [f.started_at for f in Finding.objects.filter(running=True)] == [at(55)]


def test_a_row_that_precedes_a_finding_within_the_gap_makes_it_begin_earlier(place: Region) -> None:
    file_rows([row(place, 10, 12)])
    file_rows([row(place, 2, 4)])
    assert [(a, b) for a, b, _, _ in spans()] == [(at(2), at(12))]
    file_rows([row(place, 12 + 6.5, 20)])
    assert len(spans()) == 2


def test_the_title_tells_the_worst_size_and_the_whole_length(place: Region) -> None:
    for hour, size in enumerate([1.0, 2.09, 1.5]):
        file_rows([row(place, hour, hour + 1, size)])
    file_rows([row(place, 3, 43, 1.2)])
    assert [t for *_, t in spans()] == ["2.09 倍，自 1月10日 08:00 起 43 小时"]


def test_items_and_kinds_of_targets_are_kept_apart(place: Region) -> None:
    file_rows([row(place, 0, 2), row(place, 0, 2, item="pm10"), row(place, 0, 2, target_kind="emitter")])
    file_rows([row(place, 1, 3), row(place, 1, 3, item="pm10"), row(place, 1, 3, target_kind="emitter")])
    assert [(f.item, f.target_kind, f.until) for f in Finding.objects.order_by("id")] == [
        ("pm25", "site", at(3)),
        ("pm10", "site", at(3)),
        ("pm25", "emitter", at(3)),
    ]


def test_a_bridge_makes_one_of_two_that_nobody_has_judged(place: Region) -> None:
    file_rows([row(place, 0, 2, 1.0), row(place, 12, 14, 3.0)])
    early, late = Finding.objects.order_by("started_at")
    file_rows([row(place, 6, 8, 2.0)])
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.started_at, early.until, early.magnitude, early.running) == (at(0), at(14), 3.0, True)
    assert (late.status, late.merged_into, late.running) == ("merged", early, False)
    assert early.title == "3.0 倍，自 1月10日 08:00 起 14 小时"


def test_a_bridge_leaves_what_people_have_judged_as_it_is(world: World) -> None:
    place = world.city.regions[COUNTY]
    file_rows([row(place, 0, 2), row(place, 12, 14)])
    early, late = Finding.objects.order_by("started_at")
    reject(early, world.person("dispatcher", CITY_CODE), "误报")
    confirm(late, world.person("dispatcher", CITY_CODE))
    file_rows([row(place, 6, 8)])
    assert [(f.status, f.until - f.started_at) for f in Finding.objects.order_by("id")] == [
        ("rejected", 2 * HOUR),
        ("confirmed", 8 * HOUR),
    ]


def test_a_bridge_to_a_confirmed_finding_brings_the_unjudged_one_to_it(world: World) -> None:
    place = world.city.regions[COUNTY]
    file_rows([row(place, 0, 2), row(place, 12, 14)])
    early, late = Finding.objects.order_by("started_at")
    confirm(late, world.person("dispatcher", CITY_CODE))
    file_rows([row(place, 6, 8)])
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, early.merged_into) == ("merged", late)
    assert (late.status, late.started_at, late.until) == ("confirmed", at(0), at(14))


def test_yesterdays_episode_does_not_go_into_todays_open_case(world: World) -> None:
    place = world.city.regions[COUNTY]
    file_rows([row(place, 0, 10, 100.0), row(place, 55, 57, 2.0)])
    today = Finding.objects.get(started_at=at(55))
    hand_over([today], world.person("dispatcher"), world.city.governments[COUNTY])
    file_rows([row(place, 0, 10, 100.0), row(place, 55, 58, 2.0), row(place, 90, 91, 1.0)])
    assert [(a, b, m) for a, b, m, _ in spans()] == [(at(0), at(10), 100.0), (at(55), at(91), 2.0)]


def episodes(hours: dict[int, float]) -> Spans:
    """What must come out: hours closer than GAP together, whole length and worst size."""
    groups: list[list[int]] = []
    for hour in sorted(hours):
        if groups and at(hour) - at(groups[-1][-1] + 1) <= GAP:
            groups[-1].append(hour)
        else:
            groups.append([hour])
    found: Spans = []
    for group in groups:
        worst, length = max(hours[h] for h in group), group[-1] + 1 - group[0]
        local = at(group[0] + 8)
        title = f"{worst} 倍，自 {local.month}月{local.day}日 {local:%H:%M} 起 {length} 小时"
        found.append((at(group[0]), at(group[-1] + 1), worst, title))
    return found


# Hours with a problem, mostly in stretches; and the moments of checking, in any order, some more than once.
HOURS = st.dictionaries(
    st.integers(0, 150), st.sampled_from([0.5, 1.0, 2.25, 7.0]), min_size=1, max_size=60
).map(lambda hours: hours | {h + 1: m for h, m in hours.items() if h + 1 not in hours and m > 1})
MOMENTS = st.lists(st.sampled_from(range(12, 229, 12)), max_size=30).flatmap(
    lambda more: st.permutations([*range(12, 229, 12), *more])
)


@settings(max_examples=200, deadline=None)
@given(HOURS, MOMENTS)
def test_any_order_and_number_of_filings_over_a_sliding_window_gives_the_same(
    hours: dict[int, float], moments: list[int]
) -> None:
    filing = Filing(at(300), {})
    for moment in moments:
        for each in seen(PLACE, hours, moment - LOOK_BACK, moment):
            filing.place(each)
    kept = [c.finding for there in filing.candidates.values() for c in there]
    found = sorted((f.started_at, f.until, f.magnitude or 0.0, f.title) for f in kept)
    assert found == episodes(hours)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HOURS, st.permutations(range(24, 229, 24)))
def test_the_same_through_the_database(place: Region, hours: dict[int, float], moments: list[int]) -> None:
    Finding.objects.filter(merged_into__isnull=False).delete()
    Finding.objects.all().delete()
    for moment in [*moments, *moments[:3]]:
        file_rows(seen(place, hours, moment - LOOK_BACK, moment))
    assert spans() == episodes(hours)
    ends = [(f.running, f.until) for f in Finding.objects.exclude(status="merged").order_by("until")]
    assert [running for running, _ in ends] == [False] * (len(ends) - 1) + [True]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), min_size=1, max_size=12))
def test_open_findings_never_lie_closer_than_the_gap(pieces: list[tuple[int, int]]) -> None:
    filing = Filing(at(300), {})
    rows: list[Row] = [row(PLACE, start, start + length) for start, length in pieces]
    for each in rows:
        filing.place(each)
    kept = sorted((c.finding.started_at, c.finding.until) for c in filing.candidates[rows[0].key])
    assert all(later[0] - earlier[1] > GAP for earlier, later in pairwise(kept))
