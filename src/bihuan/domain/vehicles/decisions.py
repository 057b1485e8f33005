"""放行判定: may a vehicle pass a unit's gate at a moment, and by which rule. Pure: centre and gate decide with the same function.

What an order bars stands in dated rows (`barred.csv`, from mobile-source.md section 6, marked K: a city may put its own in their
place). Every decision names its rule. Stage: what the vehicle's list says counts first, then the national list, OBD, what somebody
wrote; where none is known, the date of registration allows a hint. Unknown stays unknown and has a rule of its own.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.fuels import FUELS, NEW_ENERGY
from bihuan.domain.vehicles.stages import DATE, ELECTRIC, SOURCES, TITLES, hinted

LEVELS = {"yellow": "黄色预警", "orange": "橙色预警", "red": "红色预警"}
NO_ORDER, EXPIRED, NO_PLATE, EXCEPTION = "no_order", "file_expired", "no_plate", "exception"
GRADE, GUARANTEED, NEW, FUEL, LIGHT = "grade", "guaranteed", "new_energy", "fuel", "light"
FUEL_UNKNOWN, STAGE_UNKNOWN, STAGE_MET, NOT_BARRED = (
    "fuel_unknown",
    "stage_unknown",
    "stage_met",
    "not_barred",
)
RULES: dict[str, str] = {
    NO_ORDER: "未启动管控",
    EXPIRED: "规则文件过期",
    NO_PLATE: "管控期间无号牌",
    EXCEPTION: "例外车辆",
    GRADE: "绩效分级豁免",
    GUARANTEED: "保障类单位",
    NEW: "新能源车",
    FUEL: "不在管控燃料内",
    LIGHT: "非重型车",
    FUEL_UNKNOWN: "燃料未知",
    STAGE_UNKNOWN: "排放阶段未知",
    STAGE_MET: "排放阶段达到要求",
    NOT_BARRED: "本级别无限行条款",
}
"""Rules beside those of `barred.csv`."""
HEAVY_KG = 3500.0
"""Above it a vehicle is heavy (GB 17691: maximum mass) [K]."""
_Said = Callable[[bool, str, str], "Decision"]
_TABLE = Path(__file__).with_name("barred.csv")


@dataclass(frozen=True)
class Barred:
    """From `since` on an order of `level` bars vehicles of the fuel groups up to `stage`; heavy: only heavy ones."""

    rule: str
    level: str
    since: date
    groups: frozenset[str]
    heavy: bool
    stage: int
    title: str
    source: str
    mark: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> "Barred":
        """A row of the table. Raises KeyError, ValueError."""
        if row["level"] not in LEVELS or not set(row["groups"].split()) <= {f.group for f in FUELS.values()}:
            raise ValueError(f"{row['rule']}: no such level or fuel group")
        return cls(
            row["rule"], row["level"], date.fromisoformat(row["since"]), frozenset(row["groups"].split()), row["heavy"] == "1",
            int(row["stage"]), row["title"], row["source"], row["mark"],
        )  # fmt: skip

    @property
    def row(self) -> dict[str, str]:
        """As it stands in a table."""
        return {
            "rule": self.rule, "level": self.level, "since": self.since.isoformat(), "groups": " ".join(sorted(self.groups)),
            "heavy": str(int(self.heavy)), "stage": str(self.stage), "title": self.title, "source": self.source, "mark": self.mark,
        }  # fmt: skip


def _usual() -> tuple[Barred, ...]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(Barred.of(row) for row in csv.DictReader(file))


USUAL = _usual()


@dataclass(frozen=True)
class Settings:
    """What a city settles: whether a vehicle passes under an order whose plate, fuel or stage nobody knows; which grades (绩效分级)
    no order stops; whether guaranteed units (保障类) are left out."""

    no_plate: bool = False
    fuel_unknown: bool = False
    stage_unknown: bool = False
    grades: tuple[str, ...] = ("A", "A级", "引领性")
    guaranteed: bool = True


@dataclass(frozen=True)
class Pass:
    """例外: a plate that passes for a reason between two instants; unit: only there, empty: everywhere."""

    plate: str
    reason: str
    since: datetime
    until: datetime
    unit: str = ""


@dataclass(frozen=True)
class Rules:
    """All that is decided by."""

    barred: tuple[Barred, ...] = USUAL
    settings: Settings = field(default_factory=Settings)
    passes: tuple[Pass, ...] = ()


@dataclass(frozen=True)
class Order:
    """The running order: level of the warning, from when, and until when as planned."""

    level: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Unit:
    """What of a unit counts."""

    code: str
    grade: str = ""
    guaranteed: bool = False


@dataclass(frozen=True)
class Vehicle:
    """What is known of a vehicle; None and empty: not known."""

    plate: str
    colour: str | None = None
    fuel: str | None = None
    stage: str | None = None
    stage_source: str | None = None
    registered: date | None = None
    permitted_kg: float | None = None

    @property
    def heavy(self) -> bool | None:
        """By its mass, else by its plate (yellow ones are those of large vehicles); None where neither says it."""
        if self.permitted_kg:
            return self.permitted_kg > HEAVY_KG
        return {"yellow": True, "yellow_green": True, "blue": False, "green": False}.get(self.colour or "")


@dataclass(frozen=True)
class Decision:
    """Its rule, what the gate's screen shows, and the stage that it went by with where that is known from."""

    allow: bool
    rule: str
    text: str
    stage: str | None = None
    stage_source: str | None = None


