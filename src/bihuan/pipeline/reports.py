"""What became of one file that was brought in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bihuan.feeds.reading import Refusal
from bihuan.reasons import Reason

LISTED = 1000
Progress = Callable[[str, int, int], None]


@dataclass
class FileReport:
    """What became of one file: why it was not taken in, or its counts.

    empty: values that are not there (no text, `--`, `*`), where nothing was known either.
    `refused` lists the first 1000 of the `quarantined` records.
    """

    file: str
    format: str = ""
    rows: int = 0
    new: int = 0
    same: int = 0
    corrected: int = 0
    empty: int = 0
    quarantined: int = 0
    refused: list[Refusal] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    sites: list[str] = field(default_factory=list, repr=False)
    why: Reason | None = None

    @property
    def error(self) -> str:
        """Why it was not taken in, in English; empty where it was."""
        return str(self.why or "")

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON, in English."""
        return {
            "file": self.file,
            "format": self.format,
            "rows": self.rows,
            "new": self.new,
            "same": self.same,
            "corrected": self.corrected,
            "empty": self.empty,
            "quarantined": self.quarantined,
            "refused": [refusal.as_dict() for refusal in self.refused],
            "ignored_columns": list(self.ignored_columns),
            "notes": [str(note) for note in self.notes],
            "error": self.error,
        }

    def take(self, refused: Sequence[Refusal]) -> None:
        """Count refusals and list the first ones."""
        self.quarantined += len(refused)
        self.refused += refused[: LISTED - len(self.refused)]
