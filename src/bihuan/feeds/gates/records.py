"""One record of a gate -> one row of passages, what is noted about it, and what of it could not be read.

A record without gate, time or number names no passage and is refused. Anything else that cannot be read leaves its column
empty, is marked in `noted` and listed for mending: the passage itself is kept.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bihuan.domain.vehicles import noted
from bihuan.domain.vehicles.decisions import Vehicle
from bihuan.domain.vehicles.fuels import FUELS, read_fuel
from bihuan.domain.vehicles.passages import IN, OUT, PASSAGES
from bihuan.domain.vehicles.plates import COLOURS, FORM, colour_of, read_plate
from bihuan.domain.vehicles.stages import SOURCES, STAGES, TITLES, read_stage
from bihuan.domain.vehicles.vin import NONE, read_vin
from bihuan.feeds.gates.dialects import Dialect
from bihuan.feeds.gates.values import Unread, day_of, instant_of, number_of, text_of
from bihuan.reasons import Reason

AHEAD = timedelta(minutes=5)
"""A gate's clock may be so far ahead of ours."""
PHOTO_APART = timedelta(minutes=30)
"""Between a passage and what its picture says, at most."""
HEAVIEST_KG, LIGHTEST_KG = 150_000.0, 300.0
"""Of a loaded or empty vehicle on a bridge: beyond lies a unit that is wrong by a thousand."""
LONGEST_KEY = 64
_TEXTS = (
    "vehicle_type", "engine_no", "use", "owner", "cargo", "waybill", "list_photo", "photo_sum", "checked", "rule", "decided_by",
)  # fmt: skip
_WEIGHTS = ("gross", "tare", "net")
_OPENED = {
    "auto": "auto",
    "自动": "auto",
    "manual": "manual",
    "手动": "manual",
    "人工": "manual",
    "remote": "remote",
    "远程": "remote",
}
_DIRECTIONS = {"in": IN, "进": IN, "入": IN, "进厂": IN, "入厂": IN, "out": OUT, "出": OUT, "出厂": OUT}
_ALLOWED = {
    "1": "1",
    "0": "0",
    "true": "1",
    "false": "0",
    "是": "1",
    "否": "0",
    "放行": "1",
    "拒绝": "0",
    "允许": "1",
    "禁止": "0",
}
_SOURCES = {
    **{s: s for s in SOURCES},
    **{title: s for s, title in SOURCES.items()},
    "随车清单核对": "list",
    "推断": "date",
}


