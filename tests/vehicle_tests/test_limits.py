"""Worked cases of GB 18285-2018 and GB 3847-2018: limits by method, level and date, judged as the report writes the numbers."""

from datetime import date
from decimal import Decimal

import pytest

from bihuan.domain.vehicle_tests.limits import every, judged, limits_on
from bihuan.domain.vehicle_tests.tables import METHODS, VALUES

DAY = date(2019, 5, 1)
ASM = {"co_5025": 0.5, "hc_5025": 90.0, "no_5025": 700.0}


@pytest.mark.parametrize(
    ("method", "level", "values", "ok"),
    [
        ("asm", "a", ASM, True),  # at the limit is in order
        ("asm", "a", ASM | {"co_5025": 0.51}, False),
        ("asm", "b", ASM, False),
        ("asm", "b", {"co_5025": 0.35, "hc_5025": 47.0, "no_5025": 420.0}, True),
        ("asm", "a", ASM | {"no_5025": 900.0, "co_2540": 0.4, "hc_2540": 80.0, "no_2540": 650.0}, True),  # 2540 decides where it was driven
        ("asm", "a", ASM | {"co_2540": 0.4, "hc_2540": 81.0, "no_2540": 650.0}, False),
        ("double_idle", "a", {"idle_co": 0.6, "idle_hc": 80.0, "high_co": 0.3, "high_hc": 50.0}, True),
        ("double_idle", "a", {"idle_co": 0.6, "idle_hc": 80.0, "high_co": 0.3, "high_hc": 50.0, "lambda": 1.06}, False),
        ("double_idle", "b", {"idle_co": 0.4, "idle_hc": 41.0, "high_co": 0.3, "high_hc": 30.0}, False),
        ("vmas", "a", {"co_km": 8.0, "hc_km": 1.6, "nox_km": 1.3}, True),
        ("vmas", "b", {"co_km": 5.0, "hc_km": 1.0, "nox_km": 0.71}, False),
        ("transient", "a", {"co_km": 3.5, "hcnox_km": 1.5}, True),
        ("transient", "b", {"co_km": 2.8, "hcnox_km": 1.3}, False),
        ("free", "a", {"k_mean": 1.2}, True),
        ("free", "b", {"k_mean": 0.71}, False),
        ("free", "a", {"k_mean": 1.0, "ringelmann": 2.0}, False),
    ],
)  # fmt: skip
def test_a_report_is_judged_by_its_limits(
    method: str, level: str, values: dict[str, float | None], ok: bool
) -> None:
    assert judged(method, DAY, values, level=level).ok is ok


def test_lug_down_needs_forty_percent_of_the_rated_power() -> None:
    values = {"k_100": 1.2, "k_80": 1.0, "nox_80": 1500.0, "power": 44.0}
    assert judged("lugdown", DAY, values, rated_kw=110).ok is True
    verdict = judged("lugdown", DAY, values | {"power": 43.9}, rated_kw=110)
    (wrong,) = [i for i in verdict.items if i.ok is False]
    assert (wrong.limit.value, wrong.value, wrong.against, verdict.ok) == ("power", Decimal("43.9"), Decimal("44.00"), False)  # fmt: skip
    assert judged("lugdown", DAY, values).ok is None  # the rated power is not known, so it cannot be said
    assert judged("lugdown", DAY, values).missing == ("最大轮边功率",)


def test_before_the_standard_and_without_a_value_nothing_is_said() -> None:
    assert judged("asm", date(2019, 4, 30), ASM).ok is None
    assert limits_on(date(2019, 4, 30), "asm") == ()
    assert judged("asm", DAY, ASM | {"no_5025": None}).ok is None
    assert judged("asm", DAY, ASM | {"no_5025": None, "hc_5025": 91.0}).ok is False


def test_a_lit_lamp_fails_and_an_unknown_level_is_refused() -> None:
    assert judged("asm", DAY, ASM, mil="on").ok is False
    with pytest.raises(ValueError, match="level"):
        judged("asm", DAY, ASM, level="c")


def test_every_limit_is_of_a_known_method_and_value_and_names_its_source() -> None:
    for limit in every():
        assert limit.method in METHODS
        assert limit.value in VALUES
        assert limit.source.startswith("GB ")
        assert limit.mark in ("S", "S1", "K", "K?")
    assert {(one.method, one.level) for one in every()} == {(m, level) for m in METHODS for level in "ab"}
