"""Works and their networks, worked by hand: load, concentrations, weather, dilution, collection, balance of reused water."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.sewage.works.collection import Collected, collected, masses
from bihuan.domain.sewage.works.dilution import diluted, undiluted
from bihuan.domain.sewage.works.months import bod_share, monthly
from bihuan.domain.sewage.works.reuse import USED, Balance, balance
from bihuan.domain.sewage.works.rules import goals_on, rules_on
from bihuan.domain.sewage.works.shortfalls import ranked
from bihuan.domain.sewage.works.tables import DAYS, TERMS
from bihuan.domain.sewage.works.weather import by_weather, marked

RULES = rules_on(date(2025, 6, 1))
APRIL = date(2025, 4, 1)
MAY = date(2025, 5, 1)


def days(*rows: dict[str, object], works: str = "A", first: date = APRIL) -> pl.DataFrame:
    """Consecutive days; a row may say its own date."""
    made = [{"works": works, "date": first + timedelta(days=n)} | row for n, row in enumerate(rows)]
    return pl.DataFrame(made, schema_overrides=DAYS).select(
        *(pl.col(c) if any(c in m for m in made) else pl.lit(None, t).alias(c) for c, t in DAYS.items())
    )


def terms(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows or [("A", date(2020, 1, 1), None, 1000.0, 10_000.0, 0.0)], TERMS, orient="row")


def month(given: pl.DataFrame, known: pl.DataFrame | None = None, until: date = MAY) -> dict[str, object]:
    (row,) = monthly(given, terms() if known is None else known, until, RULES).to_dicts()
    return row


def test_load_is_the_mean_of_the_days_reported_over_the_capacity_in_force() -> None:
    """30 days of April: 28 with 900 m³, one with 1,200, one without: 26,400 / 29 = 910.34; 1,000 m³/d: 91.0 %; one day over."""
    found = month(days(*[{"inflow": 900.0}] * 28, {"inflow": 1200.0}, {"inflow": None}))
    assert (found["due"], found["reported"], found["over_days"]) == (30, 29, 1)
    assert found["load"] == pytest.approx(0.91034, abs=1e-5)
    assert found["enough"]


def test_a_works_that_grew_is_judged_by_the_capacity_of_each_day() -> None:
    """From 16 April on 2,000 m³/d instead of 1,000: the mean capacity is 1,500; 1,200 m³ is over on 15 days alone."""
    grown = terms(
        ("A", date(2020, 1, 1), date(2025, 4, 16), 1000.0, 1.0, None),
        ("A", date(2025, 4, 16), None, 2000.0, 1.0, None),
    )
    found = month(days(*[{"inflow": 1200.0}] * 30), grown)
    assert (found["capacity"], found["load"], found["over_days"]) == (1500.0, 0.8, 15)


def test_without_a_capacity_in_force_there_is_no_load() -> None:
    ended = terms(("A", date(2020, 1, 1), date(2025, 4, 1), 1000.0, 1.0, None))
    found = month(days({"inflow": 900.0}), ended)
    assert (found["capacity"], found["load"], found["over_days"]) == (None, None, 0)


def test_concentrations_are_weighted_with_the_flow_and_a_day_without_flow_weighs_nothing() -> None:
    """40, 60, 50 mg/L with 100, 300, 100 m³ -> 54.0 (the plain mean is 50); the fourth has a value and no flow."""
    rows = [(40.0, 100.0), (60.0, 300.0), (50.0, 100.0), (999.0, 0.0), (999.0, None), (None, 5000.0)]
    found = month(days(*({"in_bod": c, "inflow": q} for c, q in rows)))
    assert found["in_bod"] == pytest.approx(54.0)
    assert found["in_bod_days"] == 3
    # The mass of a day is that of the mean concentration in the mean inflow of the five days reported: 5,500 / 5 = 1,100 m³/d.
    assert found["bod_kg"] == pytest.approx(54.0 * 1100 / 1000)


def test_a_running_month_is_due_up_to_yesterday() -> None:
    found = month(days(*[{"inflow": 900.0}] * 5), until=date(2025, 4, 11))
    assert (found["due"], found["reported"], found["enough"]) == (10, 5, False)


def test_the_share_of_capacity_with_enough_bod_leaves_out_what_is_not_known() -> None:
    """A 3,000 m³/d with 120 mg/L, B 1,000 with exactly 100 (not above), C 500 without BOD: 3,000 / 4,000."""
    parts = [
        days(*[{"inflow": 1.0, "in_bod": bod}] * 30, works=code)
        for code, bod in (("A", 120.0), ("B", 100.0), ("C", None))
    ]
    known = terms(
        *((c, date(2020, 1, 1), None, q, None, None) for c, q in (("A", 3000.0), ("B", 1000.0), ("C", 500.0)))
    )
    (row,) = bod_share(monthly(pl.concat(parts), known, MAY, RULES), RULES).to_dicts()
    assert (row["share"], row["capacity"], row["unknown"]) == (0.75, 4000.0, 500.0)


def rainy(*rows: tuple[float | None, float | None]) -> pl.DataFrame:
    """Days of (inflow, rain)."""
    return marked(days(*({"inflow": q, "rain": r, "in_bod": 80.0} for q, r in rows)), RULES)


def test_a_dry_day_has_two_days_without_rain_before_it_and_unknown_rain_is_never_dry() -> None:
    found = rainy(*((1.0, r) for r in (0.0, 0.0, 0.0, 0.05, 5.0, 0.0, 0.0, 0.0, None, 0.0, 0.0, 0.0, 0.1)))
    assert found["mark"].to_list() == [
        "unknown", "unknown", "dry", "dry", "wet", "after", "after", "dry", "unknown", "unknown", "unknown", "dry", "wet",
    ]  # fmt: skip


def test_a_day_that_is_missing_has_unknown_rain() -> None:
    rows = days({"inflow": 1.0, "rain": 0.0}, {"inflow": 1.0, "rain": 0.0, "date": date(2025, 4, 3)})
    assert marked(rows, RULES)["mark"].to_list() == ["unknown", "unknown", "unknown"]


def test_water_that_rain_brings_is_what_flows_above_the_median_of_dry_days() -> None:
    """Dry days 1,000 (6 of them, one 1,300): median 1,000. Wet 1,600 and the day after 1,200 bring 600 + 200 = 800 m³ of the 9,100 whose weather is known."""
    flows = [(1000.0, 0.0)] * 2 + [(1000.0, 0.0)] * 5 + [(1300.0, 0.0), (1600.0, 20.0), (1200.0, 0.0)]
    (row,) = by_weather(rainy(*flows), RULES).to_dicts()
    assert (row["unknown_days"], row["dry_days"], row["wet_days"], row["after_days"]) == (2, 6, 1, 1)
    assert (row["dry_flow"], row["ratio"], row["rain_water"]) == (1000.0, 1.6, 800.0)
    assert row["rain_share"] == pytest.approx(800 / 9100)
    assert row["dry_bod"] == pytest.approx(80.0)


def test_without_known_rain_nothing_is_said_and_a_month_without_rain_brought_none() -> None:
    (unknown,) = by_weather(rainy(*[(1000.0, None)] * 20), RULES).to_dicts()
    assert unknown["unknown_days"] == 20
    assert {unknown[k] for k in ("dry_flow", "wet_flow", "ratio", "rain_water", "rain_share", "dry_bod")} == {
        None
    }
    (dry,) = by_weather(rainy(*[(1000.0, 0.0)] * 20), RULES).to_dicts()
    assert (dry["rain_water"], dry["rain_share"], dry["ratio"]) == (0.0, 0.0, None)
    (few,) = by_weather(rainy(*[(1000.0, 0.0)] * 6), RULES).to_dicts()
    assert (few["dry_days"], few["dry_flow"], few["rain_water"]) == (4, None, None)


def test_thin_sewage_of_dry_weather_is_an_interval_of_foreign_water() -> None:
    """45 g in 100..180 L, up to 20 % lost: 200..450 mg/L. 90 mg/L: 1 - 90/200 = 55 % to 1 - 90/450 = 80 %; 300: 0 to 33 %."""
    assert (undiluted(RULES).low, undiluted(RULES).high) == (pytest.approx(200.0), pytest.approx(450.0))
    rows = pl.DataFrame({"dry_bod": [90.0, 300.0, 500.0, None]}, schema={"dry_bod": pl.Float64})
    found = diluted(rows, RULES)
    assert found["foreign_low"].to_list() == [pytest.approx(0.55), 0.0, 0.0, None]
    assert found["foreign_high"].to_list() == [pytest.approx(0.8), pytest.approx(1 / 3), 0.0, None]


def test_the_collection_rate_by_hand() -> None:
    """A brings 20,000 m³/d x 120 mg/L = 2,400 kg/d, of it 150 of industry: 50,000 people of 80,000: 62.5 %; B has no BOD5."""
    a = days(*[{"inflow": 20_000.0, "in_bod": 120.0}] * 30)
    b = days(*[{"inflow": 5000.0}] * 30, works="B")
    known = terms(("A", date(2020, 1, 1), None, 1.0, None, 150.0))
    mass = masses(monthly(pl.concat([a, b]), known, MAY, RULES))
    found = collected(mass, ["A", "B"], 80_000, 30, RULES)
    assert (found.arrived, found.industry, found.served) == (
        pytest.approx(2400),
        150.0,
        pytest.approx(50_000),
    )
    assert found.rate == pytest.approx(0.625)
    assert found.missing == pytest.approx(30_000)
    assert (found.measured, found.unmeasured, found.unsplit) == (("A",), ("B",), ())
    assert (found.reported, found.due) == (30, 60)


def test_months_weigh_as_many_days_as_were_reported_and_silence_is_no_zero() -> None:
    """April 30 days of 1,000 kg, May 10 days of 2,000 kg: (30,000 + 20,000) / 40 = 1,250 kg/d; June said nothing."""
    rows = days(*[{"inflow": 10_000.0, "in_bod": 100.0}] * 30, *[{"inflow": 10_000.0, "in_bod": 200.0}] * 10)
    (row,) = masses(monthly(rows, terms(), date(2025, 7, 1), RULES)).to_dicts()
    assert (row["bod_kg"], row["reported"]) == (pytest.approx(1250.0), 40)


def test_nothing_measured_or_nobody_counted_gives_no_rate() -> None:
    nothing = collected(masses(monthly(days(), terms(), MAY, RULES)), ["A"], 1000, 30, RULES)
    assert (nothing.served, nothing.rate, nothing.missing, nothing.unmeasured) == (None, None, None, ("A",))
    some = Collected(None, 45.0, 0.0, ("A",), (), ("A",), 30, 30, 45.0)
    assert (some.served, some.rate, some.missing) == (1000.0, None, None)


def test_works_are_ranked_by_the_people_that_do_not_arrive() -> None:
    """B misses 10,000 - 4,000, A 10,000 - 8,000; of C nobody counted the people, so it stands last with its thin sewage."""
    parts = [
        days(*[{"inflow": 1000.0, "in_bod": bod, "rain": None}] * 30, works=c)
        for c, bod in (("A", 360.0), ("B", 180.0), ("C", 50.0))
    ]
    both = pl.concat(parts)
    known = terms(
        *((c, date(2020, 1, 1), None, 2000.0, p, None) for c, p in (("A", 1e4), ("B", 1e4), ("C", None)))
    )
    months = monthly(both, known, MAY, RULES)
    found = ranked(masses(months), months, diluted(by_weather(marked(both, RULES), RULES), RULES), RULES)
    assert found["works"].to_list() == ["B", "A", "C"]
    assert found["missing"].to_list() == [pytest.approx(6000), pytest.approx(2000), None]
    assert found["missing_kg"].to_list() == [pytest.approx(270), pytest.approx(90), None]
    assert found["thin"].to_list() == [False, False, True]
    assert found["rain_share"].to_list() == [None, None, None]
    assert found["unsplit"].to_list() == [True, True, True]


def used(*rows: tuple[str, str, float | None]) -> pl.DataFrame:
    return pl.DataFrame([("A", user, purpose, APRIL, v) for user, purpose, v in rows], USED, orient="row")


def water(made: float | None = 100.0, sent: float | None = 90.0, n: int = 30) -> pl.DataFrame:
    return monthly(
        days(*[{"inflow": 500.0, "outflow": 480.0, "made": made, "sent": sent}] * n), terms(), MAY, RULES
    )


def test_what_users_do_not_account_for_is_shown_with_its_sign() -> None:
    """Made 3,000, sent 2,700, used 1,500 + 900: 300 stayed, 300 of 2,700 open (11.1 %); 2,400 of 14,400 treated: 16.7 %."""
    found = balance(water(), used(("电厂", "industry", 1500.0), ("环卫", "municipal", 900.0)))
    assert (found.made, found.sent, found.used, found.kept, found.unclosed) == (
        3000.0,
        2700.0,
        2400.0,
        300.0,
        300.0,
    )
    assert found.share == pytest.approx(1 / 9)
    assert found.rate == pytest.approx(1 / 6)
    assert found.by_purpose == {"industry": 1500.0, "municipal": 900.0}
    assert found.complete
    more = balance(water(), used(("电厂", "industry", 3000.0)))
    assert (more.unclosed, more.share) == (-300.0, pytest.approx(-1 / 9))


def test_a_users_missing_figure_is_not_zero() -> None:
    found = balance(water(), used(("电厂", "industry", 1500.0), ("环卫", "municipal", None)))
    assert (found.used, found.unknown, found.complete) == (1500.0, (("环卫", APRIL),), False)
    nobody = balance(water(), used(("环卫", "municipal", None)))
    assert (nobody.used, nobody.unclosed, nobody.share, nobody.rate) == (None, None, None, None)


def test_what_was_sent_may_be_unknown_and_days_without_a_figure_are_counted() -> None:
    found = balance(water(sent=None, n=28), used(("电厂", "industry", 1400.0)))
    assert (found.sent, found.kept, found.given, found.unclosed, found.gaps) == (
        None,
        None,
        2800.0,
        1400.0,
        2,
    )
    assert not found.complete


def test_goals_have_dates_and_what_is_unsure_says_so() -> None:
    assert goals_on(date(2020, 1, 1)) == {}
    assert goals_on(date(2022, 1, 1))["collection"].value == 70
    assert goals_on(date(2025, 1, 1))["collection"].value == 73
    assert goals_on(date(2025, 1, 1))["reuse"].unsure
    assert (RULES.low_bod, RULES.person_bod) == (100, 45)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 500), st.floats(1, 1e5)), min_size=1, max_size=30))
def test_a_weighted_mean_lies_between_its_values_and_does_not_know_the_unit_of_flow(
    rows: list[tuple[float, float]],
) -> None:
    found = month(days(*({"in_bod": c, "inflow": q} for c, q in rows)))
    again = month(days(*({"in_bod": c, "inflow": q * 86.4} for c, q in rows)))
    values = [c for c, _ in rows]
    assert min(values) - 1e-6 <= float(str(found["in_bod"])) <= max(values) + 1e-6
    assert found["in_bod"] == pytest.approx(again["in_bod"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 1e5) | st.none(), st.sampled_from([None, 0.0, 0.05, 3.0])),
        min_size=1,
        max_size=30,
    )
)
def test_every_day_has_one_mark_and_no_water_of_rain_is_negative(
    rows: list[tuple[float | None, float | None]],
) -> None:
    given_days = rainy(*rows)
    assert set(given_days["mark"]) <= {"dry", "wet", "after", "unknown"}
    for row in by_weather(given_days, RULES).to_dicts():
        counted = sum(row[f"{m}_days"] for m in ("dry", "wet", "after", "unknown"))
        assert counted == sum(q is not None for q, _ in rows)
        assert row["rain_water"] is None or row["rain_water"] >= 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e4) | st.none(), max_size=6))
def test_a_balance_adds_up_whatever_users_say(volumes: list[float | None]) -> None:
    found: Balance = balance(water(), used(*((f"u{n}", "industry", v) for n, v in enumerate(volumes))))
    assert len(found.unknown) == sum(v is None for v in volumes)
    if found.used is not None:
        assert found.used + float(found.unclosed or 0) == pytest.approx(2700.0)
