"""What a platform may ask a logger, and what it does: clock, intervals, password, history, calibration, samples, parameters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bihuan.feeds.hj212.crc import crc_text
from bihuan.simulate.plants.calendar import CST
from bihuan.simulate.plants.dialects import Dialect
from bihuan.simulate.plants.packets import Item, stamp
from bihuan.simulate.plants.records import COMMANDS
from bihuan.simulate.plants.sending import AnyOutlet, AnyWorld, records

WILL_DO, REFUSED, WRONG_PASSWORD, UNKNOWN = 1, 2, 3, 8
DONE, NO_DATA = 1, 100
_FRAME = re.compile(rb"##(\d{4})")
HISTORY = frozenset(COMMANDS.values())
CALIBRATES = timedelta(minutes=12)
BOTTLES = 24


def frames_in(buffer: bytearray) -> Iterator[dict[str, str]]:
    """Takes whole packets of the platform out of the buffer: header fields and `CP`. Broken ones are dropped."""
    while True:
        match = _FRAME.search(buffer)
        if match is None:
            del buffer[: max(len(buffer) - 5, 0)]
            return
        begin, end = match.end(), match.end() + int(match[1])
        if len(buffer) < end + 4:
            del buffer[: match.start()]
            return
        segment, printed = bytes(buffer[begin:end]), bytes(buffer[end : end + 4])
        if printed != crc_text(segment):
            del buffer[: match.start() + 2]
            continue
        del buffer[: end + 4]
        head, _, content = segment.decode(errors="replace").partition("CP=&&")
        fields = dict(part.split("=", 1) for part in head.split(";") if "=" in part)
        yield fields | {"CP": content.removesuffix("&&")}


def content_of(text: str) -> dict[str, str]:
    """CP of a request: keys and values."""
    return dict(part.split("=", 1) for part in re.split("[;,]", text) if "=" in part)


@dataclass
class Settings:
    """What a platform can set in a logger."""

    password: str
    realtime_interval: int = 60
    minute_interval: int = 1
    overtime: float = 10.0
    resends: int = 3
    realtime: bool = True
    clock_error: timedelta = timedelta(0)
    calibrations: list[tuple[datetime, datetime]] = field(default_factory=list)
    samples: int = 0


Upload = tuple[str, datetime | None, tuple[Item, ...]]


@dataclass
class Reaction:
    """answer: QnRtn of 9011; uploads: (CN, DataTime or None, items); result: ExeRtn of 9012, None where there is none to give."""

    answer: int
    uploads: list[Upload] = field(default_factory=list)
    result: int | None = DONE


def react(
    world: AnyWorld,
    outlet: AnyOutlet,
    dialect: Dialect,
    settings: Settings,
    request: dict[str, str],
    now: datetime,
) -> Reaction:
    """Do what is asked. A wrong password or an unknown command is refused with its code and nothing is done."""
    if request.get("PW") != settings.password:
        return Reaction(WRONG_PASSWORD, result=None)
    cn, asked = request.get("CN", ""), content_of(request.get("CP", ""))
    if cn in HISTORY:
        return _history(world, outlet, dialect, cn, asked, now)
    try:
        return _setting(cn, asked, settings, now) or _work(outlet, cn, asked, settings, now)
    except (KeyError, ValueError):
        return Reaction(REFUSED, result=None)


def _one(cn: str, key: str, value: str) -> Reaction:
    return Reaction(WILL_DO, [(cn, None, (((key, value),),))])


def _setting(cn: str, asked: dict[str, str], settings: Settings, now: datetime) -> Reaction | None:
    if cn == "1000":
        settings.overtime, settings.resends = float(asked["OverTime"]), int(asked["ReCount"])
    elif cn == "1011":
        return _one(cn, "SystemTime", stamp(now + settings.clock_error))
    elif cn == "1012":
        told = datetime.strptime(asked["SystemTime"][:14], "%Y%m%d%H%M%S").replace(tzinfo=CST)
        settings.clock_error = told - now
    elif cn == "1061":
        return _one(cn, "RtdInterval", str(settings.realtime_interval))
    elif cn == "1062":
        settings.realtime_interval = int(asked["RtdInterval"])
    elif cn == "1063":
        return _one(cn, "MinInterval", str(settings.minute_interval))
    elif cn == "1064":
        settings.minute_interval = int(asked["MinInterval"])
    elif cn == "1072":
        if len(asked["NewPW"]) != 6:
            return Reaction(REFUSED, result=None)
        settings.password = asked["NewPW"]
    elif cn in ("2011", "2012"):
        settings.realtime = cn == "2011"
    else:
        return None
    return Reaction(WILL_DO)


def _work(outlet: AnyOutlet, cn: str, asked: dict[str, str], settings: Settings, now: datetime) -> Reaction:
    if cn == "3011":
        settings.calibrations.append((now, now + CALIBRATES))
        return Reaction(WILL_DO)
    if cn in ("3015", "3022"):
        settings.samples += 1
        bottle = str((settings.samples - 1) % BOTTLES + 1)
        return Reaction(WILL_DO, [(cn, now, ((("VaseNo", bottle),),))])
    if cn == "3019":
        code = asked["PolId"]
        return _one(cn, f"{code}-SN", f"{outlet.device.dialect:024X}")
    if cn == "3020":
        return Reaction(
            WILL_DO, [(cn, now, ((("PolId", asked["PolId"]),), ((f"{asked['InfoId']}-Info", "1"),)))]
        )
    return Reaction(UNKNOWN, result=None)


def _history(
    world: AnyWorld, outlet: AnyOutlet, dialect: Dialect, cn: str, asked: dict[str, str], now: datetime
) -> Reaction:
    """Records with BeginTime <= DataTime <= EndTime that are over by now, sent or not."""
    try:
        begin, end = (
            datetime.strptime(asked[key][:14], "%Y%m%d%H%M%S").replace(tzinfo=CST)
            for key in ("BeginTime", "EndTime")
        )
    except (KeyError, ValueError):
        return Reaction(REFUSED, result=None)
    last = min(end + timedelta(seconds=1), now)
    if begin >= last:
        return Reaction(WILL_DO, result=NO_DATA)
    kept = records(world, outlet.site, begin, last, dialect, unsent=True)
    uploads: list[Upload] = [(cn, r.data_time, r.content()) for r in kept if r.cn == cn and r.due <= now]
    return Reaction(WILL_DO, uploads, DONE if uploads else NO_DATA)
