"""A world of gates (模拟): units with their gates and fleets, what passes in and out by day, and the frauds of which it knows the truth.

It speaks as the devices of units do and knows nothing of the centre. Everything follows from the seed, day by day, so that any
span of time can be asked for. Alert days: as an order would have them; vehicles of 国四 and below without electricity are barred then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import numpy as np
import polars as pl

from bihuan.simulate.gates.fleet import fleet
from bihuan.simulate.gates.frauds import KINDS, Fraud, commit, planned

CST = timezone(timedelta(hours=8))
INSTANT = pl.Datetime("us", "UTC")
DAY = timedelta(days=1)
SECOND = 1_000_000
COLUMNS = (
    "site", "start", "number", "unit", "direction", "plate", "plate_sent", "colour", "noted", "vehicle_type", "vin", "engine_no", "registered", "fuel", "stage",
    "stage_source", "use", "owner", "curb_kg", "permitted_kg", "cargo", "gross_kg", "tare_kg", "net_kg", "waybill", "list_photo", "photos", "photo_sum", "photo_time",
    "checked", "allowed", "rule", "decided_by", "opened", "sent",
)  # fmt: skip
OF_FLEET = ("plate", "colour", "vin", "engine_no", "vehicle_type", "fuel", "stage", "registered", "use", "owner", "permitted_kg")  # fmt: skip
CARGO = np.array(["原煤", "焦炭", "矾土", "水泥熟料", "耐火砖"])
BARRED = ("0", "1", "2", "3", "4")


@dataclass(frozen=True)
class Unit:
    """A unit of the world: where it lies and how many gates it has; the last of several is its side gate."""

    code: str
    lon: float
    lat: float
    gates: int

    @property
    def sites(self) -> list[str]:
        """Codes of its gates."""
        return [f"{self.code}-G{n + 1}" for n in range(self.gates)]

    @property
    def side(self) -> str | None:
        """The side gate."""
        return self.sites[-1] if self.gates > 1 else None


def gates_of(code: str) -> int:
    """1 to 6 gates, from the code of a unit."""
    return 1 + sum(map(ord, code)) % 6


def units_of(places: Sequence[tuple[str, float, float]]) -> list[Unit]:
    """Units at places (code, lon, lat)."""
    return [Unit(code, lon, lat, gates_of(code)) for code, lon, lat in places]


@dataclass
class World:
    """trips: vehicles a day and unit that come and go. rate: frauds by unit and month of each kind; none with 0. alerts: days under an order."""

    seed: int
    units: Sequence[Unit]
    start: datetime
    end: datetime
    trips: int = 30
    rate: float = 0.05
    alerts: frozenset[date] = frozenset()
    kinds: Sequence[str] = KINDS
    each: int = 40
    fleet: pl.DataFrame = field(init=False)
    plan: Mapping[date, list[tuple[str, int]]] = field(init=False)
    _days: dict[date, tuple[pl.DataFrame, list[Fraud]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.fleet = fleet(self.seed, len(self.units), self.each)
        self.plan = planned(self)

    def days(self) -> list[date]:
        """The local days of the world."""
        first, last = self.start.astimezone(CST).date(), self.end.astimezone(CST).date()
        return [first + n * DAY for n in range((last - first).days + 1)]

    def truth(self) -> pl.DataFrame:
        """Frauds: kind, unit, gate, plate, from, until."""
        done = [f for day in self.days() for f in self._of(day)[1]]
        told = {name: [getattr(f, name) for f in done] for name in ("kind", "unit", "gate", "plate")}
        spans = {"from": [f.since for f in done], "until": [f.until for f in done]}
        kinds = dict.fromkeys(told, pl.String()) | dict.fromkeys(spans, INSTANT)
        return pl.DataFrame(told | spans, kinds)

    def vehicles(self) -> pl.DataFrame:
        """The true list of vehicles, as a national list would have it."""
        return self.fleet.select("plate", "colour", "vin", "fuel", "stage", "registered", "vehicle_type")

    def frame(self, since: datetime, until: datetime) -> pl.DataFrame:
        """What gates tell of [since, until): COLUMNS and `received`, by gate and time."""
        first, last = (since - DAY).astimezone(CST).date(), until.astimezone(CST).date()
        wanted = [d for d in self.days() if first <= d <= last]
        if not wanted:
            return self._of(self.days()[0])[0].clear()
        rows = pl.concat([self._of(d)[0] for d in wanted])
        return rows.filter(pl.col("start") >= since, pl.col("start") < until).sort("site", "start", "number")

    def records(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """The same as a gate sends it: JSON with `gate` for site, `time` for start; what is not known is left out."""
        rows = self.frame(since, until).drop("plate", "unit", "noted", "received").sort("sent")
        return [_said(row) for row in rows.iter_rows(named=True)]

    def _of(self, day: date) -> tuple[pl.DataFrame, list[Fraud]]:
        if day not in self._days:
            self._days[day] = self._made(day)
        return self._days[day]

    def _made(self, day: date) -> tuple[pl.DataFrame, list[Fraud]]:
        dice = np.random.default_rng([self.seed, day.toordinal()])
        alert = day in self.alerts
        rows = _passages(self, _trips(self, day, dice, alert=alert), dice, alert=alert)
        rows, frauds = commit(self, day, rows, dice)
        return _finished(rows, day), frauds


def _trips(world: World, day: date, dice: np.random.Generator, *, alert: bool) -> pl.DataFrame:
    """Who comes to whom when, in at which gate, and for how long: one row each; no vehicle is twice at a time in the city."""
    each = min(round(world.trips * (0.6 if alert else 1.0)), world.each)
    order = np.argsort(dice.random((len(world.units), world.each)), axis=1)[:, :each]
    number = (order + np.arange(len(world.units))[:, None] * world.each).ravel()
    count = len(number)
    place = np.repeat(np.arange(len(world.units)), each)
    goods = np.array([max(1, u.gates - 1) for u in world.units])
    midnight = datetime.combine(day, time(), CST)
    second = (dice.beta(2, 2, count) * 12.5 + 6.2) * 3600
    return pl.DataFrame(
        {
            "place": place, "number": number, "gate": (dice.random(count) * goods[place]).astype(int),
            "since": int(midnight.timestamp() * SECOND) + (second * SECOND).astype(np.int64),
            "stay": (dice.uniform(25, 120, count) * 60 * SECOND).astype(np.int64), "load": (dice.normal(31000, 1500, count)).round(-1), "cargo": CARGO[place % len(CARGO)],
        }
    )  # fmt: skip


def _passages(world: World, trips: pl.DataFrame, dice: np.random.Generator, *, alert: bool) -> pl.DataFrame:
    """In and out of each trip; barred vehicles are turned away on alert days."""
    known = trips.join(world.fleet, on=["place", "number"], how="left", maintain_order="left")
    barred = pl.col("stage").is_in(BARRED) & pl.lit(value=alert)
    known = known.with_columns(allowed=pl.when(barred).then(0).otherwise(1).cast(pl.Int64))
    noise = dice.normal(0, 40, known.height).round(-1)
    weighed = known.with_columns(tare_kg=pl.col("tare_true") + pl.Series(noise)).with_columns(gross_kg=pl.col("tare_kg") + pl.col("load"), net_kg=pl.col("load"))  # fmt: skip
    ins = weighed.with_columns(*[pl.lit(None, pl.Float64).alias(c) for c in ("gross_kg", "tare_kg", "net_kg")], direction=pl.lit("in"), at=pl.col("since"))  # fmt: skip
    outs = weighed.filter(pl.col("allowed") == 1).with_columns(direction=pl.lit("out"), at=pl.col("since") + pl.col("stay"))  # fmt: skip
    rows = pl.concat([ins, outs])
    codes = pl.DataFrame({"place": range(len(world.units)), "unit": [u.code for u in world.units]})
    rows = rows.join(codes, on="place", how="left", maintain_order="left")
    rows = rows.with_columns(site=pl.format("{}-G{}", "unit", pl.col("gate") + 1), start=pl.col("at").cast(INSTANT))  # fmt: skip
    return _usual(rows, dice)


def _usual(rows: pl.DataFrame, dice: np.random.Generator) -> pl.DataFrame:
    """How it is told, with what goes wrong everywhere: plates not read, photos missing, bars lifted by hand, records that come late."""
    chance, slip = dice.random(rows.height), dice.random(rows.height)
    late = np.where(slip < 0.002, dice.uniform(600, 3000, rows.height), dice.uniform(2, 40, rows.height))
    chance_, late_ = pl.Series(chance), pl.Series((late * SECOND).astype(np.int64))
    instant = pl.col("start").cast(pl.Int64)
    mark = (instant // SECOND * 1_000 + pl.Series(np.arange(rows.height) % 1_000)).cast(pl.String)
    unread = chance_ < 0.004
    return rows.with_columns(
        plate=pl.when(unread).then(pl.lit("")).otherwise("plate"), stage_source=pl.lit("list"), opened=pl.when((chance_ > 0.5) & (chance_ < 0.51)).then(pl.lit("manual")).otherwise(pl.lit("auto")),
        photos=pl.when((chance_ > 0.6) & (chance_ < 0.604)).then(None).otherwise(pl.format("{}-1.jpg {}-2.jpg", mark, mark)), photo_sum=_sums(mark, rows["site"]),
        photo_time=pl.col("start"), sent=(instant + late_).cast(INSTANT), checked=pl.lit("ok"), decided_by=pl.lit("centre"), rule=pl.when(pl.col("allowed") == 0).then(pl.lit("SIM-ORDER")), list_photo=pl.lit("有"), curb_kg=pl.lit(15500.0),
        waybill=pl.when(pl.col("net_kg").is_not_null()).then(pl.format("YD{}", mark)),
    )  # fmt: skip


def _sums(mark: pl.Expr, sites: pl.Series) -> pl.Expr:
    """64 letters that tell pictures apart."""
    site = pl.lit(sites)
    return pl.concat_str(*((mark + site).hash(seed).cast(pl.String).str.zfill(20).str.slice(-16) for seed in range(4)))  # fmt: skip


def _finished(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """COLUMNS and `received`, with a number for each record."""
    told = rows.with_columns(
        number=pl.format("{}-{}", pl.lit(f"{day:%y%m%d}"), pl.int_range(pl.len())), plate_sent=pl.col("plate"), noted=pl.lit(""), received=pl.col("sent") + timedelta(seconds=1),
    )  # fmt: skip
    numbers = {"curb_kg", "permitted_kg", "gross_kg", "tare_kg", "net_kg"}
    instants = {"start", "photo_time", "sent"}
    kinds: Mapping[str, pl.DataType] = {c: pl.Float64() if c in numbers else INSTANT if c in instants else pl.Int64() if c == "allowed" else pl.String() for c in COLUMNS}  # fmt: skip
    return told.select(*[pl.col(c).cast(k) for c, k in kinds.items()], pl.col("received").cast(INSTANT)).with_columns(pl.col(*instants, "received").dt.truncate("1ms"))  # fmt: skip


def _said(row: dict[str, Any]) -> dict[str, Any]:
    said = {k: v for k, v in row.items() if v is not None}
    said["gate"], said["time"] = said.pop("site"), said.pop("start")
    said["plate"] = said.pop("plate_sent", "")
    if "allowed" in said:
        said["allowed"] = bool(said["allowed"])
    return {k: v.astimezone(CST).isoformat(timespec="milliseconds") if isinstance(v, datetime) else v for k, v in said.items()}  # fmt: skip