def _member(words: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda text: words.get(text.lower())


def _colour(text: str) -> str | None:
    return text if text in COLOURS else colour_of(text)


def _fuel(text: str) -> str | None:
    return text if text in FUELS else read_fuel(text)


def _stage(text: str) -> str | None:
    return text if text in TITLES or text in STAGES else read_stage(text)


_CODED: dict[str, tuple[Callable[[str], str | None], str]] = {
    "direction": (_member(_DIRECTIONS), noted.DIRECTION_UNKNOWN),
    "colour": (_colour, noted.COLOUR_UNKNOWN),
    "fuel": (_fuel, noted.FUEL_UNKNOWN),
    "stage": (_stage, noted.STAGE_UNKNOWN),
    "stage_source": (_member(_SOURCES), noted.SOURCE_UNKNOWN),
    "opened": (_member(_OPENED), noted.OPENED_UNKNOWN),
    "allowed": (_member(_ALLOWED), noted.UNREAD),
}
_EMPTY: dict[str, Any] = dict.fromkeys(PASSAGES)


@dataclass(frozen=True)
class Fault:
    """A field that could not be read, as it was sent; `whole`: the record is refused for it."""

    field: str
    value: str
    why: Reason
    whole: bool = False


@dataclass
class Read:
    """row: by the columns of PASSAGES; None where the record is refused."""

    number: str = ""
    row: dict[str, Any] | None = None
    noted: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def note(self, code: str) -> None:
        """Once each, in order."""
        if code not in self.noted:
            self.noted.append(code)


@dataclass(frozen=True)
class Sender:
    """From whom records come: the unit, and how it writes. gates: unit by gate, of all that are registered."""

    unit: str
    dialect: Dialect
    gates: Mapping[str, str]
    known: bool = True


def read_record(record: object, sender: Sender, received: datetime) -> Read:
    """Read one record of a sender that came at `received`."""
    if not isinstance(record, dict):
        return Read(faults=[Fault("", str(record)[:200], Reason("gate_no_object"), whole=True)])
    given, found = sender.dialect.ours(record), Read()
    with suppress(Unread):
        found.number = text_of(given.get("number"))
    key = _key(given, sender, found)
    if key is None:
        return found
    row = _EMPTY | key
    _plate(given, row, sender, found)
    _codes(given, row, sender, found)
    _plain(given, row, sender, found)
    _weights(given, row, found)
    _photos(row, found)
    if row["start"] > received + AHEAD:
        found.note(noted.FUTURE)
    if not sender.known:
        found.note(noted.UNKNOWN_UNIT)
    row["noted"] = " ".join(found.noted)
    found.row = row
    return found


def read_vehicle(asked: Mapping[str, object], sender: Sender) -> tuple[Vehicle, list[str]]:
    """What a gate says of a vehicle that waits, and what is noted about it."""
    given, row, found = sender.dialect.ours(asked), dict(_EMPTY), Read()
    _plate(given, row, sender, found)
    _codes(given, row, sender, found)
    with suppress(Unread):
        row["registered"] = day_of(given.get("registered")) or None
    for unit, factor in (("kg", 1.0), ("t", 1000.0)):
        with suppress(Unread):
            if (mass := number_of(given.get(f"permitted_{unit}"))) is not None:
                row["permitted_kg"] = mass * factor
    day = date.fromisoformat(row["registered"]) if row["registered"] else None
    plate = row["plate"] if row["plate"] and FORM not in found.noted else ""
    vehicle = Vehicle(
        plate, row["colour"], row["fuel"], row["stage"], row["stage_source"], day, row["permitted_kg"]
    )
    return vehicle, found.noted


def _key(given: Mapping[str, object], sender: Sender, found: Read) -> dict[str, Any] | None:
    """What names the passage; None where it is refused."""

    def refuse(name: str, why: Reason) -> None:
        found.faults.append(Fault(name, str(given.get(name) or "")[:200], why, whole=True))

    gate, start = "", None
    with suppress(Unread):
        gate = text_of(given.get("gate"))
    if not gate or len(gate) > LONGEST_KEY:
        refuse("gate", Reason("gate_no_gate"))
    elif sender.gates.get(gate, sender.unit) != sender.unit:
        refuse("gate", Reason("gate_of_other_unit", gate=gate))
    if not found.number or len(found.number) > LONGEST_KEY:
        refuse("number", Reason("gate_no_number"))
    with suppress(Unread):
        start = instant_of(given.get("time"), sender.dialect.times)
    if start is None:
        refuse("time", Reason("gate_no_time"))
    if found.faults:
        return None
    if gate not in sender.gates:
        found.note(noted.UNKNOWN_GATE)
    return {"site": gate, "start": start, "number": found.number, "unit": sender.unit}


def _unread(found: Read, name: str, value: object, code: str = noted.UNREAD) -> None:
    found.note(code)
    found.faults.append(Fault(name, str(value)[:200], Reason("gate_unread")))


def _plate(given: Mapping[str, object], row: dict[str, Any], sender: Sender, found: Read) -> None:
    try:
        sent = text_of(given.get("plate"))
    except Unread as error:
        sent = str(error)
    _code("colour", given, row, sender, found)
    plate = read_plate(sent, row["colour"])
    row["plate"], row["plate_sent"] = plate.text, sent
    for code in plate.noted:
        found.note(code)


def _code(name: str, given: Mapping[str, object], row: dict[str, Any], sender: Sender, found: Read) -> None:
    value = given.get(name)
    if value is None or value == "":
        return
    words, mark = _CODED[name]
    try:
        text = text_of(value)
    except Unread:
        _unread(found, name, value, mark)
        return
    table = sender.dialect.codes.get(name)
    # Where a vendor has codes, a bare number means one of them: our reading of it might be another.
    read = table.get(text) if table else None
    if read is None and not (table and (text.isascii() and len(text) <= 2)):
        read = words(text)
    if read is None and text:
        found.note(mark)
        found.faults.append(Fault(name, text, Reason("gate_code_unknown", dialect=sender.dialect.title)))
    row[name] = read


def _codes(given: Mapping[str, object], row: dict[str, Any], sender: Sender, found: Read) -> None:
    for name in _CODED:
        if name != "colour":
            _code(name, given, row, sender, found)
    if row["allowed"] is not None:
        row["allowed"] = int(row["allowed"])


def _plain(given: Mapping[str, object], row: dict[str, Any], sender: Sender, found: Read) -> None:
    for name in _TEXTS:
        if (value := given.get(name)) is not None:
            try:
                row[name] = text_of(value) or None
            except Unread:
                _unread(found, name, value)
    row["photos"] = _photo_names(given.get("photos"))
    if (vin := given.get("vin")) is not None and not isinstance(vin, list | dict):
        row["vin"], wrong = read_vin(text_of(vin))
        if wrong not in ("", NONE):
            found.note(noted.VIN)
    for name in ("photo_time", "sent"):
        try:
            row[name] = instant_of(given.get(name), sender.dialect.times)
        except Unread:
            _unread(found, name, given.get(name))
    try:
        row["registered"] = day_of(given.get("registered")) or None
    except Unread:
        _unread(found, "registered", given.get("registered"))


def _photo_names(value: object) -> str | None:
    names = value if isinstance(value, list) else str(value or "").replace(",", " ").replace(";", " ").split()
    plain = ["".join(str(name).split()) for name in names if isinstance(name, str) and name.strip()]
    return " ".join(plain) or None


def _weights(given: Mapping[str, object], row: dict[str, Any], found: Read) -> None:
    """As they were sent, in kg: one that is wrong by a thousand is marked, not mended."""
    for name in (*_WEIGHTS, "curb", "permitted"):
        for unit, factor in (("kg", 1.0), ("t", 1000.0)):
            value = given.get(f"{name}_{unit}")
            try:
                read = number_of(value)
            except Unread:
                _unread(found, f"{name}_{unit}", value)
                continue
            if read is not None:
                row[f"{name}_kg"] = round(read * factor, 3)
    gross, tare, net = (row[f"{name}_kg"] for name in _WEIGHTS)
    bridge = [w for w in (gross, tare) if w is not None]
    if any(w > HEAVIEST_KG or 0 < w < LIGHTEST_KG or w < 0 for w in bridge) or (
        net is not None and (net > HEAVIEST_KG or net < 0)
    ):
        found.note(noted.WEIGHTS)


def _photos(row: dict[str, Any], found: Read) -> None:
    if not row["photos"] and not row["photo_sum"]:
        found.note(noted.PHOTO_MISSING)
    if row["photo_time"] is not None and abs(row["photo_time"] - row["start"]) > PHOTO_APART:
        found.note(noted.PHOTO_HOUR)
