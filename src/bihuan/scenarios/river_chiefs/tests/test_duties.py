"""What a duty stands at: an effective patrol on foot on the reach counts, everything else does not; worked by hand on 2019's calendar."""

from datetime import date

import polars as pl
import pytest

from bihuan.cases.errors import IllegalMove
from bihuan.registry.models import Post
from bihuan.scenarios.river_chiefs.counting import DUTIES, SERVED, SPANS, counted, days_done
from bihuan.scenarios.river_chiefs.duties import Standing, State, duties_of, standings_of
from bihuan.scenarios.river_chiefs.models import Walk
from bihuan.scenarios.river_chiefs.rules import rules_on, set_rules
from bihuan.scenarios.river_chiefs.tests.world import Water, make_duty, make_river
from bihuan.scenarios.river_chiefs.walks import WALKS, walks_since
from tests.people import person


def standing(water: Water, code: str = "HZ1") -> Standing:
    """As the county's dispatcher sees it at the clock."""
    who, today = water.city.person("dispatcher"), water.field.at.date()
    return standings_of(list(duties_of(who, today)))[code]


def test_a_walk_counts_in_its_week_and_the_next_week_is_asked_anew(water: Water) -> None:
    """2019-03-04 is a Monday; the week before was missed, and the walk of Tuesday makes up for it."""
    water.at(4)
    found = standing(water)
    assert (found.state, found.late_since, found.done, found.needed) == (State.LATE, date(2019, 3, 4), 0, 1)
    water.walk(5)
    assert (standing(water).state, standing(water).last) == (State.DONE, date(2019, 3, 5))
    water.at(11)
    assert (standing(water).state, standing(water).until) == (State.DUE, date(2019, 3, 18))
    water.at(18)
    assert (standing(water).state, standing(water).late_since) == (State.LATE, date(2019, 3, 18))


def test_driving_past_counts_nothing(water: Water) -> None:
    water.walk(5, speed=12)
    assert standing(water).done == 0
    assert Walk.objects.get().metres == {}


def test_a_walk_elsewhere_or_of_somebody_else_counts_nothing(water: Water) -> None:
    water.walk(5, by="verifier")
    assert standing(water).done == 0


def test_a_chief_without_account_is_served_by_the_unit_or_by_nobody(water: Water) -> None:
    unit, region = water.city.governments["140321"], water.city.regions["140321"]
    helper = person("helper", ("ranger", region, unit))
    make_duty(water.city, water.reach, "HZ2", name="赵乡长", level="town", account=None, organisation=unit)
    make_duty(water.city, water.reach, "HZ3", name="钱市长", level="city", account=None)
    water.city.people["helper", "140321"] = helper
    water.walk(5, by="helper")
    assert (standing(water, "HZ2").state, standing(water, "HZ2").done) == (State.DONE, 1)
    assert standing(water, "HZ3").state is State.UNLINKED
    assert standing(water, "HZ1").done == 0
    Post.objects.filter(person=helper).delete()


def test_a_duty_that_began_within_a_period_is_not_late_for_it(water: Water) -> None:
    make_duty(water.city, water.reach, "NEW", since=date(2019, 3, 6))
    make_duty(water.city, water.reach, "GONE", until=date(2019, 3, 10))
    water.at(11)
    assert standing(water, "NEW").state is State.DUE
    assert standing(water).state is State.LATE
    assert not [d for d in duties_of(water.city.person("chief"), water.field.at.date()) if d.pk == "GONE"]


def test_who_is_not_asked_is_not_late(water: Water) -> None:
    make_duty(water.city, water.reach, "CIT", role="citizen")
    water.at(11)
    assert standing(water, "CIT").state is State.FREE


def test_a_county_sees_its_own_duties_only(water: Water) -> None:
    other = water.city.person("chief", "140322")
    assert not duties_of(other, water.field.at.date()).exists()


def test_two_patrols_on_a_day_are_one_and_a_reach_that_is_short_is_seen_for_the_most_part(
    water: Water,
) -> None:
    duties = pl.DataFrame([("D", "R", 500.0, "k", None, None)], DUTIES, orient="row")
    served = pl.DataFrame([("D", 1)], SERVED, orient="row")
    day = date(2019, 3, 5)
    rows = [(1, "a", day, "R", 900.0, True), (1, "b", day, "R", 700.0, True), (1, "c", date(2019, 3, 6), "R", 499.0, True), (1, "d", date(2019, 3, 7), "R", 900.0, False)]  # fmt: skip
    days = days_done(duties, served, pl.DataFrame(rows, WALKS, orient="row"))
    assert days.rows() == [("D", day)]
    spans = pl.DataFrame([("k", "W", date(2019, 3, 4), date(2019, 3, 11), 2)], SPANS, orient="row")
    assert counted(duties, days, spans)["done"].to_list() == [1]


def test_what_was_seen_is_kept_and_made_anew_when_the_reach_is_drawn_otherwise(water: Water) -> None:
    water.walk(5)
    before = walks_since(water.at(1, 1))
    water.at(6)
    (row,) = walks_since(water.field.at.replace(day=1)).to_dicts()
    assert row["metres"] == pytest.approx(6000, rel=0.05)
    assert before.is_empty()  # nothing was known of it then
    make_river(water.city, "Q")  # a second river in the same bed
    assert walks_since(water.field.at.replace(day=1)).height == 2


def test_the_city_sets_how_often_from_a_day_on(water: Water) -> None:
    chief = water.city.person("chief", "140300")
    water.at(11)
    set_rules(chief, {"chief_village": ("2", "month")}, date(2019, 3, 1), "本市规定")
    assert (
        rules_on(date(2019, 3, 1))["chief_village"].times,
        rules_on(date(2019, 2, 28))["chief_village"].times,
    ) == (2, 1)
    assert (standing(water).needed, standing(water).state) == (
        2,
        State.DUE,
    )  # February was asked for weeks, not a month
    set_rules(chief, {"chief_town": ("1", "month")}, date(2019, 3, 1), "乡级")
    make_duty(water.city, water.reach, "COUNTY", level="county")
    assert standing(water, "COUNTY").state is State.LATE
    set_rules(chief, {"chief_county": ("0", "month")}, date(2019, 3, 1), "不要求")
    assert standing(water, "COUNTY").state is State.FREE  # also for the February that was missed
    assert rules_on(date(2019, 3, 1))["chief_village"].times == 2
    with pytest.raises(IllegalMove, match="没有改动"):
        set_rules(chief, {"chief_town": ("1", "month")}, date(2019, 3, 1), "又")
    for given in (("x", "month"), ("32", "month"), ("1", "century")):
        with pytest.raises(IllegalMove):
            set_rules(chief, {"chief_town": given}, date(2019, 3, 1), "错")
