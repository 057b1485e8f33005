"""Whether the water keeps its class, by hand-computed values; the rates, and what they leave out."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.drinking_water.quality import Rates, Verdict, judge, limits_of, rates

SCHEMA = pl.Schema(
    {
        "site": pl.String(),
        "quantity": pl.String(),
        "start": INSTANT,
        "value": pl.Float64(),
        "flag": pl.String(),
    }
)
Row = tuple[str, str, int, float | None]


def rows(*values: Row, flag: str | None = None) -> pl.DataFrame:
    """(site, code, month of 2019, value) as observations."""
    made = [(s, c, datetime(2019, m, 10, tzinfo=CST), v, flag) for s, c, m, v in values]
    return pl.DataFrame(made, SCHEMA, orient="row")


def verdict(kind: str, *values: tuple[str, int, float | None], flag: str | None = None) -> Verdict:
    return judge(rows(*(("W", *value) for value in values), flag=flag), {"W": kind})["W"]


def test_every_limit_is_of_a_known_quantity_in_its_unit() -> None:
    for kind in ("river", "lake", "ground"):
        assert all(limit.code in LONG and limit.source for limit in limits_of(kind).values())
        assert all(limit.low is not None or limit.high is not None for limit in limits_of(kind).values())


@pytest.mark.parametrize(
    ("kind", "code", "kept", "beyond"),
    [
        ("river", "w21003", 1.0, 1.01),  # NH3-N, class III
        ("ground", "w21003", 0.5, 0.51),
        ("river", "w21011", 0.2, 0.21),  # TP of rivers
        ("lake", "w21011", 0.05, 0.06),  # and of lakes
        ("river", "w20142", 0.1, 0.11),  # Hg: 0.0001 mg/L in µg/L
        ("ground", "w20142", 1.0, 1.1),
        ("river", "w20117", 50.0, 51.0),  # Cr6+: 0.05 mg/L in µg/L
        ("river", "w21038", 250.0, 251.0),  # sulphate, table 2
        ("river", "w01009", 5.0, 4.99),  # dissolved oxygen is bounded from below
        ("river", "w01001", 6.0, 5.9),
        ("river", "w01001", 9.0, 9.1),
        ("ground", "w01001", 6.5, 6.4),
    ],
)
def test_the_limit_itself_is_kept_and_a_little_more_is_not(
    kind: str, code: str, kept: float, beyond: float
) -> None:
    assert verdict(kind, (code, 1, kept)).compliant is True
    assert verdict(kind, (code, 1, beyond)).compliant is False


def test_one_item_beyond_its_limit_is_enough_and_is_named_with_its_multiple() -> None:
    found = verdict("ground", ("w21038", 1, 286.0), ("w21003", 1, 0.1), ("w01001", 1, 6.0))
    assert [(j.limit.code, j.multiple) for j in found.exceeded] == [
        ("w01001", None),
        ("w21038", pytest.approx(0.144)),
    ]


@pytest.mark.parametrize("code", ["w01018", "w21001", "w01010", "w02003"])
def test_cod_nitrogen_temperature_and_coliform_are_not_judged(code: str) -> None:
    assert verdict("lake", (code, 1, 10**9)).compliant is None


def test_a_month_is_the_mean_of_its_samples_and_a_year_the_mean_of_its_months() -> None:
    found = verdict("ground", ("w21038", 1, 100.0), ("w21038", 1, 500.0), ("w21038", 2, 190.0))
    assert [j.value for j in found.items] == [245.0]  # (300 + 190) / 2, not the mean of the three
    assert (found.compliant, found.months, found.good_months) == (True, ("2019-01", "2019-02"), ("2019-02",))


def test_an_empty_or_flagged_value_says_nothing() -> None:
    assert verdict("ground", ("w21038", 1, None)).compliant is None
    assert verdict("ground", ("w21038", 1, 900.0), flag="D").compliant is None
    assert verdict("ground", ("w21038", 1, 900.0), flag="N").compliant is False
    assert verdict("ground", ("w21038", 1, 10.0), flag="<").compliant is True  # half the detection limit


def test_the_sum_of_floats_is_not_held_against_a_source() -> None:
    assert verdict("river", ("w20125", 1, 0.1 + 0.2)).compliant is True  # 0.30000000000000004 against 0.3


GOOD, BAD = verdict("ground", ("w21003", 1, 0.1)), verdict("ground", ("w21003", 1, 9.0))


def test_rates_by_count_and_by_quantity_differ_and_say_what_they_leave_out() -> None:
    found = rates(
        {"A": GOOD, "B": BAD, "C": GOOD, "D": Verdict()}, {"A": 6000.0, "B": 2000.0, "C": None, "D": 100.0}
    )
    assert found == Rates(2, 3, 2 / 3, 0.75, ("D",), ("C",))


def test_without_anything_measured_there_is_no_rate() -> None:
    assert rates({"A": Verdict()}, {"A": 5.0}) == Rates(0, 0, None, None, ("A",), ())
    assert rates({}, {}).by_count is None


@given(
    st.dictionaries(
        st.text(min_size=1), st.tuples(st.sampled_from([GOOD, BAD, Verdict()]), st.none() | st.floats(0, 1e6))
    )
)
def test_rates_are_shares_and_no_source_is_lost(sources: dict[str, tuple[Verdict, float | None]]) -> None:
    found = rates({c: v for c, (v, _) in sources.items()}, {c: q for c, (_, q) in sources.items()})
    assert found.judged + len(found.unmeasured) == len(sources)
    assert all(share is None or 0 <= share <= 1 for share in (found.by_count, found.by_quantity))
