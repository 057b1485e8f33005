"""Which register and which object an address means, and what the person may do with it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.errors import NotAllowed
from bihuan.kit.registers.actions import writes
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.rights import Places, Rights
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.roles import Role
from bihuan.scenarios import resolved


def register_of(kind: str) -> Register:
    """The register of a kind. Raises Http404."""
    try:
        return resolved.every_register()[kind]
    except KeyError as error:
        raise Http404 from error


def objects_of(register: Register, person: Person) -> "QuerySet[Any]":
    """The objects that the person may see."""
    return visible(register.model._default_manager.all(), person)


def object_of(register: Register, person: Person, key: str) -> Model:
    """The object of a key. Raises Http404 where there is none, or the person may not see it."""
    try:
        value = register.model._meta.pk.to_python(key)
    except ValidationError as error:
        raise Http404 from error
    found: Model | None = objects_of(register, person).filter(pk=value).first()
    if found is None:
        raise Http404
    return found


def may_write(register: Register, person: Person, target: Model) -> bool:
    """May the person change this object?"""
    return Rights(register, person).cover(Places(register, [target]).of(target))


def demand_writer(register: Register, person: Person) -> None:
    """Raises NotAllowed for whoever writes nothing of the register, anywhere."""
    if not writes(register, person):
        raise NotAllowed(refusal(register))


def refusal(register: Register) -> str:
    """Who writes a register, in a sentence."""
    roles = _("、").join(_(str(Role(role).label)) for role in register.writers)
    return _("“%(register)s”由%(roles)s登记。") % {"register": _(register.title), "roles": roles}


def url_of(register: Register, key: Any) -> str:
    """The page of one object that all registers share."""
    return reverse("register_object", args=[register.kind, key])
