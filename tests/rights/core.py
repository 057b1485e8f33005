"""The addresses of the core, with one object of each kind in the county of `mine`."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.cases import actions, handovers, rule_tries
from bihuan.cases.evidence import kept
from bihuan.cases.ladders import LADDERS
from bihuan.cases.models import Case, Finding
from bihuan.domain.alarm_rules import Rule
from bihuan.kit.inspection.models import Answer, AnswerFile, AnswerProblem, FormVersion, Round, RoundTask
from bihuan.kit.inspection.versions import in_force
from bihuan.kit.patrol.judging import judge_anew
from bihuan.kit.patrol.models import Sign
from bihuan.kit.patrol.planning import Wanted, make_plan
from bihuan.kit.patrol.receiving import begin
from bihuan.kit.patrol.stops import Seen, record_stop
from bihuan.kit.phone.models import ItemFile
from bihuan.kit.registers.actions import create
from bihuan.kit.registers.writing import Act
from bihuan.registry.changes import Batch
from bihuan.registry.models import Person
from bihuan.scenarios.catalogue import every_check
from bihuan.scenarios.resolved import every_form, every_patrolled, every_register
from bihuan.web.map_layers import every_layer
from bihuan.web.reminder_forms import values_of
from tests.cases.world import photo
from tests.kit.phone.device import Device, named
from tests.people import CITY_CODE, City
from tests.rights.address import (
    ALL,
    COLLEAGUE,
    IN_REGION,
    IN_REGION_OR_UNIT,
    NO_ONE,
    RUN,
    SIGNED_IN,
    WATCH,
    Address,
    city,
    covering,
    holders,
)
from tests.web.world import MINE, NOW, make_objects

OF_ALL = (
    "centre", "boundary", "findings", "checks", "cases", "figures", "inbox", "search",
)  # fmt: skip
FINDERS = ("ranger", "dispatcher", "verifier", "chief")
XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model><instance><data id="walked"
version="1"><a/></data></instance></model></h:head><h:body/></h:html>"""
ASKED = {
    "username": "nobody", "address": "127.0.0.1", "model": "m", "reason": "理由", "value": "x", "speed": "60", "mn": "M1",
    "command": "2011", "how": "accept",
}  # fmt: skip


def _inspections(people: City) -> list[Address]:
    """The forms of the lines of business, each opened before, and an answer that lies in MINE."""
    for form in every_form().values():
        in_force(form)
    version = FormVersion.objects.create(
        form="walked", version="1", title="检查", file="f.xlsx", xform=XFORM, at=NOW
    )
    finding, who = Finding.objects.filter(status="new").latest("pk"), people.person("ranger", MINE)
    answer = Answer.objects.create(
        instance="uuid:1", form=version, by=who, at=NOW, region=people.regions[MINE], target_kind="region", target=MINE, target_name="x", xml="<a/>",
    )  # fmt: skip
    photographed = kept([photo()])[0]
    file = AnswerFile.objects.create(answer=answer, **photographed.__dict__)
    problem = AnswerProblem.objects.create(
        answer=answer, path="/data/a", label="a", value="x", finding=finding
    )
    one, key = {"pk": answer.pk}, {"key": "outlet_check"}
    finders = covering(*FINDERS)
    return [
        Address("forms", ALL),
        Address("answers", ALL, values=key),
        Address("form_fill", ALL, values=key),
        Address("form_send", writes=NO_ONE, values=key, there=(403,)),
        Address("phone_form", holders(*FINDERS), values={"pk": in_force(every_form()["outlet_check"]).pk}),
        Address("form_versions", ALL, city("chief", "admin"), values=key),
        Address("form_workbook", values=key | {"pk": 0}, there=(404,)),
        Address("answer", IN_REGION, values=one),
        Address("answer_word", IN_REGION, values=one),
        Address("answer_file", IN_REGION, values=one | {"number": file.pk}),
        Address("answer_hand", writes=finders, works="mine:ranger", values=one | {"number": problem.pk}),
    ]


