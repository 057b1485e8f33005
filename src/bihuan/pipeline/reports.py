"""What became of one file that was brought in."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from bihuan.feeds.reading import Refusal

LISTED = 1000
Progress = Callable[[str, int, int], None]


@dataclass
class FileReport:
    """What became of one file; `refused` lists the first 1000 of the `quarantined` records."""

    file: str
    format: str = ""
    rows: int = 0
    new: int = 0
    same: int = 0
    corrected: int = 0
    quarantined: int = 0
    refused: list[Refusal] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list, repr=False)
    error: str = ""

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        plain = asdict(self)
        del plain["sites"]
        return plain

    def take(self, refused: Sequence[Refusal]) -> None:
        """Count refusals and list the first ones."""
        self.quarantined += len(refused)
        self.refused += refused[: LISTED - len(self.refused)]
