"""By what the list of a register can be narrowed: regions with all inside them, units, choices, yes or no."""

from functools import partial

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from bihuan.asked import BadQuestion
from bihuan.kit.listing.declared import Filter
from bihuan.kit.registers.cells import Wrong, reader
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.references import naming_field, telling_field
from bihuan.kit.registers.template import choices
from bihuan.registry.access import visible
from bihuan.registry.models import Person, Region, prefix_of
from bihuan.web.registers.shown import referred

PREFIX = "f_"
"""Before the name of a column in the address of the list."""
OFFERED = 200
"""Values that a list of the form shows; of more, one types what one looks for."""


def filters_of(register: Register, person: Person) -> list[Filter]:
    """The fields of the form, in the order of the columns."""
    return [
        Filter(
            PREFIX + name, register.title_of(name), partial(_offered, register, person, name),
            partial(_condition, register, person, name),
        )
        for name in _narrowing(register)
    ]  # fmt: skip


def _narrowing(register: Register) -> list[str]:
    forms = (Form.SHAPE, Form.MOMENT)
    return [n for n, c in register.named.items() if c.filtered and register.form(n) not in forms]


def _offered(register: Register, person: Person, name: str) -> list[tuple[str, str]] | None:
    form, field = register.form(name), register.field(name)
    if form is Form.CHOICE:
        return [(str(value), _(str(label))) for value, label in field.flatchoices]
    if form is Form.YES_NO:
        return [(word, _(word)) for word in choices(register, name)]
    if form is Form.REFERENCE:
        model = referred(register, name)
        rows = visible(model._default_manager.order_by(telling_field(model)), person)
        pairs = rows.values_list("pk", naming_field(model))[: OFFERED + 1]
    else:
        rows = visible(register.model._default_manager.exclude(**{name: None}), person)
        pairs = rows.order_by(name).values_list(name, name).distinct()[: OFFERED + 1]
    found = [(str(value), str(text)) for value, text in pairs if str(value)]
    return found if len(found) <= OFFERED else None


def _condition(register: Register, person: Person, name: str, text: str) -> Q:
    if register.form(name) is Form.REFERENCE:
        target = _named(register, person, name, text)
        if isinstance(target, Region):
            return Q(**{f"{name}__pk__startswith": prefix_of(target.code)})
        return Q(**{name: target})
    try:
        return Q(**{name: reader(register, name)(text)})
    except Wrong as error:
        raise _bad(register, name, text) from error


def _named(register: Register, person: Person, name: str, text: str) -> Model:
    """The object that a filter names by its key, its code or its full name."""
    model = referred(register, name)
    keys = {"pk", telling_field(model), naming_field(model)}
    rows = visible(model._default_manager.all(), person)
    for key in ("pk", *sorted(keys - {"pk"})):
        try:
            found: Model | None = rows.filter(**{key: text}).first()
        except ValueError:
            continue
        if found is not None:
            return found
    raise _bad(register, name, text)


def _bad(register: Register, name: str, text: str) -> BadQuestion:
    return BadQuestion(
        _("没有%(title)s是“%(text)s”的：请在列表中选择，或写它的编码或全称")
        % {"title": register.title_of(name), "text": text[:40]}
    )


def searched(register: Register, words: str) -> Q:
    """Objects with these words in one of the columns that are looked through."""
    found = Q(pk__in=[])
    for name, column in register.named.items():
        if column.searched:
            reference = register.form(name) is Form.REFERENCE
            path = f"{name}__{naming_field(referred(register, name))}" if reference else name
            found |= Q(**{f"{path}__icontains": words})
    return found