def _patrols(people: City) -> list[Address]:
    """A patrol of the county's ranger with a find that has a photo, a sign of it, and a plan."""
    ranger, key = people.person("ranger", MINE), "6f1f5e0e-0000-4000-8000-000000000001"
    patrol, seen = begin(ranger, key, NOW), Seen(key, NOW, 113.6, 37.8, "垃圾", level="minor")
    stop = record_stop(ranger, patrol, seen, [photo()], {})
    judge_anew(patrol)
    sign = Sign.objects.create(
        patrol=patrol, kind="mock", start=NOW, until=NOW, evidence={"points": 1, "share": 1}, at=NOW
    )
    wanted = Wanted("周巡", "stations", people.regions[MINE], 7, NOW.date())
    plan = {"pk": make_plan(people.person("chief", MINE), wanted, every_patrolled()).pk}
    one, finders, office = {"key": key}, holders(*FINDERS), holders("dispatcher", "chief")
    begun = {"patrol": "6f1f5e0e-0000-4000-8000-000000000003", "started": NOW.isoformat()}
    planned = {
        "title": "月巡",
        "objects_of": "stations",
        "region": MINE,
        "every_days": "30",
        "since": "2019-02-25",
    }
    stopped = {"key": "6f1f5e0e-0000-4000-8000-000000000002", "lat": "37.8", "lon": "113.6"}
    at_stop = one | {"pk": stop.pk}
    supervisors = covering("dispatcher", "chief") | city("auditor")
    return [
        *(Address(name, ALL) for name in ("patrols", "patrol_plans", "patrol_coverage", "patrol_league")),
        Address("patrol_day", finders),
        Address("patrol_start", writes=finders, data=begun),
        Address("patrol_import", writes=finders),
        Address("patrol_plan_new", office, office, works="mine:chief", data=planned),
        Address("patrol_plan", IN_REGION, values=plan),
        Address("patrol_plan_end", writes=covering("dispatcher", "chief"), works="mine:chief", values=plan, data={"reason": "改"}),
        Address("patrol_signs", supervisors | office),
        Address(
            "patrol_sign", supervisors, covering("dispatcher", "chief"), works="city:chief", values={"pk": sign.pk},
            data={"verdict": "explained", "reason": "问过"},
        ),
        Address("patrol_rules", ALL, city("dispatcher", "chief"), works="city:chief", data={"since": "2019-02-25", "minutes": "60", "reason": "试"}),
        Address("patrol", IN_REGION, values=one),
        Address("patrol_track", writes=frozenset({"mine:ranger"}), values=one),
        Address("patrol_stop", writes=frozenset({"mine:ranger"}), works="mine:ranger", values=one, data=stopped),
        Address("patrol_hand", writes=covering(*FINDERS), works="mine:ranger", values=at_stop),
        Address("patrol_file", IN_REGION, values=at_stop | {"number": stop.files.get().pk}),
    ]  # fmt: skip


def _rounds(people: City) -> list[Address]:
    """A round whose one object lies in MINE, given to its ranger."""
    found = Round.objects.create(
        title="walked", form="walked", region=people.regions[MINE], since=NOW.date(), until=NOW.date(), by=people.person("chief", MINE), at=NOW,
    )  # fmt: skip
    task = RoundTask.objects.create(round=found, target="x", target_name="x", region=people.regions[MINE])
    one, office = {"pk": found.pk}, covering("dispatcher", "chief")

    def about(action: str, **more: Any) -> Address:
        return Address("round_task", values=one | {"number": task.pk, "action": action}, **more)

    return [
        Address("rounds", ALL),
        Address("round_new", holders("dispatcher", "chief")),
        Address("round_mine", ALL),
        Address("round", IN_REGION, values=one),
        Address("round_book", IN_REGION, values=one),
        Address("round_word", IN_REGION, values=one),
        Address("round_hand", writes=covering(*FINDERS), values=one),
        about("assign", writes=office, works="mine:dispatcher"),
        about("skip", writes=covering(*FINDERS), works="mine:ranger", data={"reason": "停产"}),
        Address("round_end", writes=office, works="mine:chief", values=one, data={"reason": "完成"}),
    ]


