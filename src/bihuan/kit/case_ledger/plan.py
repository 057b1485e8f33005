"""What a ledger would do: its rows, the cells that change, and those that cannot be taken."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bihuan.cases.models import Case
from bihuan.kit.case_ledger.columns import BY_NAME
from bihuan.kit.case_ledger.reading import Sheet


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Trouble:
    """Why a cell cannot be taken: its address in the sheet, its column, what stands there, why, and how to mend it."""

    at: str
    title: str
    value: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Turn:
    """A cell that changes."""

    name: str
    before: str
    after: str

    @property
    def title(self) -> str:
        """The head of its column."""
        return BY_NAME[self.name].title


@dataclass
class Row:
    """A row: its number in the sheet, its case (None: a new one), what changes by which step, or the fields of a new case."""

    number: int
    texts: Mapping[str, str]
    case: Case | None = None
    action: str = ""
    turns: list[Turn] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def fate(self) -> Fate:
        """What becomes of it."""
        if self.troubles:
            return Fate.REFUSED
        if self.case is None:
            return Fate.NEW
        return Fate.CHANGED if self.turns else Fate.SAME

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.case) if self.case else self.texts.get("标题", "")


@dataclass(frozen=True)
class Plan:
    """All rows of a ledger and what they would do."""

    sheet: Sheet
    rows: Sequence[Row]

    def of(self, fate: Fate) -> list[Row]:
        """The rows of a fate, in the order of the sheet."""
        return [row for row in self.rows if row.fate is fate]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows there are of each fate."""
        return {fate.value: Counter(row.fate for row in self.rows)[fate] for fate in Fate}

    @property
    def effective(self) -> list[Row]:
        """The rows that would be written."""
        return [row for row in self.rows if row.fate in (Fate.NEW, Fate.CHANGED)]

    @property
    def troubles(self) -> list[Trouble]:
        """All cells that cannot be taken."""
        return [trouble for row in self.rows for trouble in row.troubles]

    @property
    def digest(self) -> str:
        """Of what would be written: an import does what was shown, or nothing."""
        said = [
            [row.number, row.case.number if row.case else "", row.case.version if row.case else 0, row.action]
            + [[turn.name, turn.before, turn.after] for turn in row.turns]
            + [sorted((name, str(value)) for name, value in row.fields.items())]
            for row in self.effective
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
