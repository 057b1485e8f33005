"""The forms of outfalls: a find, the three levels of the survey, and the inspection before accepting and from then on."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from bihuan.kit.inspection.declared import Form, Item, of_register
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.rivers import Reach
from bihuan.scenarios.outfalls import taken_in
from bihuan.scenarios.outfalls.classes import choices
from bihuan.scenarios.outfalls.conditions import INSPECTION
from bihuan.scenarios.outfalls.registers import OUTFALLS

FOLDER = Path(__file__).parent / "forms"


def _reaches(person: Person) -> Iterator[Item]:
    for code, name in visible(Reach.objects.order_by("name", "code"), person).values_list("code", "name"):
        yield {"name": code, "label": name}


def _classes(_person: Person) -> Iterator[Item]:
    for code, name in choices():
        yield {"name": code, "label": _(name)}


FIND = Form(
    "outfall_find",
    "发现排污口",
    FOLDER / "outfall_find.xlsx",
    lists={"reaches.csv": _reaches, "outfall_classes.csv": _classes},
    anytime=True,
    then=taken_in.found,
)
SURVEY = Form(
    "outfall_survey",
    "入河排污口排查",
    FOLDER / "outfall_survey.xlsx",
    about="outfall",
    objects=of_register(OUTFALLS),
    then=taken_in.surveyed,
)
CHECK = Form(
    INSPECTION,
    "入河排污口现场检查",
    FOLDER / "outfall_check.xlsx",
    about="outfall",
    objects=of_register(OUTFALLS),
)
FORMS = (FIND, SURVEY, CHECK)
