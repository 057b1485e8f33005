"""Outfalls into rivers: what it gives to the rest of the house."""

from datetime import timedelta

from bihuan.kit.patrol.declared import of_register as patrolled
from bihuan.scenarios.contract import NATURE, MenuEntry, Scenario
from bihuan.scenarios.outfalls import classes, listing, pages, report, transitions
from bihuan.scenarios.outfalls.checks import CHECKS
from bihuan.scenarios.outfalls.discharges import DISCHARGES
from bihuan.scenarios.outfalls.inputs import inputs
from bihuan.scenarios.outfalls.inspections import FORMS
from bihuan.scenarios.outfalls.registers import OUTFALLS, REGISTERS

SCENARIO = Scenario(
    title="入河排污口",
    owner="指挥中心",
    version="1.0",
    menu=(MenuEntry(NATURE, 30, "outfalls:index", "入河排污口"),),
    checks=CHECKS,
    inputs=inputs,
    look_back=timedelta(days=62),
    registers=REGISTERS,
    patrols=(patrolled(OUTFALLS),),
    forms=FORMS,
    pages=pages.urlpatterns,
    discharges=DISCHARGES,
    labels=(
        classes.GROUPS,
        classes.classes(),
        listing.FLAGS,
        report.NAMES,
        transitions.TABLE,
        transitions.Need,
        transitions.State,
        *transitions.CHOICES.values(),
    ),
)
