"""Samples that were taken on the phone become observations of their outlet or station, of the moment at which the water was taken."""

from collections.abc import Iterator
from datetime import datetime

from bihuan.domain.timeaxis import parse_moment
from bihuan.jobs import Say
from bihuan.kit.inspection import measurements
from bihuan.kit.inspection.measurements import Key, Number, number, said
from bihuan.kit.inspection.models import Answer
from bihuan.scenarios.industrial_parks.inspections import WATER

ITEMS = {
    "flow": "w00000", "ph": "w01001", "temp": "w01010", "do": "w01009", "codmn": "w01019", "cod": "w01018", "nh3n": "w21003",
    "tp": "w21011", "tn": "w21001", "ss": "w01012", "conductivity": "w01014",
}  # fmt: skip
"""Questions with a number, and the code of the quantity in whose unit it is asked for."""


def store(now: datetime, _say: Say) -> str:
    """Store what the archive does not have yet; one line about it. Raises NotStored."""
    count = measurements.store(WATER.key, numbers_of, now)
    return f"采样数值 {count} 个" if count else "没有新的采样"


def taken(answer: Answer) -> datetime:
    """When the water was taken."""
    return parse_moment(said(answer)["taken"]).replace(second=0, microsecond=0)


def numbers_of(answer: Answer) -> Iterator[tuple[Key, Number]]:
    """The numbers of an answer."""
    told, start = said(answer), taken(answer)
    below = told.get("below", "").split()
    for name, code in ITEMS.items():
        if text := told.get(name, ""):
            yield Key(answer.target, code, start), number(float(text), answer.at, below=name in below)
