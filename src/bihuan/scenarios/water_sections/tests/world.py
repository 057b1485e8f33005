"""A section of the county, and the addresses of the folder."""

from datetime import datetime, timedelta
from pathlib import Path

from bihuan import clock
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Finding
from bihuan.scenarios.water_sections.events import event
from bihuan.scenarios.water_sections.models import Section
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address, covering
from tests.web.world import MINE, NOW


def section(people: City, code: str = "山西·甲", **more: object) -> Section:
    """A section of the county's government."""
    given = {
        "name": code.rpartition("·")[2], "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": 113.6, "lat": 37.8,
        "rank": "nation",
    }  # fmt: skip
    return Section.objects.create(code=code, **given | more)


def addresses(people: City, folder: Path) -> list[Address]:
    """The list of sections, their months, and one of them."""
    clock.set_replay(NOW, 0)
    code = section(people).code
    whole = [
        Address(name, ALL)
        for name in ("index", "month", "month_word", "month_book", "rivers", "trends", "events")
    ]
    one = [
        Address(name, IN_REGION_OR_UNIT, values={"code": code})
        for name in ("section", "series", "around", "section_trends")
    ]
    event_of = {"pk": event_found(code).pk}
    sends = Address(
        "inspect",
        writes=covering("dispatcher", "chief"),
        values=event_of,
        data={"code": "outfalls/none"},
        alone="discharges are told by other folders",
    )
    return [*whole, *one, Address("suspects", IN_REGION_OR_UNIT, values=event_of), sends]


def event_found(code: str, started: datetime = NOW) -> Finding:
    """A finding about an event of a section."""
    target = Section.objects.get(pk=code)
    found, _new = open_or_extend(
        check_key=event.key, target_kind="water_section", target=code, target_name=target.name,
        title="氨氮 3 mg/L（平时 0.3），水质由 Ⅱ 类变为 劣Ⅴ 类", region=target.region, organisation=target.organisation,
        started_at=started, until=started + timedelta(hours=4), magnitude=4.0, unit="类", severity=event.severity, evidence={},
    )  # fmt: skip
    return found
