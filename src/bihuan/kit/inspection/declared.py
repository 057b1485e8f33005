"""What a line of business says of a form of its own (see docs/how-to-add-a-scenario.md)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bihuan.registry.models import Person

Item = Mapping[str, str]
"""A choice from a register: `name` (the code), `label`, and whatever filters of choices ask for."""


@dataclass(frozen=True)
class Form:
    """检查表: `key` is the form_id of its workbook, which lies in the folder until another is taken in on the page.

    about: the kind of target that it is filled in for (cases.targets); empty: for a region. objects: (code, name) of those
    that a person may choose. lists: choices of the files that the workbook names with select_one_from_file, by file.
    """

    key: str
    title: str
    workbook: Path
    about: str = ""
    objects: Callable[[Person], Iterable[tuple[str, str]]] | None = None
    lists: Mapping[str, Callable[[Person], Iterable[Item]]] = field(default_factory=dict)

    @property
    def check_key(self) -> str:
        """How findings of its answers name their rule."""
        return f"form.{self.key}"
