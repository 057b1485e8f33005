"""方言: how a vendor's system names fields, codes, units and times. A new vendor costs a file in `dialects/`, no code.

[fields] their name = ours; [codes.FIELD] their code = ours (a code that stands nowhere is marked, never guessed);
[time] forms: patterns of strptime, `iso`, `epoch_s`, `epoch_ms`; [records] key: under which key of the body the list lies.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("dialects")
OURS = "bihuan"
CODED = ("direction", "colour", "fuel", "stage", "stage_source", "allowed", "opened")


@dataclass(frozen=True)
class Dialect:
    """A vendor's way of writing. only: codes alone are read, no words (`1` may be a stage or a colour elsewhere)."""

    name: str
    title: str
    records: str
    fields: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    times: tuple[str, ...]

    def ours(self, record: Mapping[str, object]) -> dict[str, object]:
        """The record under our names; what has no name here is left out (it stays raw in the journal)."""
        if not self.fields:
            return dict(record)
        return {self.fields[name]: value for name, value in record.items() if name in self.fields}


@cache
def every_dialect() -> Mapping[str, Dialect]:
    """All dialects by name."""
    return {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.toml"))}


def _read(path: Path) -> Dialect:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    codes = {
        field: {str(k): str(v) for k, v in table.items()} for field, table in said.get("codes", {}).items()
    }
    if wrong := [field for field in codes if field not in CODED]:
        raise ValueError(f"{path.name}: no field of codes: {wrong}")
    forms = tuple(said.get("time", {}).get("forms", ("iso",)))
    return Dialect(
        path.stem,
        said["title"],
        said.get("records", {}).get("key", "records"),
        said.get("fields", {}),
        codes,
        forms,
    )
