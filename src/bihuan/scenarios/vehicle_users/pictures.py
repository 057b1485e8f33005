"""The pictures that a passage names: which of them came, and which the unit's own system keeps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bihuan.registry.hours import archive


@dataclass(frozen=True)
class Picture:
    """name: as the record says it. here: it was sent to the centre. plate: it is the one of the plate."""

    name: str
    here: bool
    plate: bool


def path_of(name: str) -> Path | None:
    """Where a picture of a name lies; None where none of it came."""
    try:
        path = archive().passages.picture(name)
    except ValueError:
        return None
    return path if path.is_file() else None


def pictures_of(row: Mapping[str, Any]) -> Iterator[Picture]:
    """Of a passage (photos, photo_sum), each name once."""
    plate = row["photo_sum"] or ""
    for name in dict.fromkeys([*([plate] if plate else []), *(row["photos"] or "").split()]):
        yield Picture(name, path_of(name) is not None, name == plate)
