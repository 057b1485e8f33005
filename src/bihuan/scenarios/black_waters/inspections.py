"""The form of a measurement at a point, and the job that makes observations of its answers."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db.models import QuerySet

from bihuan import clock
from bihuan.domain.flags import BELOW
from bihuan.domain.timeaxis import CST
from bihuan.jobs import Say
from bihuan.kit.inspection.declared import Form, of_register
from bihuan.kit.inspection.models import Answer
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import JobRun
from bihuan.scenarios.black_waters.registers import POINTS

FORM = Form(
    "black_water_round",
    "黑臭水体现场监测",
    Path(__file__).parent / "forms" / "black_water_round.xlsx",
    about="black_water_point",
    objects=of_register(POINTS),
)
JOB = "black_water_answers"
CODES = {"depth": "water_depth", "sd": "sd", "do": "w01009", "orp": "orp", "nh3n": "w21003"}
"""Questions of the form, and the quantities that they ask for."""
HEAD = ("site", "time", "code", "period", "value", "flag")
AGAIN = timedelta(hours=1)
"""How much is looked at once more: an answer that was being written while the last run looked; what is there already changes nothing."""


def said(answer: Answer) -> Mapping[str, str]:
    """What an answer says, by the names of its questions."""
    return {value["path"].rpartition("/")[2]: value["text"] for value in answer.values}


def values_of(answer: Answer) -> Iterator[tuple[str, str, str, str, float, str]]:
    """The values of an answer as rows of a plain long table (HEAD). Below a detection limit: half of it, with the flag."""
    told = said(answer)
    if told.get("bottom") == "yes":
        told = {**told, "sd": told["depth"]}  # seen to the bottom: at least the depth
    at = (answer.said_at or answer.at).astimezone(CST)
    for name, code in CODES.items():
        if told.get(name):
            below = name == "nh3n" and told.get("nh3n_how") == "below"
            value = float(told[name]) / (2 if below else 1)
            yield answer.target, f"{at:%Y-%m-%d %H:%M:%S}", code, "realtime", value, BELOW if below else ""


def new_answers() -> QuerySet[Answer]:
    """The answers since the job ran well last, and a little before."""
    rows = Answer.objects.filter(form__form=FORM.key).order_by("at")
    done = JobRun.objects.filter(job=JOB, ok=True).order_by("-id").first()
    return rows.filter(at__gt=done.as_of - AGAIN) if done else rows


def waiting() -> bool:
    """Did an answer come since the job ran last? What it could not store waits for its next hour."""
    newest = JobRun.objects.filter(job=JOB).order_by("-id").first()
    rows = Answer.objects.filter(form__form=FORM.key, at__lte=clock.now())
    return (rows.filter(at__gt=newest.as_of) if newest else rows).exists()


def store(now: datetime, _say: Say) -> str:
    """Make observations of what was measured on the spot; one line about it. Raises RuntimeError where they cannot be stored."""
    rows = [row for answer in new_answers().filter(at__lte=now) for row in values_of(answer)]
    if not rows:
        return "没有新的现场监测"
    with TemporaryDirectory(prefix="bihuan-black-waters-") as folder:
        path = Path(folder) / f"{FORM.key}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEAD)
            writer.writerows(rows)
        (report,) = import_files(archive(), [path], received=now, delay=None)
    if report.error:
        raise RuntimeError(report.error)
    return f"现场监测值 {report.new} 个入库"
