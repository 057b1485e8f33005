"""An item of an inspection's list in the practice city: broken down to two counties, one of them done, with milestones."""

from datetime import datetime, timedelta
from typing import Any

from bihuan import clock
from bihuan.cases import actions, milestones
from bihuan.cases.deadlines import end_of_day, local_day
from bihuan.cases.evidence import Upload
from bihuan.cases.models import Case
from bihuan.registry.models import Organisation, Person, Region
from bihuan.simulate.pictures import drawn

TITLE = "沿河两处露天煤场扬尘污染（模拟）"
DAY = timedelta(days=1)
PARTS = (
    ("140321", "煤场四周建成防风抑尘网，堆体全部苫盖", 4),
    ("140311", "煤场出口建成洗车台，场内道路硬化", 1),
)
"""County, what it has to do, how many steps of PLAN it has taken."""
PLAN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("plan", "", {"note": "施工单位已进场。"}),
    ("apply_close", "", {"note": "已全部建成。"}),
    ("pass", "hecha", {"note": "现场核实，与要求一致。", "companion": "周核查"}),
    ("close", "diaodu", {}),
)


def build(start: datetime) -> None:
    """Make it, each step at its own time before `start`."""
    office, began = Person.objects.get(username="diaodu"), start - 25 * DAY
    clock.set_replay(began, 0)
    case = actions.open_case(
        [], office, title=TITLE, region=Region.objects.get(pk="140300"), level="serious", simulated=True,
        source=Case.Source.INSPECTION, description="信访群众反映：大风天气煤尘入河。", basis="中央生态环境保护督察反馈（模拟）",
    )  # fmt: skip
    actions.take(case, "submit", office)
    actions.take(
        case,
        "list_up",
        office,
        note="督察反馈问题，限期整改。",
        listed_by=Case.ListedBy.CENTRE,
        due=end_of_day(local_day(start + 20 * DAY)),
    )
    for task, day in (("制定整改方案", began + 5 * DAY), ("两处煤场完成整改", start + 3 * DAY)):
        actions.take(case, "node", office, task=task, day=f"{local_day(day)}")
    for county, requirement, steps in PARTS:
        unit = Organisation.objects.get(kind="county", region=county)
        clock.set_replay(began + DAY, 0)
        actions.take(case, "break_down", office, organisation=unit, requirement=requirement)
        _walk(Case.objects.get(parent=case, organisation=unit), unit, steps, began + 2 * DAY)
    clock.set_replay(began + 4 * DAY, 0)
    first = milestones.nodes(case)[0]
    actions.take(case, "node_done", office, node=str(first.seq), note="方案已报省级督察办备案。")


def _walk(part: Case, unit: Organisation, steps: int, moment: datetime) -> None:
    handler = Person.objects.get(posts__organisation=unit, posts__role="handler")
    clock.set_replay(moment, 0)
    actions.take(part, "sign", handler)
    for n, (action, who, data) in enumerate(PLAN[:steps]):
        clock.set_replay(moment + (4 * n + 1) * DAY, 0)
        files: dict[str, Any] = {"files": [Upload(*drawn("after"))]} if action == "apply_close" else {}
        person = Person.objects.get(username=who) if who else handler
        actions.take(part, action, person, **data, **files)
