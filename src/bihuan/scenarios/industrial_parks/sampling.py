"""Samples that were taken on the phone become observations of their outlet or station, of the moment at which the water was taken.

The worker takes them in as a file, as any other delivery: it is kept, journalled and can be looked at. What is stored already is
known from the archive itself, so a run that was cut off is made up for by the next. A later answer about the same water, such as the
laboratory's after that of the field, adds its items and replaces those that it says otherwise.
"""

import csv
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bihuan.archive.observations import Asked
from bihuan.domain.flags import BELOW
from bihuan.domain.timeaxis import CST, parse_moment
from bihuan.errors import BihuanError
from bihuan.kit.inspection.models import Answer
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.industrial_parks.inspections import WATER, said

ITEMS = {
    "flow": "w00000", "ph": "w01001", "temp": "w01010", "do": "w01009", "codmn": "w01019", "cod": "w01018", "nh3n": "w21003",
    "tp": "w21011", "tn": "w21001", "ss": "w01012", "conductivity": "w01014",
}  # fmt: skip
"""Questions with a number, and the code of the quantity in whose unit it is asked for."""
BACK = timedelta(days=30)
"""How far back answers are looked at."""
HEAD = ("site", "time", "code", "period", "value", "flag")


class NotStored(BihuanError):
    """Samples could not be stored."""


class Key(NamedTuple):
    """Of one number: the place, the quantity, and when the water was taken."""

    site: str
    code: str
    start: datetime


class Number(NamedTuple):
    """What was said of it, with its sign, and when that came."""

    value: float
    flag: str
    at: datetime


def store(now: datetime, _say: Callable[[str], None]) -> str:
    """Store what the archive does not have yet; one line about it. Raises NotStored."""
    recent = Answer.objects.filter(form__form=WATER.key, at__gt=now - BACK, at__lte=now).order_by("at", "pk")
    numbers = {key: number for answer in recent for key, number in numbers_of(answer)}  # the last counts
    known = _stored(numbers, now)
    rows = [_row(key, number) for key, number in numbers.items() if _is_news(number, known.get(key))]
    if not rows:
        return "没有新的采样"
    with TemporaryDirectory(prefix="bihuan-park-") as folder:
        path = Path(folder) / f"park_samples_{now:%Y%m%d%H%M}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((HEAD, *rows))
        (report,) = import_files(archive(), [path], received=now, delay=None)
    if report.error:
        raise NotStored(f"{report.file}: {report.error}")
    return f"采样数值 {len(rows)} 个"


def _stored(numbers: Collection[Key], now: datetime) -> dict[Key, Number]:
    """What the archive says of the same keys."""
    if not numbers:
        return {}
    sites, codes = {key.site for key in numbers}, {key.code for key in numbers}
    asked = Asked(sites, codes, ("realtime",), min(key.start for key in numbers), None, now)
    columns = ("site", "quantity", "start", "value", "flag", "received")
    rows = archive().observations.read(asked, columns).collect().iter_rows()
    return {Key(*key): Number(value, flag or "", at) for *key, value, flag, at in rows}


def _is_news(said: Number, known: Number | None) -> bool:
    """Something else than what is known, and later: a file that came after the answer counts."""
    return known is None or (known.at < said.at and known[:2] != said[:2])


def _row(key: Key, number: Number) -> tuple[str, str, str, str, float, str]:
    return (
        key.site,
        f"{key.start.astimezone(CST):%Y-%m-%d %H:%M}",
        key.code,
        "realtime",
        number.value,
        number.flag,
    )


def taken(answer: Answer) -> datetime:
    """When the water was taken."""
    return parse_moment(said(answer)["taken"]).replace(second=0, microsecond=0)


def numbers_of(answer: Answer) -> Iterator[tuple[Key, Number]]:
    """The numbers of an answer: what lies below the detection limit as half of it, with its sign."""
    told, start = said(answer), taken(answer)
    below = told.get("below", "").split()
    for name, code in ITEMS.items():
        if text := told.get(name, ""):
            value, flag = (float(text) / 2, BELOW) if name in below else (float(text), "")
            yield Key(answer.target, code, start), Number(value, flag, answer.at)
