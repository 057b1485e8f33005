"""Decisions of reviewers: who takes them, in which order, on which hours; and what was known of them at a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan import clock
from bihuan.domain.quality import apply_decisions
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.registry import decisions
from bihuan.registry.decisions import NotDecided, decide, decisions_of, earlier, next_stage
from bihuan.registry.models import AuditEntry, Person, Site, ValueDecision
from tests.people import ROLES, City, person

TOP, MINE, OTHER = "140300", "140321", "140322"
HOUR = timedelta(hours=1)
NOW = datetime(2019, 2, 3, 4, tzinfo=UTC)
# 2019-02-01 00:00 in China.
MONTH = datetime(2019, 1, 31, 16, tzinfo=UTC)


@pytest.fixture
def site(city: City, data_dir: Path) -> Site:
    """A station of a county; the clock stands at 2019-02-03 12:00 in China."""
    clock.set_replay(NOW, 0)
    return Site.objects.create(code="S1", name="桃北中学", rank="national", region=city.regions[MINE], lon=113.5, lat=37.8)  # fmt: skip


@pytest.fixture
def first(city: City) -> Person:
    return city.person("verifier", MINE)


@pytest.fixture
def second(city: City) -> Person:
    return city.person("chief", MINE)


def exclude(
    site: Site, by: Person, start: datetime = MONTH, hours: int = 2, items: Sequence[str] = ("pm25",), verdict: str = "exclude"
) -> ValueDecision:  # fmt: skip
    return decide(site, items, start, start + hours * HOUR, verdict, "仪器校准", by)


def hours(start: datetime, count: int, code: str = "S1") -> pl.DataFrame:
    """Wide hours in which every item has the value 10."""
    rows = {"site": [code] * count, "start": [start + n * HOUR for n in range(count)]}
    return pl.DataFrame(rows, schema={"site": pl.String, "start": pl.Datetime("us", "UTC")}).with_columns(
        pl.lit(10.0).alias(i) for i in ITEM_NAMES
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("region", "covers"), [(TOP, True), (MINE, True), (OTHER, False)])
def test_reviewers_are_dispatchers_verifiers_and_chiefs_of_the_region(
    city: City, site: Site, role: str, region: str, covers: bool
) -> None:
    if covers and role in {"dispatcher", "verifier", "chief"}:
        exclude(site, city.person(role, region))
        assert AuditEntry.objects.get().action == "site.exclude"
    else:
        with pytest.raises(NotDecided, match="所在区域的调度岗、核查岗或负责人审核"):
            exclude(site, city.person(role, region))
        assert (ValueDecision.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_the_first_is_an_audit_and_the_next_a_re_audit_by_somebody_else(
    site: Site, first: Person, second: Person
) -> None:
    assert exclude(site, first).stage == "audited"
    with pytest.raises(NotDecided, match="复核须由另一人进行"):
        exclude(site, first, verdict="keep")
    assert exclude(site, second, verdict="keep").stage == "re-audited"


def test_who_re_audited_does_not_re_audit_again_and_a_third_person_does(
    city: City, site: Site, first: Person, second: Person
) -> None:
    exclude(site, first)
    exclude(site, second, verdict="keep")
    for by in (first, second):
        with pytest.raises(NotDecided, match="另一人"):
            exclude(site, by)
    assert exclude(site, city.person("dispatcher", TOP)).stage == "re-audited"


@pytest.mark.parametrize(
    ("start", "hours_long", "items", "stage"),
    [
        (0, 2, ["pm25"], "re-audited"),
        (1, 5, ["pm25"], "re-audited"),
        (-3, 4, ["pm10", "pm25"], "re-audited"),
        (2, 2, ["pm25"], "audited"),  # begins where the other ends
        (-2, 2, ["pm25"], "audited"),  # ends where the other begins
        (0, 2, ["pm10"], "audited"),  # another item of the same hours
    ],
)
def test_it_is_a_re_audit_when_an_hour_of_an_item_was_decided_before(
    site: Site, first: Person, second: Person, start: int, hours_long: int, items: list[str], stage: str
) -> None:
    exclude(site, first)
    begin = MONTH + start * HOUR
    assert next_stage(site, items, begin, begin + hours_long * HOUR) == stage
    assert exclude(site, second, begin, hours_long, items).stage == stage


def test_an_item_whose_name_is_part_of_another_is_not_taken_for_it(site: Site, first: Person) -> None:
    exclude(site, first, items=["pm10"])
    assert earlier(site, ["o3"], MONTH, MONTH + HOUR) == []
    assert earlier(site, ["co"], MONTH, MONTH + HOUR) == []


@pytest.mark.parametrize("stage", ["audited", "re-audited"])
def test_a_stage_that_is_not_next_is_refused(site: Site, first: Person, second: Person, stage: str) -> None:
    """Two reviewers at once: the form of the second still says 审核, or 复核 of what has been taken back."""
    if stage == "audited":
        exclude(site, first)
    with pytest.raises(NotDecided, match=r"已审核过|尚未审核"):
        decide(site, ["pm25"], MONTH, MONTH + HOUR, "exclude", "校准", second, stage)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"items": []}, "至少一个因子"),
        ({"items": ["pm25", "pm1"]}, "pm1"),
        ({"until": MONTH}, "须晚于开始"),
        ({"until": MONTH - HOUR}, "须晚于开始"),
        ({"start": MONTH + timedelta(minutes=30)}, "整点"),
        ({"until": MONTH + timedelta(hours=1, microseconds=1)}, "整点"),
        ({"start": MONTH.replace(tzinfo=None)}, "整点"),
        ({"until": NOW + HOUR}, "尚未到来"),
        ({"start": NOW - timedelta(days=31, hours=1), "until": NOW}, "31 天"),
        ({"verdict": "delete"}, "delete"),
        ({"reason": " \u3000"}, "理由"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    site: Site, first: Person, changes: dict[str, object], said: str
) -> None:
    asked = {"items": ["pm25"], "start": MONTH, "until": MONTH + HOUR, "verdict": "exclude", "reason": "校准"}
    with pytest.raises(NotDecided, match=said):
        decide(site, by=first, **{**asked, **changes})  # type: ignore[arg-type]  # odd on purpose
    assert ValueDecision.objects.count() == 0


def test_the_longest_span_and_the_hour_that_just_ended_are_taken(site: Site, first: Person) -> None:
    decide(site, ["pm25"], NOW - timedelta(days=31), NOW, "exclude", "校准", first)


def test_excluded_hours_at_the_border_of_a_month_end_where_they_say(site: Site, first: Person) -> None:
    """The last hour of January and the first of February in China: one of each is excluded, by the hour."""
    exclude(site, first, MONTH - HOUR, 2)
    left = apply_decisions(hours(MONTH - 2 * HOUR, 4), decisions_of(["S1"]))
    assert left["pm25"].to_list() == [10.0, None, None, 10.0]
    assert left["pm10"].to_list() == [10.0] * 4
    january = decisions_of(["S1"], MONTH - timedelta(days=31), MONTH)
    february = decisions_of(["S1"], MONTH, MONTH + timedelta(days=28))
    assert (january.height, february.height) == (1, 1)


@pytest.mark.parametrize(("from_", "to", "rows"), [(-2, 0, 0), (-2, 1, 1), (1, 2, 1), (2, 4, 0)])
def test_only_decisions_that_touch_the_asked_hours_are_read(
    site: Site, first: Person, from_: int, to: int, rows: int
) -> None:
    exclude(site, first)
    assert decisions_of(["S1"], MONTH + from_ * HOUR, MONTH + to * HOUR).height == rows


def test_the_later_decision_counts_hour_by_hour(site: Site, first: Person, second: Person) -> None:
    """Four hours are excluded, the two in the middle are found to be good: the outer two stay excluded."""
    exclude(site, first, hours=4)
    clock.set_replay(NOW + HOUR, 0)
    exclude(site, second, MONTH + HOUR, 2, verdict="keep")
    left = apply_decisions(hours(MONTH, 4), decisions_of(["S1"]))
    assert left["pm25"].to_list() == [None, 10.0, 10.0, None]


def test_what_was_known_at_a_moment_leaves_out_what_was_decided_after_it(
    site: Site, first: Person, second: Person
) -> None:
    exclude(site, first)
    clock.set_replay(NOW + HOUR, 0)
    exclude(site, second, verdict="keep")

    def values(by: datetime | None) -> list[float | None]:
        return apply_decisions(hours(MONTH, 2), decisions_of(["S1"], by=by))["pm25"].to_list()

    assert values(NOW - timedelta(microseconds=1)) == [10.0, 10.0]
    assert values(NOW) == [None, None]
    assert values(NOW + HOUR) == values(None) == [10.0, 10.0]
    clock.set_replay(NOW, 0)
    assert values(None) == [None, None]


def test_a_decision_on_one_station_leaves_its_neighbour_alone(city: City, site: Site, first: Person) -> None:
    Site.objects.create(code="S10", name="邻", rank="national", region=city.regions[MINE], lon=113.5, lat=37.8)  # fmt: skip
    exclude(site, first)
    known = decisions_of(["S1", "S10"])
    assert apply_decisions(hours(MONTH, 2, "S10"), known)["pm25"].to_list() == [10.0, 10.0]
    assert decisions_of(["S10"]).is_empty()
    assert decisions_of([]).is_empty()
    assert decisions_of(["S1", *(f"X{n}" for n in range(600))]).height == 1


def test_items_are_kept_in_the_order_of_the_standard_whatever_the_form_sends(
    site: Site, first: Person
) -> None:
    made = exclude(site, first, items=["o3", "pm25", "pm10"])
    assert made.items.split(",") == [i for i in ITEM_NAMES if i in {"o3", "pm25", "pm10"}]
    entry = AuditEntry.objects.get()
    assert (entry.target, entry.detail["decision"], entry.detail["items"]) == ("S1", made.pk, made.items)


def test_row_and_audit_entry_come_together_or_not_at_all(
    site: Site, first: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(decisions, "record", fails)
    with pytest.raises(OSError, match="disk full"):
        exclude(site, first)
    assert ValueDecision.objects.count() == 0


def test_a_reviewer_of_two_counties_acts_in_both_and_in_no_third(city: City, site: Site) -> None:
    both = person("both", ("verifier", city.regions[MINE], None), ("verifier", city.regions["140302"], None))
    exclude(site, both)
    site.region = city.regions[OTHER]
    with pytest.raises(NotDecided):
        exclude(site, both, MONTH + 5 * HOUR)
