"""What the checks look at: passages with the gates, units, orders and lists that they are judged by."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.vehicles.decisions import Rules
from bihuan.domain.vehicles.pairing import visits
from bihuan.domain.vehicles.passages import PASSAGES

UNITS = pl.Schema({"unit": pl.String(), "region": pl.String(), "grade": pl.String(), "guaranteed": pl.Boolean()})  # fmt: skip
GATES = pl.Schema(
    {"site": pl.String(), "of": pl.String(), "kind": pl.String(), "weighbridge": pl.Boolean(), "lon": pl.Float64(), "lat": pl.Float64()}
)  # fmt: skip
"""of: the unit by the register."""
LISTED = pl.Schema({"plate": pl.String(), "colour": pl.String(), "listed_fuel": pl.String(), "listed_stage": pl.String()})  # fmt: skip
"""What the list of vehicles says of a plate."""
ORDERS = pl.Schema({"region": pl.String(), "level": pl.String(), "since": INSTANT, "until": INSTANT})
"""Warnings that ran: where, how high, from when to when (exclusive; not beyond now)."""
TOLD = pl.Schema({**PASSAGES, "received": INSTANT})
ZONE = "Asia/Shanghai"
DAY = pl.col("start").dt.convert_time_zone(ZONE).dt.date()
HOUR = pl.col("start").dt.convert_time_zone(ZONE).dt.hour()


@dataclass(frozen=True)
class Gates:
    """rules: by which gates decide. passages: TOLD of [since, now), as known now, and those whose own time lies ahead. outages: in which we could not receive."""

    now: datetime
    since: datetime
    units: pl.DataFrame
    gates: pl.DataFrame
    passages: pl.DataFrame
    listed: pl.DataFrame
    orders: pl.DataFrame
    rules: Rules
    outages: pl.DataFrame

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Passages of registered units, with `day` and `hour` (local)."""
        return self.passages.join(self.units.select("unit"), on="unit", how="semi").with_columns(day=DAY, hour=HOUR)  # fmt: skip

    @cached_property
    def passing(self) -> pl.DataFrame:
        """Without weighings."""
        return self.rows.filter(pl.col("direction").is_not_null())

    @cached_property
    def went(self) -> pl.DataFrame:
        """Those that went through, with what the register says of the gate, and what the list says of the vehicle."""
        through = self.passing.filter(pl.col("allowed").fill_null(1) != 0)
        known = through.join(self.gates.drop("of"), on="site", how="left", maintain_order="left")
        return known.join(self.listed, on=["plate", "colour"], how="left", maintain_order="left")

    @cached_property
    def under_order(self) -> pl.DataFrame:
        """Ways in of units that an order bound just then: `went` with its `level`, and `true_stage` and `true_fuel`, of the list of vehicles where that has one, else as told."""
        ins = self.went.filter(pl.col("direction") == "in").with_columns(
            true_stage=pl.coalesce("listed_stage", "stage"), true_fuel=pl.coalesce("listed_fuel", "fuel")
        )
        during = pl.col("start") >= pl.col("ordered"), pl.col("start") < pl.col("lifted")
        return ins.join(self.bound.rename({"since": "ordered", "until": "lifted"}), on="unit").filter(*during)

    @cached_property
    def visits(self) -> pl.DataFrame:
        """VISITS."""
        return visits(self.rows)

    @cached_property
    def bound(self) -> pl.DataFrame:
        """unit, level, since, until: under which orders units were that are bound by them, by the settings of decisions at gates."""
        held = self.rules.settings
        free = (pl.col("guaranteed") & pl.lit(value=held.guaranteed)) | pl.col("grade").is_in(held.grades)
        pairs = self.units.filter(~free).join(self.orders.rename({"region": "in"}), how="cross")
        inside = pl.col("region").str.starts_with(pl.col("in").str.strip_chars_end("0"))
        return pairs.filter(inside).select("unit", "level", "since", "until")

    @cached_property
    def ordered_days(self) -> pl.DataFrame:
        """unit, day: local days on which an order ran for twelve hours or more."""
        spans = self.bound.with_columns(
            day=pl.date_ranges(pl.col("since").dt.convert_time_zone(ZONE).dt.date(), pl.col("until").dt.convert_time_zone(ZONE).dt.date())
        ).explode("day")  # fmt: skip
        midnight = (
            pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone(ZONE).dt.convert_time_zone("UTC")
        )
        length = pl.min_horizontal("until", midnight.dt.offset_by("24h")) - pl.max_horizontal(
            "since", midnight
        )
        days = spans.with_columns(hours=length.dt.total_minutes() / 60).group_by("unit", "day").agg(pl.col("hours").sum())  # fmt: skip
        return days.filter(pl.col("hours") >= 12).select("unit", "day")
