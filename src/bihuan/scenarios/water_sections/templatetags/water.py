"""Filters of the pages of sections."""

from django import template

from bihuan.scenarios.water_sections.view import roman

register = template.Library()


@register.filter
def water_class(found: int | None) -> str:
    """A class as it is written; a dash for none."""
    return roman(found)


@register.filter
def plain(value: float) -> str:
    """A number for a style sheet, whatever the language of the page."""
    return f"{value:.4f}"


@register.filter(name="of")
def share_of(value: float, whole: float) -> str:
    """A share in percent for a style sheet."""
    return f"{100 * value / whole:.3f}" if whole else "0"