def _tried(people: City) -> int:
    """A rule that the office tries."""
    entry = next(e for e in every_check() if e.check.key == "air.stuck")
    dispatcher = people.person("dispatcher", CITY_CODE)
    return rule_tries.ask(
        dispatcher, "air.stuck", Rule(delay_on=60), known=entry.parameters, severity=entry.check.severity
    ).pk


def addresses(people: City, folder: Path) -> list[Address]:
    """All of them."""
    clock.set_replay(NOW, 0)
    made = make_objects(people)
    photographed = actions.take(made.case, "return", people.person("handler", MINE), note="不属本单位", files=[photo()])  # fmt: skip
    actions.take(
        actions.case_for(people.person("chief", MINE), made.case.number), "insist", people.person("chief", MINE), note="属本单位"
    )  # fmt: skip
    file = photographed.files.get()
    case, finding = {"number": made.case.number}, {"pk": made.finding.pk}
    incident, other = {"pk": made.finding.incident_id}, made.case.findings.get()
    ranger = {"pk": Person.objects.get(username=f"ranger_{MINE}").pk}
    return [
        *(Address(name, ALL) for name in OF_ALL),
        *(Address("map_layer", ALL, values={"key": key}) for key in every_layer()),
        Address("unit", IN_REGION, values={"code": "E1"}),
        Address("finding", IN_REGION, values=finding),
        Address(
            "finding_judge", writes=covering("dispatcher", "chief", "verifier"), works="city:dispatcher",
            values=finding | {"verdict": "confirm"},
        ),
        Address("incident", IN_REGION, values=incident),
        Address(
            "incident_judge", writes=covering("dispatcher", "chief", "verifier"), works="city:dispatcher",
            values=incident | {"verdict": "confirm"},
        ),
        Address(
            "incidents_judge", writes=covering("dispatcher", "chief", "verifier"), works="city:dispatcher",
            values={"verdict": "confirm"}, data={"incident": made.finding.incident_id},
        ),
        Address(
            "incident_regroup", writes=city("dispatcher", "chief", "verifier"), works="city:dispatcher",
            values=incident | {"how": "merge"}, data={"other": other.incident_id, "reason": "同一件事"},
        ),
        Address("case", IN_REGION_OR_UNIT, values=case),
        Address("case_paper", IN_REGION_OR_UNIT, values=case | {"kind": "dispatch"}),
        Address("case_file", IN_REGION_OR_UNIT, values=case | {"pk": file.pk}),
        Address(
            "case_step", writes=frozenset({"mine:handler", "mine:enterprise", COLLEAGUE}), works=COLLEAGUE,
            values=case | {"action": "sign"}, data={"note": "收到"},
        ),
        Address("board", ALL),
        Address("weekly_letter", ALL, values={"monday": "2019-01-07"}),
        Address("figure_cases", ALL, there=(200, 400)),  # asks which figure
        Address("case_new", holders(*FINDERS), holders(*FINDERS)),
        Address("inbox_read", writes=ALL),
        *_phone(ranger["pk"], file.pk),
        Address("phone_kept", covering("dispatcher", "chief") | {"mine:handler"}, values=case | {"pk": _not_accepted(people, made.case)}),
        *_of_the_city(),
        *_registers(people),
        *_handover(people),
        *_inspections(people),
        *_patrols(people),
        *_rounds(people),
        Address("rule", ALL, values={"key": "air.stuck"}),
        Address("rule_try", ALL, values={"key": "air.stuck", "number": _tried(people)}),
        Address(
            "rule_change", writes=city("dispatcher", "chief"), works="city:dispatcher",
            values={"key": "air.stuck", "action": "set"}, data={"delay_on": "60", "reason": "试行"},
        ),
        Address("terms", ALL),
        Address("term", ALL, values={"key": "general"}),
        Address(
            "term_change", writes=city("dispatcher", "chief"), works="city:dispatcher",
            values={"key": "office-hours", "action": "set"}, data={"office": "08:30-12:00 14:00-18:00", "reason": "夏令"},
        ),
        Address("reminders", ALL),
        Address(
            "reminders_change", writes=city("dispatcher", "chief"), works="city:dispatcher", values={"action": "set"},
            data=values_of(LADDERS) | {"days_before": "4", "reason": "提前一天"},
        ),
        Address("lists", ALL),
        Address("ledger_file", ALL),
        Address("ledger", ALL),
        Address("ledger_batch", NO_ONE, values={"pk": 0}, there=(404,)),
        Address("ledger_undo", writes=NO_ONE, values={"pk": 0}, there=(404,)),
        Address("papers", ALL),
        Address("paper", ALL, values={"kind": "urge"}),
        Address("paper_fields", ALL, values={"kind": "urge"}),
        Address("paper_template", ALL, values={"kind": "urge"}),
        Address("paper_preview", city("dispatcher", "chief"), values={"kind": "urge"}),
        Address(
            "paper_change", writes=city("dispatcher", "chief"), works="city:dispatcher",
            values={"kind": "urge", "action": "number"}, data={"pattern": "阳环督函〔{年}〕{序号}号", "reason": "本局规定"},
        ),
        Address("routing", ALL),
        Address("route", ALL, values={"key": "local"}),
        Address(
            "route_change", writes=city("dispatcher", "chief"), works="city:dispatcher",
            values={"key": "alike", "action": "set"}, data={"metres": "800", "days": "3", "reason": "山区"},
        ),
        Address("people", holders("admin")),
        Address(
            "person_new", holders("admin"), holders("admin"), works="mine:admin",
            data={"username": "neu", "name": "新", "role": "ranger", "region": MINE},
        ),
        Address("people_import", holders("admin"), there=(200, 400)),
        Address("people_work", holders("admin"), values={"number": "x"}, there=(400,)),
        Address("people_template", holders("admin"), values={"form": "csv"}),
        Address("people_undo", writes=NO_ONE, values={"pk": 0}, there=(404,)),
        Address("person", covering("admin"), values=ranger),
        Address(
            "person_change", writes=covering("admin"), works="mine:admin", values=ranger | {"action": "close"},
            data={"reason": "离职"},
        ),
        Address("checklist", city("admin"), city("admin"), works="city:admin", data={"number_prefix": "并环交"}),
        Address("me", SIGNED_IN, SIGNED_IN),
        Address("theme", writes=SIGNED_IN),
        Address("own_quiet", writes=ALL),
        Address("browser_forget", writes=ALL, values={"pk": 0}),
        Address("contact", writes=ALL, values={"kind": "mail", "action": "forget"}),
        Address("logout", writes=SIGNED_IN),
        *(Address(name, SIGNED_IN, SIGNED_IN, open=True, there=(200, 302, 405, 503)) for name in ("login", "language", "health")),
        Address("first_run", NO_ONE, there=(404,), open=True),
    ]  # fmt: skip


