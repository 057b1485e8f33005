"""How a line of business declares what it registers: a model, and beside it what people are told of its fields.

Types, choices, lengths and what is required come from the fields of the model; they are not written again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from bihuan.errors import BihuanError
from bihuan.registry.roles import REGISTRARS
from bihuan.registry.scopes import Common, Within


class BadRegister(BihuanError):
    """A declaration that its model does not bear out, or that claims what another has; says which and why."""


class Form(Enum):
    """What a cell of a column holds."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    CHOICE = "choice"
    YES_NO = "yes or no"
    DAY = "day"
    MOMENT = "moment"
    REFERENCE = "reference"
    SHAPE = "geometry"


FORMS: "tuple[tuple[type[models.Field[Any, Any]], Form], ...]" = (
    (models.ForeignKey, Form.REFERENCE),
    (models.BooleanField, Form.YES_NO),
    (models.DateTimeField, Form.MOMENT),
    (models.DateField, Form.DAY),
    (models.IntegerField, Form.WHOLE),
    (models.FloatField, Form.NUMBER),
    (models.DecimalField, Form.NUMBER),
    (models.JSONField, Form.SHAPE),
    (models.CharField, Form.TEXT),
    (models.TextField, Form.TEXT),
)
"""Kinds of fields that a register can have; the first that fits counts."""


@dataclass(frozen=True)
class Column:
    """One field as people see it: `name` is the field's, `title` (Chinese; default: the field's) stands above its cells.

    unit: of numbers, e.g. `mg/m³`. source: where its value is found, a document or a law. meaning: one sentence where the
    title is not enough. example: a cell that is right. low, high: what a number may be at least and at most.
    listed: a column of the list; filtered: the list can be narrowed by it; searched: looked through by the search box.
    """

    name: str
    title: str = ""
    unit: str = ""
    source: str = ""
    meaning: str = ""
    example: str = ""
    low: float | None = None
    high: float | None = None
    listed: bool = True
    filtered: bool = False
    searched: bool = False


SUBJECT = (
    Column("code", meaning="全市唯一，一经使用不再改变", example="X0001", searched=True),
    Column("name", example="示例", searched=True),
    Column("region", source="GB/T 2260", meaning="区划代码或名称，须已登记", filtered=True),
    Column("organisation", meaning="责任单位的全称，须已登记", listed=False, filtered=True),
    Column("lon", unit="°", meaning="WGS 84；其他坐标系在导入时说明", example="113.5800", listed=False),
    Column("lat", unit="°", meaning="WGS 84；其他坐标系在导入时说明", example="37.8570", listed=False),
    Column("geometry", meaning="GeoJSON，线或面；点可不填", listed=False),
    Column("since", example="2024-01-01", listed=False),
    Column("until", meaning="停用后的第一天；空：仍在用", example="2026-01-01", listed=False),
    Column("simulated", meaning="演示用的虚构对象填“是”", listed=False),
)
"""The columns of every Subject; a register puts its own behind them."""


@dataclass(frozen=True)
class Secret:
    """A column that is only ever written, such as a password: no row, list, export, history or log holds what was entered.

    check: raises ValueError, in the reader's language, for a text that cannot be.
    """

    name: str
    title: str
    meaning: str
    check: Callable[[str], object]


@dataclass(frozen=True)
class Succession:
    """Of a kind whose objects are followed and never changed: the columns of the days from and until which one holds.

    last: `end` is the last day on which it holds, not the first on which it does not any more.
    """

    begin: str
    end: str
    last: bool = False

    def before(self, day: date) -> date:
        """The end of a version that holds up to a day, without it."""
        return day - timedelta(days=1) if self.last else day


@dataclass(frozen=True)
class Handed:
    """An object as it was just written, for whoever else must know of it. gone: its registration was taken back."""

    target: models.Model
    secrets: Mapping[str, str]
    gone: bool


