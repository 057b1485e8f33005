"""A relapse, a round that did not come, a target date that is over: episodes, near misses, and the way of a case."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.actions import open_case
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import State as CaseState
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.black_waters.bodies import due_quarter, standings_of
from bihuan.scenarios.black_waters.checks import BODIES, QUARTER, ROUNDS, late, overdue, relapse
from bihuan.scenarios.black_waters.models import Body, State
from bihuan.scenarios.black_waters.tests.world import (
    GOOD,
    HEAVY,
    LIGHT,
    TODAY,
    Water,
    a_round,
    accepted,
    body,
    days_ago,
    measured,
)
from bihuan.scenarios.checking import check
from tests.cases.world import WAYS, World, photo
from tests.people import City
from tests.web.world import NOW

SEPTEMBER = date(2018, 9, 1)
Q4 = pl.DataFrame([(date(2018, 10, 1), date(2019, 1, 1), NOW)], QUARTER, orient="row")


def rounds(name: str) -> pl.DataFrame:
    return pl.read_csv(Path(__file__).parent / "fixtures" / name, schema=ROUNDS)


def bodies(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, BODIES, orient="row")


def midnight(*day: int) -> datetime:
    return datetime(*day, tzinfo=CST)  # type: ignore[misc, arg-type]  # year, month, day


def test_black_again_after_it_was_accepted_is_one_finding_over_its_black_rounds() -> None:
    """Rounds before the acceptance and the good one say nothing; January and February are one run; the worst counts."""
    (row,) = relapse.run(bodies(("A", True, None, SEPTEMBER, None)), rounds("episode.csv"), Q4).to_dicts()
    assert (row["target_kind"], row["target"], row["magnitude"], row["unit"]) == (
        "black_water",
        "A",
        3.0,
        "个",
    )
    assert (row["start"], row["until"]) == (midnight(2019, 1, 7), midnight(2019, 2, 12))
    assert row["title"] == "2018-09-01 初见成效后再次重度黑臭，3 个测点中 3 个黑臭"
    said = json.loads(row["evidence"])
    assert (said["监测轮次"], said["最近一轮"]) == (2, "2019-02-04 至 2019-02-11")


def test_a_round_that_is_not_whole_or_a_body_that_was_never_accepted_is_no_relapse() -> None:
    known = bodies(("A", True, None, SEPTEMBER, None), ("B", True, None, None, date(2020, 1, 1)))
    assert relapse.run(known, rounds("near_miss.csv"), Q4).is_empty()
    accepted_later = bodies(("A", True, None, date(2019, 2, 4), None))
    assert relapse.run(accepted_later, rounds("episode.csv"), Q4).is_empty()
    few = relapse.run(bodies(("A", True, None, SEPTEMBER, None)), rounds("episode.csv"), Q4, least_points=3)
    assert few["start"].to_list() == [midnight(2019, 2, 4)]


def test_a_quarter_without_a_whole_round_is_late_until_one_comes() -> None:
    """A had one in November; B, C and D had none: C came into the register in the quarter, D is only found."""
    known = bodies(
        ("A", True, None, SEPTEMBER, None), ("B", True, None, None, None), ("C", True, date(2018, 10, 2), None, None), ("D", False, None, None, None),
    )  # fmt: skip
    table = rounds("near_miss.csv").filter(pl.col("body") == "A")
    (row,) = late.run(known, table, Q4).to_dicts()
    assert (row["target"], row["item"]) == ("B", "2018q4")  # the next quarter is another matter
    assert (row["start"], row["until"]) == (midnight(2019, 1, 1), NOW)
    assert row["title"] == "2018 年第 4 季度没有完整的一轮监测"
    assert json.loads(row["evidence"]) == {"最近监测": "没有"}
    assert late.run(known, rounds("near_miss.csv"), Q4).is_empty()  # the round of January, though late
    assert late.run(known, table, Q4, grace_days=56).is_empty()  # 25 February is day 55


@pytest.mark.parametrize(
    ("today", "begin"),
    [
        (date(2019, 2, 25), date(2018, 10, 1)),
        (date(2019, 4, 1), date(2019, 1, 1)),
        (date(2019, 12, 31), date(2019, 7, 1)),
    ],
)
def test_the_quarter_that_was_due_is_the_newest_that_is_over(today: date, begin: date) -> None:
    assert due_quarter(today)[0] == begin


def test_a_target_date_that_is_over_is_told_until_the_body_is_accepted() -> None:
    table = pl.DataFrame(schema=ROUNDS)
    known = bodies(
        ("A", True, None, None, date(2019, 2, 20)),
        ("B", True, None, None, TODAY),
        ("C", True, None, SEPTEMBER, None),
    )
    (row,) = overdue.run(known, table, Q4).to_dicts()
    assert (row["target"], row["start"], row["magnitude"]) == ("A", midnight(2019, 2, 21), 5.0)
    assert overdue.run(known, table, Q4, grace_days=5).is_empty()


def run(at: datetime) -> None:
    clock.set_replay(at, 0)
    check(at, lambda *_: None, looks_at="rounds")


def test_all_three_are_filed_about_their_bodies_as_far_as_was_received(place: City, data_dir: Path) -> None:
    accepted(place, "A", since=days_ago(300))
    body(place, "B", due=days_ago(1), since=days_ago(300))
    measured(data_dir, *a_round("A", days_ago(20), LIGHT, GOOD, GOOD))
    run(NOW)
    run(NOW + timedelta(hours=1))
    found = sorted(Finding.objects.values_list("check_key", "target"))
    assert found == [("black_water.late", "B"), ("black_water.overdue", "B"), ("black_water.relapse", "A")]
    one = Finding.objects.get(check_key="black_water.relapse")
    assert (one.organisation, one.region_id) == (place.governments["140321"], "140321")
    assert {s.body.pk: s.state for s in standings_of(list(Body.objects.all()), NOW)} == {
        "A": State.RELAPSED,
        "B": State.TREATING,
    }


class Story:
    """The relapse of a body as a case that the unit mended and the city verified; `at` days after NOW."""

    def __init__(self, place: City, folder: Path) -> None:
        accepted(place, "A", since=days_ago(300))
        measured(folder, *a_round("A", days_ago(20), LIGHT, GOOD, GOOD))
        run(NOW)
        self.world, self.folder = World(place, folder, NOW), folder
        finding = Finding.objects.get(check_key="black_water.relapse")
        self.case = open_case([finding], place.person("dispatcher"))
        for action in WAYS[CaseState.PASSED]:
            files: dict[str, Any] = {"files": [photo(name="整改前.jpg")]} if action == "submit" else {}
            self.world.go(self.case, action, **files)

    def at(self, days: int) -> None:
        self.world.wait(seconds=(NOW + timedelta(days=days) - self.world.at).total_seconds())
        run(self.world.at)

    def sampled(self, day: int, *waters: Water) -> None:
        """Three days from day `day` on, sent a day after the last."""
        rows = a_round("A", TODAY + timedelta(days=day), *waters, days=(0, 3, 6))
        measured(self.folder, *rows, received=NOW + timedelta(days=day + 7))

    def refused(self, days: int) -> bool:
        self.at(days)
        try:
            self.world.go(self.case, "close")
        except IllegalMove:
            return True
        return False


def test_a_case_of_a_relapse_closes_on_the_next_good_round_not_before_and_reopens_on_the_next_black_one(
    place: City, data_dir: Path
) -> None:
    story = Story(place, data_dir)
    assert story.refused(3)
    story.sampled(4, GOOD, GOOD)
    assert story.refused(13)  # the third point was not measured
    story.sampled(15, GOOD, GOOD, GOOD)
    assert story.refused(22)  # the round is a day old at the end of the next
    assert not story.refused(24)
    assert story.case.state == CaseState.CLOSED
    story.sampled(100, GOOD, LIGHT, GOOD)
    story.at(108)
    assert Case.objects.get().state == CaseState.DISPATCHED
    relapses = Finding.objects.filter(check_key="black_water.relapse")
    assert {f.status for f in relapses} == {Finding.Status.HANDED}


def test_the_page_of_the_body_shows_the_case_with_its_pictures_before_and_after(
    client: Client, place: City, data_dir: Path
) -> None:
    story = Story(place, data_dir)
    client.force_login(place.person("chief"))
    shown = client.get(reverse("black_waters:body", args=["A"])).content.decode()
    assert story.case.number in shown
    assert shown.count("<figure>") == 2


@pytest.mark.parametrize("later", ["black", "old"])
def test_a_good_round_proves_nothing_once_something_black_came_or_it_is_old(
    place: City, data_dir: Path, later: str
) -> None:
    story = Story(place, data_dir)
    story.sampled(4, GOOD, GOOD, GOOD)
    if later == "black":
        measured(data_dir, ("A-1", TODAY + timedelta(days=20), HEAVY), received=NOW + timedelta(days=21))
    assert story.refused(22 if later == "black" else 140)
