"""Filters of the pages of parks."""

from django import template

from bihuan.scenarios.industrial_parks.view import roman

register = template.Library()
register.filter("water_class", roman)
