"""Why something was not taken in, or what was done with it: a code with values, put into words where a person reads it.

A `Reason` is made where something is refused, and is kept and sent as it is. `catalogue.csv` says it in every language: why, and
what to do. Places in the sentences are named as the values are (`{file}`, `{low:g}`). A reason that stands in the place of
another one is said in the same language: whole (`{cause}`), or only why (`{cause.why}`).
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, Union

FILE = Path(__file__).with_name("catalogue.csv")
ENGLISH, CHINESE = "en", "zh"
LANGUAGES = (ENGLISH, CHINESE)
JOINTS = {ENGLISH: "; ", CHINESE: "；"}
Value: TypeAlias = Union[str, int, float, "Reason"]


@dataclass(frozen=True, init=False)
class Reason:
    """A row of the catalogue by its code, with the value of each place in its sentences."""

    code: str
    values: tuple[tuple[str, Value], ...]

    def __init__(self, code: str, /, **values: Value) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", tuple(sorted(values.items())))

    def __str__(self) -> str:
        """The English of command lines and logs."""
        return str(in_words(self, ENGLISH))

    @property
    def plain(self) -> list[Any]:
        """For JSON: the code, and the values by name."""
        return [self.code, {name: v.plain if isinstance(v, Reason) else v for name, v in self.values}]

    @classmethod
    def of(cls, plain: Sequence[Any]) -> "Reason":
        """The reason whose `plain` this was."""
        code, values = plain
        return cls(code, **{name: cls.of(v) if isinstance(v, list) else v for name, v in values.items()})


@dataclass(frozen=True)
class Words:
    """A reason in one language: why, and what to do (empty where nothing can be done, or the sentence says it)."""

    why: str
    remedy: str
    joint: str

    def __str__(self) -> str:
        return self.joint.join(filter(None, (self.why, self.remedy)))


@cache
def catalogue() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """code -> language -> the sentences on why and what to do."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: {said: (row[said], row[f"{said}_remedy"]) for said in LANGUAGES}
            for row in csv.DictReader(file)
        }


def in_words(reason: Reason, language: str) -> Words:
    """The reason in a language of the catalogue. Raises KeyError for a code or a value that is not there."""
    values = {
        name: in_words(value, language) if isinstance(value, Reason) else value
        for name, value in reason.values
    }
    why, remedy = (text.format(**values) for text in catalogue()[reason.code][language])
    return Words(why, remedy, JOINTS[language])


def as_told(sentence: str, remedy: str = "") -> Reason:
    """What somebody has put into words already; it is shown as it is in every language."""
    return Reason("as_told", sentence=sentence, remedy=remedy)
