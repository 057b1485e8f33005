"""Samples that were taken on the phone become observations of their outlet or station, of the moment at which the water was taken.

The worker takes them in as a file, as any other delivery: it is kept, journalled and can be looked at. What is stored already is
known from the archive itself, so a run that was cut off is made up for by the next.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

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
"""How far back samples are looked for that were not stored."""
HEAD = ("site", "time", "code", "period", "value", "flag")
Row = tuple[str, str, str, str, float, str]


class NotStored(BihuanError):
    """Samples could not be stored."""


def store(now: datetime, _say: Callable[[str], None]) -> str:
    """Store what the archive does not have yet; one line about it. Raises NotStored."""
    recent = Answer.objects.filter(form__form=WATER.key, at__gt=now - BACK, at__lte=now).order_by("at", "pk")
    rows = [row for answer in _missing(list(recent), now) for row in rows_of(answer)]
    if not rows:
        return "没有新的采样"
    with TemporaryDirectory(prefix="bihuan-park-") as folder:
        path = Path(folder) / f"park_samples_{now:%Y%m%d%H%M}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((HEAD, *rows))
        (report,) = import_files(archive(), [path], received=now, delay=None)
    if report.error:
        raise NotStored(f"{report.file}: {report.error}")
    return f"采样数值 {report.new} 个"


def _missing(answers: Sequence[Answer], now: datetime) -> Iterator[Answer]:
    """Those of which nothing is stored at their site and moment."""
    if not answers:
        return
    moments = {answer.pk: taken(answer) for answer in answers}
    asked = Asked({a.target for a in answers}, None, ("realtime",), min(moments.values()), None, now)
    stored = set(archive().observations.read(asked, ("site", "start")).collect().iter_rows())
    yield from (a for a in answers if (a.target, moments[a.pk]) not in stored)


def taken(answer: Answer) -> datetime:
    """When the water was taken."""
    return parse_moment(said(answer)["taken"]).replace(second=0, microsecond=0)


def rows_of(answer: Answer) -> Iterator[Row]:
    """The numbers of an answer as rows of a long table: what lies below the detection limit as half of it, with its sign."""
    told = said(answer)
    below, time = told.get("below", "").split(), f"{taken(answer).astimezone(CST):%Y-%m-%d %H:%M}"
    for name, code in ITEMS.items():
        if text := told.get(name, ""):
            value = float(text)
            yield (
                (answer.target, time, code, "realtime", value / 2, BELOW)
                if name in below
                else (answer.target, time, code, "realtime", value, "")
            )
