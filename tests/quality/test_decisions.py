"""What a reviewer excluded leaves the evaluation, nothing else does, and what that changes is known beforehand."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain import quality
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import HOUR
from tests.quality.air import QUIET, SITES, flat, places, put, real_hours

A = SITES[0]


def decisions(*rows: tuple[str, str, int, int, str, str]) -> pl.DataFrame:
    """(site, items, first hour, number of hours, verdict, stage), in the order in which they were taken."""
    made = [(s, i, QUIET + a * HOUR, QUIET + (a + n) * HOUR, v, g) for s, i, a, n, v, g in rows]
    return pl.DataFrame(made, schema=quality.DECISIONS, orient="row")


def test_only_the_excluded_values_become_missing():
    hours = flat()
    after = quality.apply_decisions(hours, decisions((A, "pm25,pm10", 3, 2, "exclude", "audited")))
    gone = after.filter(pl.col("pm25").is_null())
    assert gone.select("site", "start").rows() == [(A, QUIET + 3 * HOUR), (A, QUIET + 4 * HOUR)]
    assert gone["pm10"].null_count() == 2
    assert after.select("site", "start", "so2", "o3").equals(hours.select("site", "start", "so2", "o3"))


def test_a_decision_to_keep_changes_nothing():
    hours = flat()
    assert quality.apply_decisions(hours, decisions((A, "pm25", 3, 2, "keep", "audited"))).equals(hours)


def test_a_re_audit_takes_the_place_of_the_audit():
    both = decisions((A, "pm25", 3, 4, "exclude", "audited"), (A, "pm25", 4, 1, "keep", "re-audited"))
    after = quality.apply_decisions(flat(), both).filter(pl.col("site") == A).sort("start")
    assert [i for i, v in enumerate(after["pm25"]) if v is None] == [3, 5, 6]


def test_lazy_and_eager_hours_give_the_same():
    made = decisions((A, "co", 3, 2, "exclude", "audited"))
    lazy = quality.apply_decisions(flat().lazy(), made)
    assert lazy.collect().equals(quality.apply_decisions(flat(), made))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(SITES[:2]), st.sampled_from(ITEM_NAMES), st.integers(0, 70), st.integers(1, 30),
            st.sampled_from(["keep", "exclude"]), st.just("audited"),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_decisions_never_change_a_value_and_undoing_restores_it(rows):
    hours = flat(sites=SITES[:2])
    after = quality.apply_decisions(hours, decisions(*rows))
    assert after.select("site", "start").equals(hours.select("site", "start"))
    for item in ITEM_NAMES:
        assert (after[item].drop_nulls() == hours.filter(after[item].is_not_null())[item]).all()
    undone = decisions(*rows, *((s, ",".join(ITEM_NAMES), 0, 100, "keep", "re-audited") for s in SITES[:2]))
    assert quality.apply_decisions(hours, undone).equals(hours)


def test_each_value_has_a_state():
    made = decisions((A, "pm25", 0, 2, "exclude", "audited"), (A, "pm25", 1, 1, "keep", "re-audited"))
    table = quality.states(flat(hours=3, sites=(A,)), made).filter(pl.col("item") == "pm25").sort("start")
    assert table["stage"].to_list() == ["audited", "re-audited", "raw"]
    assert table["verdict"].to_list() == ["exclude", "keep", None]


def test_the_strip_says_what_became_of_each_hour():
    hours = put(flat(hours=8), A, "pm10", 2, [132.0] * 4).filter(pl.col("start") != QUIET + HOUR)
    doubt = pl.DataFrame(
        {"target": [A], "item": ["pm10"], "start": [QUIET + 2 * HOUR], "until": [QUIET + 6 * HOUR]}
    )
    made = decisions((A, "pm10", 2, 1, "exclude", "audited"), (A, "pm10", 3, 1, "keep", "audited"))
    strip = quality.quality_strip(hours, doubt, made, until=QUIET + 8 * HOUR, length=9)
    mine = strip.filter(pl.col("site") == A).sort("start")["state"].to_list()
    assert mine == [
        "missing",
        "valid",
        "missing",
        "excluded",
        "valid",
        "doubtful",
        "doubtful",
        "valid",
        "valid",
    ]
    assert set(strip.filter(pl.col("site") == SITES[1])["state"]) == {"valid", "missing"}


def test_the_effect_of_an_exclusion_is_known_before():
    """Six hours of a stuck 800 µg/m³ in a day of 100: the mean by hand is (18*100 + 6*800)/24 = 275, without 100."""
    start = datetime(2019, 1, 9, 16, tzinfo=UTC)  # midnight of 2019-01-10 in China
    starts = pl.datetime_range(start, start + timedelta(days=2), "1h", closed="left", eager=True).alias(
        "start"
    )
    hours = pl.Series("site", SITES).to_frame().join(starts.to_frame(), how="cross")
    hours = hours.with_columns(
        pl.lit(100.0).alias(i) if i != "co" else pl.lit(1.0).alias(i) for i in ITEM_NAMES
    )
    bad = (pl.col("site") == A) & (pl.col("start") >= start) & (pl.col("start") < start + 6 * HOUR)
    hours = hours.with_columns(pm25=pl.when(bad).then(800.0).otherwise("pm25"))
    four = quality.exclusion_effect(hours, A, ["pm25"], start, start + 4 * HOUR)
    assert (four.hours, four.values) == (4, 4)
    taken = pl.DataFrame(
        [(A, "pm25", start, start + 4 * HOUR, "exclude", "audited")], schema=quality.DECISIONS, orient="row"
    )
    back = quality.exclusion_effect(
        hours, A, ["pm25"], start, start + 4 * HOUR, verdict="keep", earlier=taken
    )
    # The re-audit undoes it: the same two numbers the other way round.
    assert back.days.select("pm25_before", "pm25_after").row(0) == (170, 275)
    day = four.days.row(0, named=True)
    assert day["date"] == date(2019, 1, 10)
    # (18*100 + 2*800)/20 = 170, on 20 valid hours (GB 3095 table 4).
    assert (day["pm25_before"], day["pm25_after"]) == (275, 170)
    six = quality.exclusion_effect(hours, A, ["pm25"], start, start + 6 * HOUR)
    assert six.days["pm25_after"].to_list() == [None]
    month = six.months.row(0, named=True)
    # Mean of 275 and 100 before; only the second day afterwards.
    assert (month["pm25_before"], month["pm25_after"]) == (188, 100)
    assert (month["rank_before"], month["rank_after"]) == (5, 1)
    assert six.ranking.height == len(SITES)


def test_an_exclusion_on_a_real_month_touches_only_its_days():
    month = real_hours().filter(pl.col("start") < datetime(2019, 1, 31, 16, tzinfo=UTC))
    effect = quality.exclusion_effect(month, A, ["pm10"], QUIET, QUIET + 2 * HOUR)
    assert effect.days.height == 1
    assert effect.days["pm25_before"].equals(effect.days["pm25_after"])
    assert places().height == 5
