"""The river network on one that was reckoned by hand.

A (10 km, 0.5 m/s) ──┐
                     ├─► C (6 km, speed not known) ──► D (4 km, 1 m/s) ──► border
B (3 km, 0.25 m/s) ──┘
E (8 km) flows elsewhere.
"""

import math

import numpy as np
import polars as pl
import pytest

from bihuan.domain.river_network import REACHES, Network, Travel, network, placed, upstream

ROWS = [
    ("D", None, 4.0, 1.0, 8.0), ("A", "C", 10.0, 0.5, 3.0), ("B", "C", 3.0, 0.25, None),
    ("C", "D", 6.0, None, 5.0), ("E", "gone", 8.0, 0.5, None),
]  # fmt: skip


@pytest.fixture
def net() -> Network:
    return network(pl.DataFrame(ROWS, schema=REACHES, orient="row"))


def places(*rows: tuple[str, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"reach": pl.String, "km": pl.Float64}, orient="row")


def test_all_that_flows_to_a_point_with_its_way_and_time(net: Network) -> None:
    # The point lies 1 km down D. From 4 km down A: 6 km of A at 1.8 km/h, 6 km of C at the default 0.4 m/s = 1.44 km/h, 1 km at 3.6 km/h.
    found = placed(
        places(("A", 4.0), ("B", 3.0), ("E", 1.0), ("D", 0.25), ("D", 3.0)), upstream(net, "D", 1.0)
    )
    assert found["reach"].to_list() == ["A", "B", "D"]
    assert found["distance_km"].to_list() == pytest.approx([13.0, 7.0, 0.75])
    by_hand = [6 / 1.8 + 6 / 1.44 + 1 / 3.6, 6 / 1.44 + 1 / 3.6, 0.75 / 3.6]
    assert found["hours"].to_list() == pytest.approx(by_hand)


def test_what_lies_below_or_on_another_branch_does_not_flow_there(net: Network) -> None:
    assert set(upstream(net, "C", 0.0)["reach"]) == {"A", "B", "C"}
    assert upstream(net, "B", 1.0)["reach"].to_list() == ["B"]
    assert placed(places(("B", 1.5), ("A", 1.0)), upstream(net, "B", 1.0)).is_empty()


def test_water_is_quicker_at_a_higher_flow(net: Network) -> None:
    slow, quick = (
        placed(places(("A", 0.0)), upstream(net, "A", 9.0, Travel(ratio=ratio)))["hours"][0]
        for ratio in (1, 8)
    )
    assert slow == pytest.approx(5.0)
    assert slow / quick == pytest.approx(8**0.4)


def test_a_place_without_its_kilometre_lies_in_the_middle_and_one_beyond_the_reach_at_its_end(
    net: Network,
) -> None:
    found = placed(places(("A", None), ("A", 11.0)), upstream(net, "C", 2.0))
    assert found["distance_km"].to_list() == [7.0, 2.0]


def test_a_long_river_and_one_that_flows_in_a_circle() -> None:
    names = [f"R{n:04}" for n in range(3000)]
    rows = [(name, after, 1.0, 1.0, None) for name, after in zip(names, [*names[1:], None], strict=True)]
    circle = [("X", "Y", 1.0, 1.0, None), ("Y", "X", 1.0, 1.0, None)]
    net = network(pl.DataFrame([*rows, *circle], schema=REACHES, orient="row"))
    above = upstream(net, "R2999", 1.0)
    assert above.height == 3000
    assert placed(places(("R0000", 0.0)), above)["distance_km"][0] == pytest.approx(3000)
    assert set(upstream(net, "Y", 1.0)["reach"]) == {"X", "Y"}


def test_refusals(net: Network) -> None:
    with pytest.raises(KeyError):
        upstream(net, "nowhere", 0.0)
    for wrong in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="does not flow"):
            Travel(ratio=wrong)
    assert np.isnan(net.flow[2])
