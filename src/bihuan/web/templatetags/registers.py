"""From the page of a line of business to what is registered of its object."""

from django import template
from django.db.models import Model

from bihuan.scenarios import resolved
from bihuan.web.registers.kinds import url_of

register = template.Library()


@register.simple_tag
def registered(target: Model) -> str:
    """The address of what is registered of an object; empty where its register is not there."""
    found = resolved.every_register().of_model(target._meta.label_lower)
    return url_of(found, target.pk) if found else ""
