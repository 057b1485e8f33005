"""Numbers that were measured on the phone become observations of their place, of the moment at which they were taken.

The worker takes them in as a file, as any other delivery: it is kept, journalled and can be looked at. What is stored already is
known from the archive itself, so a run that was cut off is made up for by the next. A later answer about the same moment, such as the
laboratory's after that of the field, adds its items and replaces those that it says otherwise.
"""

import csv
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bihuan.archive.observations import Asked
from bihuan.domain.flags import BELOW
from bihuan.domain.timeaxis import CST
from bihuan.errors import BihuanError
from bihuan.kit.inspection.models import Answer
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive

BACK = timedelta(days=30)
"""How far back answers are looked at."""
HEAD = ("site", "time", "code", "period", "value", "flag")


class NotStored(BihuanError):
    """What was measured could not be stored."""


class Key(NamedTuple):
    """Of one number: the place, the code of the quantity, and when it was taken, to the minute."""

    site: str
    code: str
    start: datetime


class Number(NamedTuple):
    """What was said of it, with its flag, and when that came."""

    value: float
    flag: str
    at: datetime


Measured = Callable[[Answer], Iterator[tuple[Key, Number]]]


def said(answer: Answer) -> Mapping[str, str]:
    """What an answer says, by the names of its questions."""
    return {value["path"].rpartition("/")[2]: value["text"] for value in answer.values}


def number(value: float, at: datetime, *, below: bool) -> Number:
    """A number, or half of the detection limit that it says with the flag for that."""
    return Number(value / 2, BELOW, at) if below else Number(value, "", at)


def store(form: str, measured: Measured, now: datetime) -> int:
    """Store what the answers to a form say and the archive does not; how many numbers that were. Raises NotStored.

    measured: the numbers of an answer in the units of their codes.
    """
    recent = Answer.objects.filter(form__form=form, at__gt=now - BACK, at__lte=now).order_by("at", "pk")
    numbers = {key: number for answer in recent for key, number in measured(answer)}  # the last counts
    known = _stored(numbers, now)
    rows = [_row(key, number) for key, number in numbers.items() if _is_news(number, known.get(key))]
    if not rows:
        return 0
    with TemporaryDirectory(prefix="bihuan-measured-") as folder:
        path = Path(folder) / f"{form}_{now:%Y%m%d%H%M}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((HEAD, *rows))
        (report,) = import_files(archive(), [path], received=now, delay=None)
    if report.error:
        raise NotStored(f"{report.file}: {report.error}")
    return len(rows)


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
    at = f"{key.start.astimezone(CST):%Y-%m-%d %H:%M}"
    return key.site, at, key.code, "realtime", number.value, number.flag
