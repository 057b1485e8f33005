"""A river with one reach, its chiefs, somebody who walks or drives along it, and the addresses of the folder."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.cases import actions
from bihuan.cases.models import Case, Finding
from bihuan.kit.patrol.models import Patrol
from bihuan.kit.patrol.stops import Seen, record_stop
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.resolved import every_patrolled
from bihuan.scenarios.river_chiefs.disorders import Said, settle
from bihuan.scenarios.river_chiefs.models import Duty, Goal
from tests.cases.world import photo
from tests.kit.patrol.world import Field
from tests.patrol.made import EAST, LAT, LON, START, points, straight
from tests.people import City
from tests.rights.address import ALL, IN_REGION, IN_REGION_OR_UNIT, Address, covering
from tests.web.world import MINE, NOW

LENGTH = 6000.0


def make_river(people: City, code: str = "R", region: str = MINE) -> Reach:
    """A river of one reach, which runs east."""
    place = {"region": people.regions[region], "lon": LON, "lat": LAT}
    river = River.objects.create(code=code, name=f"桃河{code}", **place)
    line = {"type": "LineString", "coordinates": [[LON, LAT], [LON + LENGTH / EAST, LAT]]}
    return Reach.objects.create(
        code=f"{code}-1", name=f"桃河{code}一段", river=river, length_km=LENGTH / 1000, geometry=line, **place
    )


def make_duty(people: City, reach: Reach, code: str = "HZ1", **more: Any) -> Duty:
    """A chief of the county; of a village with the ranger's account unless said otherwise."""
    given = {
        "level": "village",
        "name": "王河长",
        "region": people.regions[MINE],
        "account": people.person("ranger"),
    }
    return Duty.objects.create(code=code, reach=reach, **given | more)


def make_goal(people: City, river: River, code: str = "G1", **more: Any) -> Goal:
    """A goal of the county's government: twelve pipes until the end of 2019."""
    given = {
        "year": 2019, "measure": "截流污水口", "indicator": "截流口数", "unit": "个", "target": 12.0, "region": people.regions[MINE],
        "deadline": date(2019, 12, 31), "organisation": people.governments[MINE],
    }  # fmt: skip
    return Goal.objects.create(code=code, river=river, **given | more)


@dataclass
class Water:
    """The field in which tests patrol, with a river in it."""

    field: Field

    def __post_init__(self) -> None:
        self.reach = make_river(self.city)
        self.duty = make_duty(self.city, self.reach)

    @property
    def city(self) -> City:
        """Who is there."""
        return self.field.city

    def at(self, day: int, month: int = 3) -> datetime:
        """Morning of a day of 2019 in China, as the clock then."""
        self.field.at = datetime(2019, month, day, 1, tzinfo=START.tzinfo)
        clock.set_replay(self.field.at, 0)
        return self.field.at

    def walk(self, day: int, month: int = 3, speed: float = 1.2, by: str = "ranger") -> Patrol:
        """Along the whole reach, back, and along it again, at a speed [m/s]."""
        start = self.at(day, month)
        once = straight(LENGTH, speed)
        back = once[::-1][1:]
        return self.field.walked(points([*once, *back, *once[1:]], start=start), by)

    def find(self, text: str = "乱堆渣土", by: str = "ranger", level: str = "minor") -> Finding:
        """A problem seen at the reach on a patrol that is just beginning."""
        seen = Seen(str(uuid.uuid4()), self.field.at, LON, LAT, text, "reaches", self.reach.pk, level)
        stop = record_stop(
            self.city.person(by),
            self.field.begun(by=by),
            seen,
            [photo(f"#{uuid.uuid4().hex[:6]}")],
            every_patrolled(),
        )
        assert stop.finding is not None
        return stop.finding

    def handed(self, finding: Finding) -> Case:
        """Said to be disorder and handed to the county's government by its dispatcher."""
        said = Said("dumped", "清运并恢复岸线", 120.0, "李某", unit=self.city.governments[MINE])
        settle(self.city.person("dispatcher"), finding, said)
        return finding.cases.get()

    def closed(self, case: Case) -> None:
        """From signing to closing, each step by the right person, an hour apart."""
        steps: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
            ("sign", "handler", MINE, {}),
            ("plan", "handler", MINE, {"note": "清运"}),
            (
                "apply_close",
                "handler",
                MINE,
                {"note": "已清运", "files": [photo(f"#{uuid.uuid4().hex[:6]}")]},
            ),
            ("pass", "verifier", "140300", {"note": "属实", "companion": "周"}),
            ("close", "dispatcher", "140300", {}),
        )
        for action, role, region, given in steps:
            self.field.wait(hours=1)
            case.refresh_from_db()
            actions.take(case, action, self.city.person(role, region), **given)


def addresses(people: City, folder: Path) -> list[Address]:
    """Rivers are read by everybody, what is found there in the county; goals also by their unit."""
    clock.set_replay(NOW, 0)
    reach = make_river(people)
    make_duty(people, reach)
    make_goal(people, reach.river)
    seen = Seen(
        str(uuid.uuid4()), NOW - timedelta(hours=1), LON, LAT, "乱堆渣土", "reaches", reach.pk, "minor"
    )
    field = Field(people, NOW)
    stop = record_stop(people.person("ranger"), field.begun(), seen, (), every_patrolled())
    assert stop.finding is not None
    words = {
        "times_chief_village": "2",
        "period_chief_village": "week",
        "since": "2019-02-25",
        "reason": "本县规定",
    }
    finders = covering("ranger", "dispatcher", "verifier", "chief")
    return [
        *(Address(name, ALL) for name in ("index", "duties", "finds", "ledger", "goals", "league", "league_book", "league_word")),
        Address("rules", ALL, covering("dispatcher", "chief") - {"mine:dispatcher", "mine:chief"}, data=words, works="city:chief"),
        Address("river", ALL, values={"code": "R"}),
        Address("reach", ALL, values={"code": "R-1"}, there=(302,)),
        Address("river_word", ALL, values={"code": "R"}),
        Address(
            "suggest", writes=covering("dispatcher", "chief"), values={"code": "R"}, data={"title": "检察建议"}, works="mine:dispatcher"
        ),
        Address(
            "find", IN_REGION, finders, {"pk": stop.finding.pk}, {"kind": "dumped", "measure": "清运"}, "mine:ranger"
        ),
        Address(
            "goal", IN_REGION_OR_UNIT, covering("dispatcher", "chief") | {"mine:handler", "mine:enterprise", "colleague"}, {"code": "G1"},
            {"value": "3", "note": "已截流"}, "mine:handler",
        ),
    ]  # fmt: skip
