"""河网: reaches that flow into each other, and how far and how many hours above a point each of them lies at a flow.

A reach names the one below it, so there is one way down from everywhere (decision 0038). A place is a reach and a distance
from the upper end of that reach [km].
"""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
REACHES = pl.Schema(
    {
        "reach": pl.String(),
        "below": pl.String(),  # null at the border or mouth
        "length_km": pl.Float64(),
        "speed": pl.Float64(),  # mean speed of the water at `flow` [m/s], null where not known
        "flow": pl.Float64(),  # [m³/s], null where not known
    }
)
KM_PER_HOUR = 3.6
"""km/h in one m/s."""


@dataclass(frozen=True)
class Travel:
    """How water is taken to travel.

    ratio: flow now over the flow at which the speeds were measured. exponent: speed goes with flow to this power (0.4: Manning's
    formula in a wide channel; at single gauges 0.34 is usual, Leopold and Maddock 1953; ours). default_speed: of reaches whose
    speed is not known [m/s] (ours: small rivers of hills at mean flow run at 0.2 to 0.8).
    """

    ratio: float = 1.0
    exponent: float = 0.4
    default_speed: float = 0.4

    def __post_init__(self) -> None:
        if not (self.ratio > 0 and self.default_speed > 0):
            raise ValueError(f"water that does not flow: ratio {self.ratio}, speed {self.default_speed}")


@dataclass(frozen=True)
class Network:
    """Reaches as arrays in one order. below: the place of the next reach in that order; the number of reaches where none is.

    speed, flow: NaN where not known.
    """

    reaches: pl.Series
    below: Whole
    length_km: Floats
    speed: Floats
    flow: Floats

    def pace(self, travel: Travel) -> Floats:
        """Hours that water needs for a kilometre of each reach."""
        known = self.speed > 0
        speed = np.where(known, self.speed, travel.default_speed) * travel.ratio**travel.exponent
        result: Floats = 1 / (KM_PER_HOUR * speed)
        return result

    def position(self, reach: str) -> int:
        """Where a reach stands in the order. Raises KeyError for one that is not there."""
        found = self.reaches.index_of(reach)
        if found is None:
            raise KeyError(reach)
        return found


def network(reaches: pl.DataFrame) -> Network:
    """The network of REACHES; what flows into a reach that is not among them ends there."""
    order = reaches.select(list(REACHES)).with_row_index("row")
    rows = order.select(below="reach", at="row")
    below = order.join(rows, on="below", how="left", maintain_order="left")["at"].fill_null(order.height)
    numbers = (
        order[c].cast(pl.Float64).fill_null(math.nan).to_numpy() for c in ("length_km", "speed", "flow")
    )
    return Network(order["reach"], below.cast(pl.Int64).to_numpy(), *numbers)


UPSTREAM = pl.Schema(
    {
        "reach": pl.String(),
        "end_km": pl.Float64(),  # from the lower end of the reach to the point; negative for the reach of the point itself
        "end_hours": pl.Float64(),
        "length_km": pl.Float64(),
        "pace": pl.Float64(),  # [h/km]
    }
)


def upstream(net: Network, reach: str, km: float, travel: Travel | None = None) -> pl.DataFrame:
    """UPSTREAM: every reach from which water comes to a point, and that of the point. Raises KeyError for an unknown reach."""
    at = net.position(reach)
    pace = net.pace(travel or Travel())
    lengths = net.length_km.copy()
    lengths[at] = km
    found, ways = _ways(net, at, np.stack([lengths, lengths * pace]))
    beyond = km - net.length_km[at]
    ways[:, at] = beyond, beyond * pace[at]
    return pl.DataFrame(
        {
            "reach": net.reaches.gather(found),
            "end_km": ways[0, found],
            "end_hours": ways[1, found],
            "length_km": net.length_km[found],
            "pace": pace[found],
        },
        schema=UPSTREAM,
    )


def _ways(net: Network, at: int, amounts: Floats) -> tuple[Whole, Floats]:
    """The reaches from which water comes to the reach `at`, and the sums of `amounts` (rows of one for each reach) below each on its way.

    All ways down are followed at once: in each round a reach takes over the way of the one that its own way leads to, so
    a way of n reaches is known after log2(n) rounds. What flows in a circle never arrives.
    """
    count = len(net.reaches)
    step = np.append(net.below, count)
    step[at] = at
    ways = np.append(amounts, np.zeros((len(amounts), 1)), axis=1)[:, step]
    ways[:, [at, count]] = 0.0
    for _ in range(max(1, count.bit_length())):
        ways = ways + ways[:, step]
        step = step[step]
    return np.flatnonzero(step[:count] == at), ways[:, :count]


def passed(places: pl.DataFrame, marks: pl.DataFrame, net: Network, reach: str) -> Whole:
    """How many of `marks` water from each of `places` (both with `reach`, `km`, all upstream of a point on `reach`) passes on its way.

    A mark at the place itself is passed.
    """
    counts = np.zeros(len(net.reaches))
    at = pl.DataFrame({"reach": net.reaches}).with_row_index("at")
    np.add.at(counts, marks.join(at, on="reach")["at"].to_numpy(), 1.0)
    _, below = _ways(net, net.position(reach), counts[None, :])
    whole = at.select("reach", below=below[0])
    ordered = places.select("reach", "km").with_row_index("n")
    own = (
        ordered.join(marks.select("reach", mark="km"), on="reach")
        .filter(pl.col("mark") >= pl.col("km"))
        .group_by("n")
        .len("own")
    )
    said = ordered.join(whole, on="reach", how="left", maintain_order="left").join(
        own, on="n", how="left", maintain_order="left"
    )
    return said.select((pl.col("below") + pl.col("own").fill_null(0)).cast(pl.Int64)).to_series().to_numpy()


def placed(places: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """The places (columns `reach`, `km`) that lie upstream of the point of `above` or at it, with `distance_km` and `hours` to it.

    A place whose `km` is not known is taken in the middle of its reach; one beyond the end of its reach at that end.
    """
    km = pl.min_horizontal(pl.col("km").fill_null(pl.col("length_km") / 2), "length_km")
    rest = pl.col("length_km") - km
    return (
        places.join(above, on="reach", maintain_order="left")
        .with_columns(distance_km=pl.col("end_km") + rest, hours=pl.col("end_hours") + rest * pl.col("pace"))
        .filter(pl.col("distance_km") >= 0)
        .drop("end_km", "end_hours", "length_km", "pace")
    )
