"""Main pollutants: worst class first, then the larger multiple, the toxic before all, at most three, pH and DO by name."""

import polars as pl
import pytest

from bihuan.domain.standards.surface_water import with_classes, with_main


def main_of(kind: str = "river", **values: float) -> str | None:
    """The text of one row."""
    return with_main(with_classes(pl.DataFrame({**values, "kind": kind})))["main"][0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"codmn": 6.0, "nh3n": 1.0}, None),
        ({"nh3n": 1.5}, "NH3-N (0.5)"),
        # 白羊墅, 2021-04-04: both 劣Ⅴ, the larger multiple first; the permanganate index is Ⅳ
        ({"do": 9.43, "codmn": 7.25, "nh3n": 2.784, "tp": 0.5}, "NH3-N (1.78), TP (1.5), CODMn (0.21)"),
        # Ⅴ before Ⅳ, although its multiple is smaller
        ({"codmn": 9.9, "nh3n": 1.6}, "NH3-N (0.6), CODMn (0.65)"),
        ({"do": 4.0, "codmn": 6.6}, "CODMn (0.1), DO"),
        ({"do": 2.5, "codmn": 6.6}, "DO, CODMn (0.1)"),
        ({"ph": 9.5, "nh3n": 3.0}, "NH3-N (2), pH"),
        # cyanide first, though ammonia is far beyond
        ({"cn": 0.3, "nh3n": 9.0, "tp": 0.5, "cod": 31.0}, "CN- (0.5), NH3-N (8), TP (1.5)"),
    ],
)
def test_examples(values: dict[str, float], expected: str | None) -> None:
    assert main_of(**values) == expected


def test_the_multiple_of_a_lake_is_that_of_its_own_limit() -> None:
    assert main_of("lake", tp=0.1) == "TP (1)"
    assert main_of("river", tp=0.1) is None


def test_at_most_three_and_rows_stay_in_their_order() -> None:
    frame = pl.DataFrame(
        {"codmn": [20.0, 1.0, 7.0], "nh3n": [3.0, 0.1, 0.1], "tp": [0.6, 0.01, 0.1], "bod5": [20.0, 1.0, 2.0]}
    )
    assert with_main(with_classes(frame))["main"].to_list() == [
        "BOD5 (4), CODMn (2.33), NH3-N (2)", None, "CODMn (0.17)"
    ]  # fmt: skip


def test_a_multiple_is_rounded_half_to_even() -> None:
    assert main_of(nh3n=1.125) == "NH3-N (0.12)"
