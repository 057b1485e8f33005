"""What the walk over all addresses needs of this folder: an outlet with its logger, a mark and a quality check."""

from pathlib import Path
from typing import Any

from bihuan.registry.models import Emitter
from bihuan.scenarios.plant_emissions.models import Mark, Outlet, QualityCheck
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, START, make_plants
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address, covering

READ = ("outlet", "calendar", "amounts", "permits", "series")
QUALITY: dict[str, Any] = {
    "item": "nox", "what": "span", "at": "2019-02-25T05:00", "passed": "yes", "result": "漂移 1.2 %",
}  # fmt: skip
MARK: dict[str, Any] = {
    "what": "device:维护", "start": "2019-02-25T08:00", "until": "2019-02-25T09:00", "reason": "更换滤芯",
}  # fmt: skip


def addresses(city: City, folder: Path) -> list[Address]:
    """Who opens what of this folder."""
    make_plants(city)
    outlet, who = Outlet.objects.get(pk="E1-1"), city.person("enterprise", "140321")
    assert Emitter.objects.get(pk="E1").organisation == city.governments["140321"]
    mark = Mark.objects.create(
        outlet=outlet, kind="device", code="维护", start=START, until=NOW, reason="维护", who=who, at=START
    )
    check = QualityCheck.objects.create(
        outlet=outlet,
        item="nox",
        what="span",
        at=START,
        passed=True,
        result="合格",
        who=who,
        entered_at=START,
    )
    markers = covering("dispatcher", "verifier", "chief") | {"mine:enterprise"}
    registrars = covering("chief", "admin")
    here, undo = {"code": "E1-1"}, {"reason": "录错"}
    return [
        *(Address(name, ALL) for name in ("index", "ledger")),
        *(Address(name, IN_REGION_OR_UNIT, values=here) for name in READ),
        Address("hour", IN_REGION_OR_UNIT, values=here | {"stamp": "2019022501"}),
        Address("register", registrars | markers, markers, works="mine:chief", values=here, data=QUALITY),
        Address("mark", writes=markers, works="mine:enterprise", values=here, data=MARK),
        Address("withdraw", writes=markers, works="mine:verifier", values=here | {"pk": mark.pk}, data=undo),
        Address(
            "withdraw_quality",
            writes=markers,
            works="mine:enterprise",
            values=here | {"pk": check.pk},
            data=undo,
        ),
    ]
