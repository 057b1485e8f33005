"""What the practice city has (all 模拟): chiefs of the rivers that the city registered, walks of their rangers, two finds of disorder of which one is closed, a suggestion
of the procuratorate, goals, and the scores of two years; through the entrances that everybody has."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bihuan import clock
from bihuan.cases import actions
from bihuan.cases.evidence import Upload
from bihuan.cases.models import Case
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.patrol import receiving
from bihuan.kit.patrol.models import Patrol
from bihuan.kit.patrol.stops import Seen, record_stop
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.models import Organisation, Person
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.resolved import every_patrolled
from bihuan.scenarios.river_chiefs.disorders import Said, settle
from bihuan.scenarios.river_chiefs.goals import enter
from bihuan.scenarios.river_chiefs.happy import FORM
from bihuan.scenarios.river_chiefs.models import Duty, Goal
from bihuan.scenarios.river_chiefs.registers import DUTIES, GOALS
from bihuan.scenarios.river_chiefs.suggestions import register
from bihuan.simulate import rivers as made
from bihuan.simulate.pictures import drawn
from bihuan.simulate.walker import along

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
METRES = 9000.0
"""Of a walk: more than two hours at the pace of the walker, so that it is an effective patrol."""
WALKED = {"平定县": "pd-wangge", "郊区": "jq-wangge"}
LEVELS = (
    ("city", "市级", "副市长"),
    ("county", "县级", "副县（区）长"),
    ("town", "乡级", "乡镇长"),
    ("village", "村级", "村主任"),
)
OTHERS = (("police", "county", "河警长", "公安分局副局长"), ("procurator", "county", "检察长", "检察院副检察长"), ("citizen", "village", "民间河长", "志愿者"))  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
QUESTIONS = ("bank", "passage", "clear", "outfall", "flow", "belt", "link", "path", "tidy", "heritage", "board", "sign", "chief", "disorder")  # fmt: skip


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Duty.objects.exists():
        return "河长已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    _at(at - 60 * DAY)
    reaches = list(
        Reach.objects.filter(river__name__in=made.RIVERS).select_related("river", "region").order_by("pk")
    )
    bring_rows(DUTIES, _duties(reaches))
    bring_rows(GOALS, _goals(at.astimezone(CST).date()))
    own = next((r for r in reaches if r.region_id == "140321" and r.river.name == "桃河"), None)
    if own is None:
        return f"河长 {Duty.objects.count()} 名"
    _scores(own.river, at)
    _progress(own.river, at - 30 * DAY)
    _closed(_found(own, at - 9 * DAY, "桃河滩地乱堆渣土", "dumped", 320), at - 8 * DAY)
    _found(own, at - 2 * DAY, "河道管理范围内乱建彩钢房", "built", 60)
    _suggestion(own.river, at - 20 * DAY)
    return f"河长 {Duty.objects.count()} 名，四乱 2 处，检察建议 1 件（模拟）"


def _at(moment: datetime) -> None:
    clock.set_replay(moment, 0)


def _who(username: str) -> Person:
    return Person.objects.get(username=username)


def _unit(county: str) -> Organisation:
    return Organisation.objects.filter(region=county, kind="county").order_by("pk")[0]


def _duties(reaches: list[Reach]) -> Iterator[dict[str, object]]:
    """Four levels and three others for each reach; only village chiefs of two counties are known by an account."""
    for reach in reaches:
        for level, word, office in LEVELS:
            account = WALKED.get(reach.region.name, "") if level == "village" else ""
            yield _duty(reach, "chief", level, _name(reach, word), office, account)
        for role, level, word, office in OTHERS:
            yield _duty(reach, role, level, _name(reach, word), office, "")


def _name(reach: Reach, word: str) -> str:
    """An invented name: one city chief for each river, others for each reach."""
    about = reach.river.name if word == "市级" else reach.name
    return f"{SURNAMES[sum(map(ord, about + word)) % len(SURNAMES)]}某（模拟）"


def _duty(reach: Reach, role: str, level: str, name: str, office: str, account: str) -> dict[str, object]:
    known = Person.objects.filter(username=account).exists() if account else False
    return {
        "code": f"HZ-{reach.pk}-{role}-{level}"[:40], "reach": reach.pk, "role": role, "level": level, "name": name, "office": office,
        "account": account if known else "", "region": reach.region_id, "simulated": True,
    }  # fmt: skip


def _goals(today: date) -> Iterator[dict[str, object]]:
    """Two for each river: by number until the end of the year, and a plan that was due in the first week."""
    for river in River.objects.filter(name__in=made.RIVERS).order_by("pk"):
        common = {"river": river.pk, "region": river.region_id, "year": today.year, "simulated": True}
        yield common | {
            "code": f"YHYC-{river.pk}-1", "measure": "沿岸生活污水截流（模拟）", "indicator": "截流口数", "unit": "个", "target": 12,
            "deadline": date(today.year, 12, 31),
        }  # fmt: skip
        yield common | {
            "code": f"YHYC-{river.pk}-2", "measure": "修订一河一策方案（模拟）", "indicator": "方案批复", "deadline": date(today.year, 1, 7),
        }  # fmt: skip


def _progress(river: River, when: datetime) -> None:
    _at(when)
    goal = Goal.objects.filter(river=river, target__isnull=False).order_by("pk")[0]
    enter(_who("diaodu"), goal, "已截流五个（模拟）", 5)


def _scores(river: River, at: datetime) -> None:
    """Last year and this year, the second better."""
    for when, weak in (
        (at - 300 * DAY, ("clear", "belt", "tidy", "board")),
        (at - 15 * DAY, ("belt", "board")),
    ):
        _at(when)
        who = _who("lingdao")
        said = {name: "part" if name in weak else "full" for name in QUESTIONS}
        instance = f"uuid:{uuid5(NAMESPACE_URL, f'happy {river.pk} {when}')}"
        xml = filled_in(versions.xform_of(versions.in_force(FORM)), instance, said)
        receive(FORM, who, place_for(FORM, who, river.pk), Sent(xml, (), when))


def _walk(reach: Reach, start: datetime, username: str) -> Patrol:
    """A walk along the reach and back, as a phone sends it."""
    _at(start + 4 * HOUR)
    who, key = _who(username), str(uuid5(NAMESPACE_URL, f"river {reach.pk} {start}"))
    patrol = receiving.begin(who, key, start, simulated=True)
    line = (reach.geometry or {})["coordinates"]
    for raw in along(key, start, line, METRES, seed=start.day):
        receiving.receive(who, patrol, raw)
    return patrol


def _found(reach: Reach, start: datetime, text: str, kind: str, area: float) -> Case:
    """A walk on which something is found, which the office names and hands to the county on the same day."""
    patrol, ranger = _walk(reach, start, "pd-wangge"), _who("pd-wangge")
    seen = Seen(
        str(uuid5(NAMESPACE_URL, text)),
        start + HOUR,
        reach.lon,
        reach.lat,
        text,
        "reaches",
        reach.pk,
        "moderate",
    )
    finding = record_stop(ranger, patrol, seen, [Upload(*drawn(text))], every_patrolled()).finding
    assert finding is not None
    deadline = (start + 15 * DAY).astimezone(CST).date()
    said = Said(kind, "限期清理并恢复岸线（模拟）", area, "村委会（模拟）", deadline, _unit(reach.region_id))
    settle(_who("diaodu"), finding, said)
    return finding.cases.get()


def _closed(case: Case, start: datetime) -> None:
    """From signing to closing, each step by the right person."""
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("sign", "pd-banli", {}),
        ("plan", "pd-banli", {"note": "已安排清运。"}),
        (
            "apply_close",
            "pd-banli",
            {"note": "已清理到位。", "files": [Upload(*drawn(f"river {case.pk} after"))]},
        ),
        ("pass", "hecha", {"note": "现场核实，问题已消除。", "companion": "周核查"}),
        ("close", "diaodu", {}),
    )
    for n, (action, username, given) in enumerate(steps):
        _at(start + 6 * n * HOUR)
        case.refresh_from_db()
        actions.take(case, action, _who(username), quiet=True, **given)  # read long ago


def _suggestion(river: River, when: datetime) -> None:
    _at(when)
    register(
        _who("diaodu"), river, "督促桃河沿岸渣土清理（模拟）", "沿岸渣土堆放，建议依法履职。", _unit("140321")
    )
