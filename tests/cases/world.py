"""A small world to walk cases through: who, when, and how to bring a case into any state."""

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from bihuan import clock
from bihuan.cases import milestones
from bihuan.cases.actions import open_case, take
from bihuan.cases.evidence import Upload
from bihuan.cases.filing import file_rows
from bihuan.cases.findings import open_or_extend
from bihuan.cases.joining import Row
from bihuan.cases.models import Case, Finding, Step
from bihuan.cases.transitions import TOGETHER, Paper, State
from bihuan.domain.checks import Belonging
from bihuan.registry.models import Person
from tests.cases.sensor import KEY, Sensor
from tests.people import City

COUNTY = "140321"


def photo(colour: str = "red", name: str = "现场.jpg") -> Upload:
    """A real, tiny JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "JPEG")
    return Upload(name, out.getvalue())


# The shortest way into each state, from 登记 on.
WAYS: dict[State, tuple[str, ...]] = {
    State.DRAFT: (),
    State.PENDING: ("submit",),
    State.NOT_FILED: ("submit", "decline"),
    State.TRANSFERRED: ("submit", "transfer"),
    State.LISTED: ("submit", "list_up"),
    State.OFFERED: ("submit", "offer"),
    State.MERGED: ("submit", "merge"),
    State.VOID: ("void",),
    State.DISPATCHED: ("submit", "dispatch"),
    State.RETURNED: ("submit", "dispatch", "return"),
    State.SIGNED: ("submit", "dispatch", "sign"),
    State.RECTIFYING: ("submit", "dispatch", "sign", "plan"),
    State.EXTENSION: ("submit", "dispatch", "sign", "plan", "ask_extension"),
    State.VERIFYING: ("submit", "dispatch", "sign", "plan", "apply_close"),
    State.PASSED: ("submit", "dispatch", "sign", "plan", "apply_close", "pass"),
    State.CLOSED: ("submit", "dispatch", "sign", "plan", "apply_close", "pass", "close"),
    State.RECHECK: ("submit", "dispatch", "sign", "plan", "apply_close", "pass", "close", "recheck"),
}
WHO = {
    "sign": "handler",
    "return": "handler",
    "plan": "handler",
    "apply_close": "handler",
    "progress": "handler",
}
WHO |= {"accept": "handler", "refuse_offer": "handler"}
WHO |= {"ask_extension": "handler", "withdraw": "handler"}
WHO |= {
    "close_unproven": "chief",
    "pass": "verifier",
    "fail": "verifier",
    "confirm": "verifier",
    "void": "chief",
}


def role_of(action: str, state: str) -> str:
    """Who takes a step: of a milestone the unit once it mends."""
    return (
        "handler"
        if state == State.RECTIFYING and action in ("node", "node_done")
        else WHO.get(action, "dispatcher")
    )


# A county's bureau handles most cases here, so the city verifies.
WHERE = {"verifier": "140300"}


@dataclass
class World:
    """`at` is what the clock shows; move it with `wait`. `sensor`: what the check `sensor.KEY` looks at."""

    city: City
    folder: Path
    at: datetime
    sensor: Sensor = field(default_factory=Sensor)

    def __post_init__(self) -> None:
        self.wait()

    def wait(self, **span: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**span)
        clock.set_replay(self.at, 0)
        return self.at

    def person(self, role: str, region: str = COUNTY) -> Person:
        """Somebody with this role, freshly loaded."""
        return self.city.person(role, region)

    def finding(self, **changes: Any) -> Finding:
        """A finding in 平定县."""
        fields: dict[str, Any] = {
            "check_key": "air.stuck", "target_kind": "site", "target": "S1", "target_name": "桃北中学",
            "title": "PM10 自 09:00 起 5 小时未变", "region": self.city.regions[COUNTY],
            "started_at": self.at - timedelta(hours=5), "until": self.at, "magnitude": 5.0, "unit": "h",
            "severity": "moderate", "evidence": {"values": [132.0] * 5}, "basis": "HJ 818-2018",
        }  # fmt: skip
        return open_or_extend(**{**fields, **changes})[0]

    def facet(self, name: str, **changes: Any) -> Finding:
        """A finding of an exceedance at outlet P1: `over` (serious), `ultra` or `likely` (mild), which `over` explains."""
        severity = {"over": "serious", "ultra": "moderate", "likely": "minor"}[name]
        explained = () if name == "over" else ("over",)
        fields: dict[str, Any] = {
            "check_key": name, "item": "nox", "severity": severity, "unit": "倍", "title": name, "phrase": name,
            "belonging": Belonging("exceedance", explained), "target_kind": "emitter", "target": "P1",
            "target_name": "测试厂", "region": self.city.regions[COUNTY], "organisation": None, "basis": "试",
            "start": self.at - timedelta(hours=1), "until": self.at, "magnitude": 1.5, "evidence": {"v": 1},
        }  # fmt: skip
        (found,), _ = file_rows([Row(**{**fields, **changes})])
        return found

    def needs(self, action: str) -> dict[str, Any]:
        """Everything that an action may ask for, filled in."""
        given: dict[str, dict[str, Any]] = {
            "dispatch": {"organisation": self.city.governments[COUNTY]},
            "redispatch": {"organisation": self.city.governments["140322"]},
            "offer": {"organisation": self.city.governments[COUNTY]},
            "transfer": {"receiver": "阳泉市公安局"},
            "ask_extension": {"days": 3}, "amend": {"remark": "台账备注"}, "retime": {"listed_by": "centre"},
            "add_unit": {"organisation": self.city.governments["140322"]},
            "break_down": {"organisation": self.city.governments["140322"], "requirement": "清理沿河堆场"},
            "node": {"task": "完成勘察", "day": f"{self.at + timedelta(days=1):%Y-%m-%d}"},
            "pass": {"companion": "李四"}, "fail": {"companion": "李四"}, "confirm": {"companion": "李四"},
        }  # fmt: skip
        files = {"files": [photo()]} if action == "apply_close" else {}
        return {"note": f"办理: {action}", **files, **given.get(action, {})}

    def go(self, case: Case, action: str, by: Person | None = None, **data: Any) -> Step:
        """Take a step with everything it needs, by somebody who may."""
        family = {} if data.keys() & {"parent", "leading"} else self.family(action, case)
        needs = {**self.needs(action), **family, **data}
        return take(case, action, by or self.whoever(role_of(action, case.state)), **needs)

    def family(self, action: str, case: Case) -> dict[str, Any]:
        """The other case or the findings that an action on a family asks for."""
        if action == "split":
            return {"findings": list(case.findings.order_by("pk")[:1])}
        if action == "offer" and case.state == State.RETURNED:
            return {"organisation": self.city.governments["140322"]}
        if action == "attach":
            return {"parent": self.case(State.LISTED, title="清单")}
        if action in ("node_done", "node_drop"):
            return {"node": next((n.seq for n in milestones.waiting(case)), "")}
        if action != "merge":
            return {}
        others = Case.objects.exclude(pk=case.pk).filter(state__in=TOGETHER, title="主办")
        return {"leading": others.first() or self.case(State.PENDING, title="主办")}

    def whoever(self, role: str) -> Person:
        """Somebody with this role who may act on a case of 平定县."""
        return self.person(role, WHERE.get(role, COUNTY))

    def ready_for(self, action: str, state: State) -> Case:
        """A case in which the step may be taken: in that state, late, or without a proof where it asks for that."""
        if action == "split":
            return self.of_findings(state)
        if action == "detach":
            return self.child(state)
        if action in ("strike", "relist"):
            return self.struck(state)
        if action in ("node_done", "node_drop"):
            return self.with_node(state)
        case = self.sensed(state) if action == "close_unproven" else self.case(state)
        if action == "urge":
            self.wait(days=40)
        return case

    def child(self, state: State, parent: Case | None = None, **fields: Any) -> Case:
        """A case below a list (or another case), brought into a state by the shortest way."""
        case = self.case(State.PENDING, **fields)
        self.go(case, "attach", parent=parent or self.case(State.LISTED, title="清单"))
        for action in WAYS[state][1:]:
            self.go(case, action)
        return case

    def struck(self, state: State) -> Case:
        """A list in that state, below which all is closed."""
        listed = self.case(State.LISTED, title="清单")
        self.child(State.CLOSED, listed)
        for action in {State.LISTED: (), State.CLOSED: ("strike",), State.RECHECK: ("strike", "recheck")}[
            state
        ]:
            self.go(listed, action)
        return listed

    def with_node(self, state: State) -> Case:
        """A case in that state with a milestone that is not done."""
        case = self.case(state)
        self.go(case, "node")
        return case

    def sensed(self, state: State, **changes: Any) -> Case:
        """A case of what the sensor's check found, brought into a state by the shortest way, two hours a step."""
        found = self.facet("over", check_key=KEY, **changes)
        case = open_case([found], self.person("dispatcher"))
        for action in WAYS[state]:
            self.wait(hours=2)
            self.go(case, action)
        return case

    def of_findings(self, state: State) -> Case:
        """A case of two findings, brought into a state by the shortest way."""
        known = Finding.objects.count()
        found = [self.finding(target=f"T{known + n}") for n in (1, 2)]
        case = open_case(found, self.person("dispatcher"))
        for action in WAYS[state]:
            self.go(case, action)
        return case

    def case(self, state: State = State.DRAFT, level: str = "moderate", **fields: Any) -> Case:
        """A case brought into a state by the shortest way."""
        usual = {"title": "料场未苫盖", "region": self.city.regions[COUNTY], "source": Case.Source.PATROL}
        case = open_case([], self.person("dispatcher"), level=level, **{**usual, **fields})
        for action in WAYS[state]:
            self.go(case, action)
        assert case.state == state
        return case


WITH_PAPER = {
    Paper.DISPATCH: State.DISPATCHED,
    Paper.URGE: State.RECTIFYING,
    Paper.EXTENSION: State.EXTENSION,
    Paper.TRANSFER: State.TRANSFERRED,
    Paper.SUGGESTION: State.DISPATCHED,
}


def state_of(kind: Paper) -> State:
    """A state in which a case has this paper (of 督办, that it may be urged in)."""
    return WITH_PAPER.get(kind, State.PASSED)


def source_of(kind: Paper) -> str:
    """A source of cases that have this paper."""
    return Case.Source.PROCURATORATE if kind is Paper.SUGGESTION else Case.Source.PATROL


def with_paper(world: World, kind: Paper) -> Case:
    """A case that has gone so far."""
    return world.case(state_of(kind), source=source_of(kind))
