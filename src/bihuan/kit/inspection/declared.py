"""What a line of business says of a form of its own (see docs/how-to-add-a-scenario.md)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import Q

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.declared import Register
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.subjects import there_on

if TYPE_CHECKING:
    from bihuan.kit.inspection.models import Answer

Item = Mapping[str, str]
"""A choice from a register: `name` (the code), `label`, and whatever filters of choices ask for."""


@dataclass(frozen=True)
class Form:
    """检查表: `key` is the form_id of its workbook, which lies in the folder until another is taken in on the page.

    about: the kind of target that it is filled in for (cases.targets); empty: for a region. objects: (code, name) of those
    that a person may choose. lists: choices of the files that the workbook names with select_one_from_file, by file.
    anytime: on the phone it is filled in without a round, as often as something is found (of forms for a region). then: what follows from an answer,
    within its transaction; what it raises (IllegalMove) refuses the answer.
    """

    key: str
    title: str
    workbook: Path
    about: str = ""
    objects: Callable[[Person], Iterable[tuple[str, str]]] | None = None
    lists: Mapping[str, Callable[[Person], Iterable[Item]]] = field(default_factory=dict)
    anytime: bool = False
    then: Callable[["Answer"], None] | None = None

    @property
    def check_key(self) -> str:
        """How findings of its answers name their rule."""
        return f"form.{self.key}"


def of_register(register: Register) -> Callable[[Person], Iterable[tuple[str, str]]]:
    """The objects of a form that inspects all of a register of Subjects: (code, name) of those in use that a person may see."""

    def objects(person: Person) -> Iterator[tuple[str, str]]:
        day = clock.now().astimezone(CST).date()
        begun = Q(since=None) | Q(since__lte=day)
        rows = visible(register.model._default_manager.filter(begun, there_on(day)), person)
        yield from rows.values_list("pk", "name")

    return objects
