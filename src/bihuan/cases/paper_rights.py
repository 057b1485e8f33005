"""Who sets how papers look and are numbered."""

from django.utils.translation import gettext as _

from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, may
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE


def may_set(person: Person) -> bool:
    """May the person set templates and numbers: dispatcher or chief of the whole city?"""
    return may(person, *OFFICE, region=CITY)


def demand_setter(person: Person) -> None:
    """Raises NotAllowed for everybody else."""
    if not may_set(person):
        raise NotAllowed(_("文书模板和文号由全市的调度岗或负责人设定。"))
