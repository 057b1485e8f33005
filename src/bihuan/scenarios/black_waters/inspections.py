"""The form of a measurement at a point, and the job that makes observations of its answers."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bihuan.jobs import Say
from bihuan.kit.inspection import measurements
from bihuan.kit.inspection.declared import Form, of_register
from bihuan.kit.inspection.measurements import Key, Number, number, said
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.rounds.progress import filled_in
from bihuan.scenarios.black_waters.registers import POINTS

FORM = Form(
    "black_water_round",
    "黑臭水体现场监测",
    Path(__file__).parent / "forms" / "black_water_round.xlsx",
    about="black_water_point",
    objects=of_register(POINTS),
)
CODES = {"depth": "water_depth", "sd": "sd", "do": "w01009", "orp": "orp", "nh3n": "w21003"}
"""Questions of the form, and the quantities that they ask for."""


def numbers_of(answer: Answer) -> Iterator[tuple[Key, Number]]:
    """The numbers of an answer, of the moment at which it was filled in."""
    told, start = said(answer), filled_in(answer).replace(second=0, microsecond=0)
    if told.get("bottom") == "yes":
        told = {**told, "sd": told["depth"]}  # seen to the bottom: at least the depth
    for name, code in CODES.items():
        if told.get(name):
            below = name == "nh3n" and told.get("nh3n_how") == "below"
            yield Key(answer.target, code, start), number(float(told[name]), answer.at, below=below)


def store(now: datetime, _say: Say) -> str:
    """Make observations of what was measured on the spot; one line about it. Raises NotStored."""
    count = measurements.store(FORM.key, numbers_of, now)
    return f"现场监测值 {count} 个入库" if count else "没有新的现场监测"