@dataclass(frozen=True)
class Register:
    """One kind of objects. `kind` names it in addresses and commands, `title` (Chinese) on pages.

    key: the columns that together tell one object from another in a file. writers: the roles that may write, each within
    its region or organisation (the model's SCOPE). page: the name of the URL that shows one object by its primary key;
    empty: the page that all registers share. layer: the title of its layer on the map; empty: none. target: the kind under
    which findings are about its objects (`cases.targets`); empty: none are. note: what it is for and by what law.
    succession: its objects are followed by others instead of being changed. hand_over: told of all that is written, within its transaction; what it raises takes the writing back. secrets: what it
    alone is given.
    """

    kind: str
    model: type[models.Model]
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("code",)
    writers: tuple[str, ...] = REGISTRARS
    page: str = ""
    layer: str = ""
    target: str = ""
    note: str = ""
    succession: Succession | None = None
    hand_over: Callable[[Sequence[Handed]], None] | None = None
    secrets: tuple[Secret, ...] = ()

    def __post_init__(self) -> None:
        """Raises BadRegister."""
        names = [*(c.name for c in self.columns), *(s.name for s in self.secrets)]
        if wrong := sorted({n for n in names if names.count(n) > 1} | set(self.key) - set(names)):
            raise BadRegister(f"{self.kind}: {', '.join(wrong)}: a column stands once, the key is of columns")
        for name in self.named:
            self.form(name)
        terms = self.succession
        if terms and not (terms.begin in self.key and self.has(terms.end)):
            raise BadRegister(
                f"{self.kind}: versions are told apart by {terms.begin} and end with {terms.end}"
            )
        if self.secrets and self.hand_over is None:
            raise BadRegister(f"{self.kind}: nobody is given its secrets")
        if missing := [f.name for f in self.model._meta.fields if _demanded(f) and f.name not in names]:
            raise BadRegister(f"{self.kind}: {', '.join(missing)} must be given, but is no column")
        if not isinstance(self._scope, Within | Common):
            raise BadRegister(f"{self.kind}: the SCOPE of {self.model.__name__} leads to no region")

    @property
    def label(self) -> str:
        """The label of the model, by which the history names it."""
        return self.model._meta.label_lower

    @property
    def _scope(self) -> Any:
        return getattr(self.model, "SCOPE", None)

    @property
    def place(self) -> Within:
        """The paths from a row to its region and organisation: none where everybody sees all, and posts of the whole city
        write them."""
        return self._scope if isinstance(self._scope, Within) else Within()

    @cached_property
    def named(self) -> Mapping[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}

    @property
    def line(self) -> tuple[str, ...]:
        """Of a succession, the columns that all versions of one thing share."""
        return tuple(name for name in self.key if not self.succession or name != self.succession.begin)

    @property
    def end(self) -> str:
        """The column of the day with which an object ends; empty: it has none."""
        if self.succession:
            return self.succession.end
        is_day = self.has("until") and type(self.model._meta.get_field("until")) is models.DateField
        return "until" if is_day else ""

    @cached_property
    def hidden(self) -> Mapping[str, Secret]:
        """The secrets by their names."""
        return {secret.name: secret for secret in self.secrets}

    def field(self, name: str) -> "models.Field[Any, Any]":
        """The model's field of a column. Raises BadRegister."""
        found = self._fields.get(name)
        if found is None:
            try:
                found = self._fields[name] = self._found(name)
            except FieldDoesNotExist as error:
                raise BadRegister(f"{self.kind}: {self.model.__name__} has no field {name}") from error
        return found

    def _found(self, name: str) -> "models.Field[Any, Any]":
        found = self.model._meta.get_field(name)
        if not isinstance(found, models.Field):
            raise BadRegister(f"{self.kind}: {name} is no field of the table itself")
        return found

    @cached_property
    def _fields(self) -> "dict[str, models.Field[Any, Any]]":
        return {}

    def attribute(self, name: str) -> str:
        """Under which name an object holds the plain value of a column: of a reference, the key of the other object."""
        return self.field(name).attname

    def form(self, name: str) -> Form:
        """What the cells of a column hold. Raises BadRegister for a field that no cell can hold."""
        field = self.field(name)
        if field.choices:
            return Form.CHOICE
        found = next((form for kind, form in FORMS if isinstance(field, kind)), None)
        if found is None:
            raise BadRegister(f"{self.kind}: no cell can hold the field {name} ({type(field).__name__})")
        return found

    def title_of(self, name: str) -> str:
        """What stands above a column, in the reader's language."""
        if name in self.hidden:
            return _(self.hidden[name].title)
        title = self.named[name].title
        return _(title) if title else str(self.field(name).verbose_name)

    def head_of(self, name: str) -> str:
        """The title with the unit in brackets, as a template has it."""
        unit = self.named[name].unit if name in self.named else ""
        return f"{self.title_of(name)}（{unit}）" if unit else self.title_of(name)

    def required(self, name: str) -> bool:
        """Must a new object have a value there?"""
        return _demanded(self.field(name))

    def has(self, *names: str) -> bool:
        """Are these all columns of the register?"""
        return all(name in self.named for name in names)

    @property
    def placed(self) -> bool:
        """Do its objects lie somewhere: at a point, or within a shape?"""
        return self.has("geometry") or self.has("lon", "lat")


def _demanded(field: "models.Field[Any, Any]") -> bool:
    return not (field.null or field.blank or field.has_default() or isinstance(field, models.AutoField))


class Registers(Mapping[str, Register]):
    """All registers of the house by their kind. A kind or a model that two of them claim is refused (BadRegister)."""

    def __init__(self, registers: Iterable[Register]) -> None:
        self._by_kind: dict[str, Register] = {}
        self._by_label: dict[str, Register] = {}
        for register in registers:
            if register.kind in self._by_kind or register.label in self._by_label:
                raise BadRegister(f"the register {register.kind} of {register.label} is declared twice")
            self._by_kind[register.kind] = self._by_label[register.label] = register

    def __getitem__(self, kind: str) -> Register:
        return self._by_kind[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_kind)

    def __len__(self) -> int:
        return len(self._by_kind)

    def of_model(self, label: str) -> Register | None:
        """The register of a model by its label, e.g. `registry.site`; None where its folder is gone."""
        return self._by_label.get(label)