def _phone(ranger: int, photo: int) -> list[Address]:
    """Its page is everybody's; what it shows and sends is the person's own."""
    item = {
        "id": "5f2b0c1e-0000-4000-8000-000000000001", "person": ranger, "device": "5f2b0c1e-0000-4000-8000-000000000002",
        "chain": "x", "seq": 1, "kind": "report", "saved_at": "2019-02-25T05:00:00Z", "version": 0, "photos": [],
        "given": {"title": "焚烧垃圾", "region": MINE, "source": "patrol"},
    }  # fmt: skip
    return [
        *(Address(name, SIGNED_IN, SIGNED_IN, open=True) for name in ("phone", "phone_worker", "phone_manifest")),
        *(Address(name, ALL) for name in ("phone_me", "phone_data", "phone_grid")),
        Address("phone_thumb", IN_REGION_OR_UNIT, values={"pk": photo}),
        Address("phone_file", writes=ALL, values={"sha256": "0" * 64}),
        Address("phone_push", ALL, ALL, data={"off": "1", "endpoint": "x"}),
        Address("phone_item", writes=frozenset({"mine:ranger"}), works="mine:ranger", data={"item": json.dumps(item)}),
    ]  # fmt: skip


def _not_accepted(people: City, case: Case) -> int:
    """The photo of what the unit's handler sent from a phone and was refused."""
    upload = photo("green")
    phone = Device(people.person("handler", MINE))
    phone.photo(upload)
    phone.settled({**phone.step(case, "plan", named(upload), note="开工"), "version": 0})
    return ItemFile.objects.get().pk


