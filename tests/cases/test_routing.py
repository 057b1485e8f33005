"""Where a problem goes: the most specific rule decides, whatever the order of the rules, and the reason is given."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.routing import Lack, Passed, Question, Responsible, RouteRule, To, decide

DAY = date(2019, 1, 12)
PLANT = Question("140322", "cems.limits.hour", "emitter", "platform", "serious", responsible=7, local=3)
GENERAL = RouteRule("general", "属地", To.LOCAL, date(2016, 9, 1), "通行做法")


def rule(key: str, unit: int = 1, **conditions: object) -> RouteRule:
    return replace(GENERAL, key=key, name=key, to=To.UNIT, unit=unit, **conditions)  # type: ignore[arg-type]


def way(
    asked: Question, *rules: RouteRule, active: frozenset[int] = frozenset(range(20))
) -> tuple[int | None, str]:
    route = decide(rules, asked, DAY, active)
    return route.unit, route.rule.key if route.rule else ""


def test_each_condition_narrows_a_rule_and_what_does_not_meet_it_goes_by_the_general_one() -> None:
    for met, missed in (
        ({"region": "140322"}, {"region": "140321"}),
        ({"region": "140300"}, {"region": "110000"}),
        ({"check": "cems.limits"}, {"check": "cems.limit"}),
        ({"check": "cems"}, {"check": "sewage"}),
        ({"kind": "emitter"}, {"kind": "site"}),
        ({"source": "platform"}, {"source": "patrol"}),
        ({"levels": ("serious", "major")}, {"levels": ("minor",)}),
        ({"responsible": Responsible.KNOWN}, {"responsible": Responsible.UNKNOWN}),
    ):
        assert way(PLANT, GENERAL, rule("narrow", **met)) == (1, "narrow"), met
        assert way(PLANT, GENERAL, rule("narrow", **missed)) == (3, "general"), missed


def test_a_region_holds_its_townships_and_grid_cells() -> None:
    cell = replace(PLANT, region="140322101003")
    assert way(cell, GENERAL, rule("county", region="140322")) == (1, "county")
    assert way(cell, rule("county", region="140322"), rule("town", 2, region="140322101")) == (2, "town")
    assert way(PLANT, GENERAL, rule("town", 2, region="140322101")) == (3, "general")


def test_more_conditions_go_before_fewer_and_of_equal_ones_the_narrower_and_then_the_newer() -> None:
    ordered = [
        rule("two", region="140322", kind="emitter"),
        rule("county", region="140322"),
        rule("city", region="140300"),
        rule("long", check="cems.limits"),
        rule("short", check="cems"),
        rule("kind", kind="emitter"),
        rule("source", source="platform"),
        rule("responsible", responsible=Responsible.KNOWN),
        rule("one level", levels=("serious",)),
        rule("two levels", levels=("serious", "major")),
        rule("newer", since=date(2018, 1, 1)),
        GENERAL,
    ]
    route = decide(reversed(ordered), PLANT, DAY, range(20))
    assert [route.rule, *route.less_specific] == ordered


def test_the_unit_is_the_one_named_the_responsible_one_or_that_of_the_place() -> None:
    assert way(PLANT, replace(GENERAL, to=To.RESPONSIBLE))[0] == 7
    assert way(PLANT, GENERAL)[0] == 3
    assert way(PLANT, rule("own", 9))[0] == 9


def test_a_rule_that_names_nobody_who_is_there_is_passed_over_and_said() -> None:
    gone, nobody = (
        rule("gone", 5, region="140322"),
        replace(GENERAL, key="r", to=To.RESPONSIBLE, kind="emitter"),
    )
    route = decide([GENERAL, gone, nobody], replace(PLANT, responsible=None), DAY, {3})
    assert (route.unit, route.rule) == (3, GENERAL)
    assert route.passed == (Passed(gone, Lack.NOT_ACTIVE, 5), Passed(nobody, Lack.NO_RESPONSIBLE))
    none = decide([GENERAL, gone], replace(PLANT, local=None), DAY, {3})
    assert (none.unit, none.rule) == (None, None)
    assert [p.why for p in none.passed] == [Lack.NOT_ACTIVE, Lack.NO_LOCAL]


def test_a_rule_counts_from_its_day_on_and_while_it_is_enabled() -> None:
    tomorrow = rule("tomorrow", region="140322", since=DAY + timedelta(days=1))
    assert way(PLANT, GENERAL, tomorrow) == (3, "general")
    assert way(PLANT, GENERAL, rule("off", region="140322", enabled=False)) == (3, "general")


CONDITIONS = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["", "140300", "140322", "140322101"]),
        "check": st.sampled_from(["", "cems", "cems.limits", "sewage"]),
        "kind": st.sampled_from(["", "emitter", "site"]),
        "source": st.sampled_from(["", "platform", "patrol"]),
        "levels": st.sampled_from([(), ("serious",), ("serious", "major"), ("minor",)]),
        "responsible": st.sampled_from(list(Responsible)),
        "to": st.sampled_from(list(To)),
        "unit": st.integers(1, 4),
        "since": st.sampled_from([date(2016, 9, 1), date(2019, 1, 1)]),
        "enabled": st.booleans(),
    }
)  # fmt: skip
RULES = st.lists(CONDITIONS, max_size=8).map(
    lambda rows: [RouteRule(f"r{n}", f"r{n}", basis="试", **row) for n, row in enumerate(rows)]
)
QUESTIONS = st.builds(
    Question,
    st.sampled_from(["140321", "140322", "140322101", "140322101003"]),
    st.sampled_from(["", "cems.limits.hour", "sewage.flow"]),
    st.sampled_from(["", "emitter", "site"]),
    st.sampled_from(["platform", "patrol"]),
    st.sampled_from(["minor", "serious", "major"]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 3]),
)


@given(st.data(), RULES, QUESTIONS, st.frozensets(st.integers(1, 4)))
def test_the_order_of_the_rules_changes_nothing_and_every_rule_that_fits_is_accounted_for(
    data: st.DataObject, rules: list[RouteRule], asked: Question, active: frozenset[int]
) -> None:
    route = decide(rules, asked, DAY, active)
    assert decide(data.draw(st.permutations(rules)), asked, DAY, active) == route
    fitting = {r.key for r in rules if r.enabled and r.fits(asked)}
    named = [p.rule for p in route.passed] + ([route.rule] if route.rule else []) + list(route.less_specific)
    assert {r.key for r in named} == fitting
    assert [r.rank for r in named] == sorted((r.rank for r in named), reverse=True)
    assert (route.unit in active) if route.rule else route.unit is None


@given(RULES, QUESTIONS)
def test_where_no_two_rules_are_of_the_same_matter_their_keys_decide_nothing(
    rules: list[RouteRule], asked: Question
) -> None:
    kept: list[RouteRule] = []
    for each in rules:
        if not any(each.same_matter(other) for other in kept):
            kept.append(each)
    renamed = [replace(r, key=f"z{99 - n}") for n, r in enumerate(kept)]
    one, other = (decide(given_, asked, DAY, range(9)) for given_ in (kept, renamed))
    assert one.unit == other.unit
