"""What a file, or one form, would do to a register: shown before it is done, and then done as it was shown."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model

from bihuan.feeds.reading import Refusal
from bihuan.kit.registers.declared import Register
from bihuan.pipeline.reports import FileReport
from bihuan.reasons import as_told
from bihuan.registry.changes import Change

Action = Change.Action


class Fate(StrEnum):
    """What becomes of a row of a file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Problem:
    """Why the cell of a column, or with an empty `name` the whole row, is refused; in the reader's language.

    forbidden: it is not what stands there, but who wants it.
    """

    name: str
    value: str
    why: str
    remedy: str
    forbidden: bool = False


@dataclass
class Row:
    """One row: its number in the file, its key, what the file says, and what that makes of it.

    secrets: what is entered of the columns that are never read. target: the object as it would be; None where a cell cannot be read. before, after: the columns that change, as values
    of the model. cuts: the end that it sets in the version before it. gone: the object is to be removed, which only taking back its registration does.
    """

    number: int
    key: tuple[Any, ...]
    values: dict[str, Any]
    target: Model | None = None
    new: bool = False
    gone: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    cuts: "Row | None" = None

    @property
    def fate(self) -> Fate:
        """What becomes of it."""
        if self.problems:
            return Fate.REFUSED
        if self.new:
            return Fate.NEW
        return Fate.CHANGED if self.effective or self.gone else Fate.SAME

    @property
    def effective(self) -> bool:
        """Does it say anything that is not so already? Of a secret nobody knows."""
        return bool(self.after or self.secrets)

    @property
    def action(self) -> Action:
        """How the history calls it."""
        if self.new or self.gone:
            return Action.NEW if self.new else Action.REMOVED
        if set(self.after) == {"until"} and not self.secrets:
            return Action.RESTORED if self.after["until"] is None else Action.ENDED
        return Action.CHANGED

    @property
    def name(self) -> str:
        """What people call the object: as it is, or would be."""
        name = self.values.get("name") or getattr(self.target, "name", "")
        return str(name or self.target or "")


@dataclass
class Plan:
    """All rows of a file and what they would do.

    heads: how the file calls the columns; of others, and of a form, their titles count. ignored: heads that the register does not know; notes: on the file.
    layers: of a file of geometry, those that were joined and of which one can be chosen instead.
    """

    register: Register
    file: str
    rows: Sequence[Row]
    heads: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()

    def of(self, fate: Fate) -> Iterator[Row]:
        """The rows of a fate, in the order of the file."""
        return (row for row in self.rows if row.fate is fate)

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many rows there are of each fate."""
        return Counter(row.fate for row in self.rows)

    @property
    def effective(self) -> list[Row]:
        """The rows that would change the register."""
        return [row for row in self.rows if row.fate in (Fate.NEW, Fate.CHANGED)]

    def head_of(self, name: str) -> str:
        """What stands above a column, for whoever looks for it in the file; empty for the whole row."""
        return self.heads.get(name) or (self.register.title_of(name) if name else "")

    def report(self) -> FileReport:
        """As the report of `bihuan import` says it; warnings stand among the notes."""
        counts = self.counts
        made = FileReport(
            self.file, format=self.register.kind, rows=len(self.rows), new=counts[Fate.NEW], same=counts[Fate.SAME],
            corrected=counts[Fate.CHANGED], ignored_columns=list(self.ignored), notes=list(map(as_told, self.notes)),
        )  # fmt: skip
        refused = [
            Refusal(self.file, row.number, self.head_of(p.name), p.value, as_told(p.why, p.remedy))
            for row in self.of(Fate.REFUSED)
            for p in row.problems
        ]
        made.take(refused)
        made.quarantined = counts[Fate.REFUSED]
        made.notes += [as_told(f"{row.number}: {text}") for row in self.rows for text in row.warnings]
        return made
