"""Running a command as a script does: exit code, standard output, standard error."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from bihuan.cli import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Ran:
    """Run `bihuan` with these words."""
    capsys.readouterr()
    code = main([str(word) for word in words])
    printed = capsys.readouterr()
    return Ran(code, printed.out, printed.err)


# Promised in the interface for forecast and backtest files.
FORECAST_COLUMNS = [
    "site",
    "item",
    "issued",
    "time",
    "lead",
    "mean",
    "q05",
    "q10",
    "q25",
    "q50",
    "q75",
    "q90",
    "q95",
    "model",
]
