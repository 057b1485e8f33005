"""The discharges of all lines of business, under names of which each is one: `<folder>/<code>`."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from bihuan.cases.targets import Target, targets_of
from bihuan.domain.water_suspects import LOGGED, Discharge
from bihuan.kit.inspection.declared import Form
from bihuan.registry.models import Person
from bihuan.scenarios.discharges import Discharges
from bihuan.scenarios.resolved import every_form, every_scenario


def _asked() -> Mapping[str, Discharges]:
    return {folder: s.discharges for folder, s in every_scenario().items() if s.discharges is not None}


def given(at: datetime) -> list[Discharge]:
    """All that are there at a moment."""
    return [replace(d, code=f"{folder}/{d.code}") for folder, one in _asked().items() for d in one.given(at)]


def teller(code: str) -> str:
    """The title of the line of business that tells of a discharge."""
    return every_scenario()[code.partition("/")[0]].title


def seen(person: Person) -> set[str]:
    """Those that a person may see."""
    return {f"{folder}/{code}" for folder, one in _asked().items() for code in one.seen(person)}


def hours(codes: Collection[str], start: datetime, until: datetime, known: datetime) -> pl.DataFrame:
    """LOGGED of discharges in [start, until), both whole hours, as known at a moment."""
    frames = [pl.DataFrame(schema=LOGGED)]
    for folder, one in _asked().items():
        mine = [code.partition("/")[2] for code in codes if code.startswith(f"{folder}/")]
        if one.hours is not None and mine:
            rows = one.hours(mine, start, until, known)
            frames.append(rows.with_columns(pl.concat_str(pl.lit(f"{folder}/"), "code").alias("code")))
    return pl.concat(frames)


def inspected(codes: Collection[str]) -> dict[str, tuple[Form, Target]]:
    """By which form discharges are inspected on site, and what the form takes as its object; none for those without."""
    found: dict[str, tuple[Form, Target]] = {}
    for folder, one in _asked().items():
        form = every_form().get(one.form)
        mine = [code.partition("/")[2] for code in codes if code.startswith(f"{folder}/")]
        if form is not None and mine:
            targets = targets_of(form.about, mine)
            found |= {f"{folder}/{code}": (form, target) for code, target in targets.items()}
    return found