def _registers(people: City) -> list[Address]:
    """The station of the county in its register, and a batch that its chief brought in."""
    writers, mine = holders("chief", "admin"), covering("chief", "admin")
    given = {"code": "X9", "name": "新站", "region": MINE, "lon": "113.62", "lat": "37.82", "rank": "国控"}
    create(every_register()["stations"], given, Act(people.person("chief", MINE), "登记"))
    kind = {"register_kind": "stations"}
    x1, batch = kind | {"key": "X1"}, kind | {"pk": Batch.objects.get().pk}
    seen = city("chief", "auditor", "admin") | {"mine:chief"}
    again = {"name": "新名字", "seen-name": "测试站", "reason": "改名"}
    return [
        Address("registers", ALL),
        Address("register", ALL, values=kind),
        Address("register_template", writers, values=kind | {"form": "csv"}),
        Address("register_new", writers, mine, works="mine:chief", values=kind, data=given | {"code": "X7", "sure": "1"}),
        Address("register_choices", writers, values=kind | {"column": "organisation"}),
        Address("register_import", writers, values=kind, there=(200, 400)),
        Address("register_work", writers, values=kind | {"number": "x"}, there=(400,)),
        Address("register_object", IN_REGION, values=x1),
        Address("register_edit", mine, mine, works="mine:admin", values=x1, data=again),
        Address("register_end", writes=mine, works="city:chief", values=x1, data={"until": "2019-03-01", "reason": "拆除"}),
        Address("register_restore", writes=mine, values=x1, data={"reason": "没有拆"}),
        Address("register_batch", seen, values=batch),
        Address("register_undo", writes=seen - city("auditor"), works="city:admin", values=batch, data={"reason": "导错了"}),
    ]  # fmt: skip


def _handover(people: City) -> list[Address]:
    """A shift that the city's chief handed over a while ago."""
    office = city("dispatcher", "chief")
    began = NOW - timedelta(hours=20)
    clock.set_replay(NOW - timedelta(hours=8), 0)
    signed = handovers.sign(people.person("chief", "140300"), [], began)
    clock.set_replay(NOW, 0)
    one = {"pk": signed.pk}
    return [
        Address("handovers", WATCH),
        Address("handover_sign", writes=office, works="city:dispatcher", data={"note": "无"}),
        *(Address(name, WATCH, values=one) for name in ("handover", "handover_word")),
        Address("handover_take", writes=office, works="city:dispatcher", values=one),
    ]


def _of_the_city() -> list[Address]:
    """What belongs to the whole city."""
    said: dict[str, Any] = {"data": ASKED}
    return [
        *(Address(name, WATCH) for name in ("system", "quarantine", "loggers", "messages")),
        Address("channels", city("admin")),
        Address("channel", city("admin"), city("admin"), values={"key": "new-mail"}),
        Address(
            "channel_change", writes=city("admin"), works="city:admin", values={"key": "all", "action": "link"},
            data={"link": "https://bihuan.example.cn"},
        ),
        Address("logger", WATCH, there=(200, 400, 404)),
        Address("audit", city("chief", "auditor", "admin")),
        Address("imports", RUN, RUN),
        Address("deliveries", RUN),
        Address("delivery_settle", writes=RUN, values={"number": 1, "how": "dismiss"}, **said),
        Address("import_state", RUN, values={"number": "x"}, there=(200, 400)),
        Address("quarantine_settle", writes=RUN, values={"number": 1, "how": "dismiss"}, **said),
        Address("logger_settle", writes=RUN, **said),
        Address("logger_ask", writes=RUN, **said),
        Address("sign_in_unlock", writes=RUN, **said),
        Address("replay", writes=RUN, works="city:dispatcher", **said),
    ]  # fmt: skip