def better(one: Vehicle, other: Vehicle | None) -> Vehicle:
    """Both views of a vehicle together: the stage from the source that counts first, the rest from the first that has it."""
    if other is None:
        return one
    order = list(SOURCES)

    def rank(vehicle: Vehicle) -> int:
        if vehicle.stage is None:
            return len(order) + 1
        return order.index(vehicle.stage_source) if vehicle.stage_source in order else len(order)

    first = min(one, other, key=rank)
    return Vehicle(
        one.plate, one.colour or other.colour, one.fuel or other.fuel, first.stage, first.stage_source,
        one.registered or other.registered, one.permitted_kg or other.permitted_kg,
    )  # fmt: skip


def staged(vehicle: Vehicle) -> tuple[str | None, str | None]:
    """The stage and its source; a hint by the date of registration where nothing else says it."""
    if vehicle.stage is not None:
        return vehicle.stage, vehicle.stage_source
    found = hinted(vehicle.registered, vehicle.fuel, heavy=vehicle.heavy is not False)
    return found, (DATE if found is not None else None)


def decide(vehicle: Vehicle, unit: Unit, order: Order | None, rules: Rules, at: datetime) -> Decision:
    """May it pass at `at`? The first rule that says so decides."""
    stage, source = staged(vehicle)

    def said(allow: bool, rule: str, why: str) -> Decision:
        head = f"{LEVELS[order.level]} " if order else ""
        return Decision(allow, rule, f"{head}{why} {'准予通行' if allow else '禁止通行'}", stage, source)

    if order is None:
        return said(True, NO_ORDER, _words(vehicle, stage))
    held = rules.settings
    if found := _pass_of(vehicle.plate, unit, rules.passes, at):
        return said(True, EXCEPTION, f"{RULES[EXCEPTION]}（{found.reason}）")
    if unit.grade in held.grades and unit.grade:
        return said(True, GRADE, RULES[GRADE])
    if unit.guaranteed and held.guaranteed:
        return said(True, GUARANTEED, RULES[GUARANTEED])
    if vehicle.fuel in NEW_ENERGY or stage == ELECTRIC:
        return said(True, NEW, RULES[NEW])
    rows = in_force(order.level, rules.barred, at.astimezone(CST).date())
    if not rows:
        return said(True, NOT_BARRED, RULES[NOT_BARRED])
    if not vehicle.plate:
        return said(held.no_plate, NO_PLATE, RULES[NO_PLATE])
    return _by_rows(vehicle, stage, rows, held, said)


def _by_rows(
    vehicle: Vehicle, stage: str | None, rows: Sequence[Barred], held: Settings, said: _Said
) -> Decision:
    if vehicle.fuel is None:
        # A stage that no row bars needs no fuel.
        if stage is not None and all(int(stage) > row.stage for row in rows):
            return said(True, STAGE_MET, _words(vehicle, stage))
        return said(held.fuel_unknown, FUEL_UNKNOWN, RULES[FUEL_UNKNOWN])
    of_fuel = [row for row in rows if FUELS[vehicle.fuel].group in row.groups]
    if not of_fuel:
        return said(True, FUEL, RULES[FUEL])
    concerned = [row for row in of_fuel if not row.heavy or vehicle.heavy is not False]
    if not concerned:
        return said(True, LIGHT, RULES[LIGHT])
    if stage is None:
        return said(held.stage_unknown, STAGE_UNKNOWN, RULES[STAGE_UNKNOWN])
    for row in concerned:
        if int(stage) <= row.stage:
            return said(False, row.rule, _words(vehicle, stage))
    return said(True, STAGE_MET, _words(vehicle, stage))


def _words(vehicle: Vehicle, stage: str | None) -> str:
    fuel = FUELS[vehicle.fuel].title if vehicle.fuel else ""
    return " ".join(filter(None, (vehicle.plate or "无号牌", TITLES[stage] if stage else "阶段未知", fuel)))


def _pass_of(plate: str, unit: Unit, passes: Sequence[Pass], at: datetime) -> Pass | None:
    if not plate:
        return None
    fitting = (
        p for p in passes if p.plate == plate and p.unit in ("", unit.code) and p.since <= at <= p.until
    )
    return next(fitting, None)


def in_force(level: str, barred: Sequence[Barred], day: date) -> list[Barred]:
    """The rows of a level on a day: of several with one rule the latest."""
    found: dict[str, Barred] = {}
    for row in sorted(barred, key=lambda r: r.since):
        if row.level == level and row.since <= day:
            found[row.rule] = row
    return list(found.values())
