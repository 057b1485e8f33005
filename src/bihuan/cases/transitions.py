"""The one table of what can happen to a case. Actions, pages, papers, tests and docs/cases.md read it.

Source of the states and of who may do what: the supervision ledger's closed loop (发现-交办-签收-整改-核查-销号-回头看).
"""

from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices

from bihuan.registry.roles import CHIEF, FINDERS, OFFICE, UNIT, VERIFIERS, Role


class State(TextChoices):
    """状态: where a case stands."""

    DRAFT = "draft", "草稿"
    PENDING = "pending", "待交办"
    NOT_FILED = "not_filed", "不予立案"
    DISPATCHED = "dispatched", "已交办"
    RETURNED = "returned", "退回"
    SIGNED = "signed", "已签收"
    RECTIFYING = "rectifying", "整改中"
    EXTENSION = "extension", "申请延期"
    VERIFYING = "verifying", "待核查"
    PASSED = "passed", "核查通过"
    CLOSED = "closed", "已销号"
    RECHECK = "recheck", "复查"
    LISTED = "listed", "分解办理"
    OFFERED = "offered", "移交待接收"
    TRANSFERRED = "transferred", "移交"
    MERGED = "merged", "已并案"
    VOID = "void", "作废"


S = State
# The unit's clock runs while it is the unit's turn; that of a list as long as it is open.
RUNNING = frozenset({S.DISPATCHED, S.SIGNED, S.RECTIFYING, S.EXTENSION, S.LISTED})
FINISHED = frozenset({S.CLOSED, S.NOT_FILED, S.VOID, S.TRANSFERRED, S.MERGED})
UNFINISHED = frozenset(State) - FINISHED
CLEARED = frozenset({S.CLOSED, S.RECHECK})
"""销号 and not reopened since, perhaps being looked at again: what shows itself now may be a relapse."""
TOGETHER = (S.PENDING, S.DISPATCHED, S.SIGNED, S.RECTIFYING)
"""In which cases are merged and split: before the unit says that it is done."""
DROPPED = (S.VOID, S.NOT_FILED)
"""How a case ends without anybody having done anything about the problem."""
WORKED = (S.DISPATCHED, S.SIGNED, S.RECTIFYING)
"""In which further units join: the lead has the case and has not said that it is done."""
PARENTS = (S.LISTED, *WORKED)
"""In which a case takes others in below it, and lets them go."""
GONE = frozenset({*DROPPED, S.MERGED})
"""How a case below another ends without being waited for; one that was transferred outside is waited for."""
SETTLED = GONE | {S.CLOSED}
"""What those below a case must be before it ends."""
VERIFIED = SETTLED | {S.PASSED, S.RECHECK}
"""What they must be before it is said to be done."""


class Need(Enum):
    """What an action asks for: the key of the argument, its label, the kind of field that a page shows, and at most how
    many characters."""

    NOTE = "note", "说明", "text", 2000
    PHOTO = "files", "照片", "photo"
    ORGANISATION = "organisation", "承办单位", "organisation"
    DUE = "due", "办结期限", "deadline"
    DAYS = "days", "天数", "number", 3
    COMPANION = "companion", "同行核查人", "line", 60
    METHOD = "method", "核查方式", "line", 60
    LIABLE = "liable", "责任人", "line", 60
    RECEIVER = "receiver", "接收部门", "line", 60
    RUNG = "rung", "督办等级", "rung"
    GOAL = "goal", "整改目标", "text", 500
    MILESTONES = "milestones", "时间节点", "text", 1000
    COST = "cost", "经费", "line", 60
    REQUIREMENT = "requirement", "整改要求", "text", 2000
    MEASURES = "measures", "整改措施", "text", 2000
    PLANNED = "planned", "计划完成", "day", 10
    REMARK = "remark", "备注", "text", 500
    LEADING = "leading", "主办问题", "case", 40
    FINDINGS = "findings", "分出的发现", "findings"
    UNITS = "units", "协办单位", "organisations"
    PARENT = "parent", "上级问题", "case", 40
    LISTED_BY = "listed_by", "挂牌层级", "listed_by"
    TASK = "task", "节点内容", "line", 200
    DAY = "day", "节点日期", "day", 10
    NODE = "node", "时间节点", "node"

    def __init__(self, key: str, label: str, kind: str, limit: int = 0) -> None:
        self.key = key
        self.label = label
        self.kind = kind
        self.limit = limit


class Paper(TextChoices):
    """文书: what can be printed of a case."""

    DISPATCH = "dispatch", "交办单"
    URGE = "urge", "督办函"
    PLAN = "plan", "整改方案"
    CLOSING = "closing", "销号申请"
    OPINION = "opinion", "核查意见"
    EXTENSION = "extension", "延期申请"
    TRANSFER = "transfer", "移送书"
    SUGGESTION = "suggestion", "检察建议书"


class Rung(TextChoices):
    """督办等级, mildest first: each 督办 of a hand-over is stricter than the one before it."""

    BLUE = "blue", "蓝色"
    ORANGE = "orange", "橙色"
    RED = "red", "红色"


class Sensors(Enum):
    """What the sensors must show that the case's findings came from (cases.closing); nothing where there are none."""

    NORMAL = "back to normal"
    UNPROVEN = "no proof"


@dataclass(frozen=True)
class Transition:
    """One row: from `source` the action leads to `target`, for these roles, with these needs.

    `independent`: never by a person who acted for the handling unit in this case. `other_unit`: never by somebody of the
    handling unit, whether or not they acted in it. `late_only`: only when overdue. `sensors`: what they must show.
    `automatic`: taken by the machine, never by a person. `echo`: what a step of another case leaves in this one, never taken
    alone (cases.families).
    """

    source: State | None
    action: str
    label: str
    target: State
    roles: tuple[Role, ...]
    needs: tuple[Need, ...] = ()
    may: tuple[Need, ...] = ()
    independent: bool = False
    other_unit: bool = False
    late_only: bool = False
    sensors: Sensors | None = None
    automatic: bool = False
    echo: bool = False
    paper: Paper | None = None

    @property
    def stops_clock(self) -> bool:
        """Does the unit's clock stand still afterwards?"""
        return self.target not in RUNNING

    @property
    def by_unit(self) -> bool:
        """Is it a step of the handling unit?"""
        return self.roles == UNIT


N = Need
OPINION_MAY = (N.METHOD, N.PHOTO)
URGE_MAY = (N.RUNG, N.DUE)
LEDGER_MAY = (N.MEASURES, N.PLANNED, N.REMARK)
AMEND_MAY = (N.NOTE, N.REQUIREMENT, N.LIABLE, *LEDGER_MAY)
AMENDED = (
    S.PENDING, S.DISPATCHED, S.RETURNED, S.SIGNED, S.RECTIFYING, S.EXTENSION, S.VERIFYING, S.PASSED, S.LISTED,
)  # fmt: skip
"""Where the office may change what the ledger says of a case, and put it below another."""
LIST_MAY = (N.DUE, N.LISTED_BY)
PART_MAY = (N.REQUIREMENT, N.DUE, N.LIABLE)
PLAN_MAY = (N.GOAL, N.MILESTONES, N.LIABLE, N.COST, N.PHOTO)

T = Transition
TABLE: tuple[Transition, ...] = (
    T(None, "open", "登记", S.DRAFT, FINDERS, may=(N.NOTE, N.PHOTO)),
    T(None, "raise", "自动立案", S.PENDING, (), automatic=True),
    T(S.DRAFT, "submit", "报送", S.PENDING, FINDERS, may=(N.NOTE, N.PHOTO)),
    T(S.DRAFT, "void", "作废", S.VOID, OFFICE, (N.NOTE,)),
    T(
        S.PENDING, "dispatch", "交办", S.DISPATCHED, OFFICE, (N.ORGANISATION,),
        (N.DUE, N.LIABLE, N.UNITS, N.NOTE), paper=Paper.DISPATCH,
    ),
    T(S.PENDING, "decline", "不予立案", S.NOT_FILED, OFFICE, (N.NOTE,)),
    T(S.PENDING, "transfer", "移交", S.TRANSFERRED, OFFICE, (N.RECEIVER, N.NOTE), paper=Paper.TRANSFER),
    T(S.PENDING, "void", "作废", S.VOID, OFFICE, (N.NOTE,)),
    T(S.DISPATCHED, "sign", "签收", S.SIGNED, UNIT, may=(N.NOTE,)),
    T(S.DISPATCHED, "return", "退回", S.RETURNED, UNIT, (N.NOTE,), (N.PHOTO,)),
    T(S.DISPATCHED, "urge", "督办", S.DISPATCHED, OFFICE, (N.NOTE,), URGE_MAY, late_only=True, paper=Paper.URGE),
    T(S.DISPATCHED, "void", "作废", S.VOID, CHIEF, (N.NOTE,)),
    T(
        S.RETURNED, "redispatch", "改派", S.DISPATCHED, OFFICE, (N.ORGANISATION,),
        (N.DUE, N.LIABLE, N.NOTE), independent=True, paper=Paper.DISPATCH,
    ),
    T(S.RETURNED, "insist", "退回不成立", S.DISPATCHED, OFFICE, (N.NOTE,), independent=True),
    T(
        S.RETURNED, "transfer", "移交", S.TRANSFERRED, OFFICE, (N.RECEIVER, N.NOTE), independent=True,
        paper=Paper.TRANSFER,
    ),
    T(S.RETURNED, "void", "作废", S.VOID, CHIEF, (N.NOTE,), independent=True),
    T(S.SIGNED, "plan", "开始整改", S.RECTIFYING, UNIT, (N.NOTE,), PLAN_MAY, paper=Paper.PLAN),
    T(S.SIGNED, "urge", "督办", S.SIGNED, OFFICE, (N.NOTE,), URGE_MAY, late_only=True, paper=Paper.URGE),
    T(S.SIGNED, "void", "作废", S.VOID, CHIEF, (N.NOTE,)),
    T(S.RECTIFYING, "apply_close", "申请销号", S.VERIFYING, UNIT, (N.NOTE, N.PHOTO), paper=Paper.CLOSING),
    T(S.RECTIFYING, "progress", "报进展", S.RECTIFYING, UNIT, (N.NOTE,), (*LEDGER_MAY, N.PHOTO)),
    T(
        S.RECTIFYING, "ask_extension", "申请延期", S.EXTENSION, UNIT, (N.NOTE, N.DAYS), (N.PHOTO,),
        paper=Paper.EXTENSION,
    ),
    T(S.RECTIFYING, "urge", "督办", S.RECTIFYING, OFFICE, (N.NOTE,), URGE_MAY, late_only=True, paper=Paper.URGE),
    T(S.RECTIFYING, "void", "作废", S.VOID, CHIEF, (N.NOTE,)),
    T(S.EXTENSION, "grant", "同意延期", S.RECTIFYING, OFFICE, may=(N.DAYS, N.NOTE), independent=True),
    T(S.EXTENSION, "refuse", "不同意延期", S.RECTIFYING, OFFICE, (N.NOTE,), independent=True),
    T(S.EXTENSION, "withdraw", "撤回延期申请", S.RECTIFYING, UNIT, may=(N.NOTE,)),
    T(S.EXTENSION, "void", "作废", S.VOID, CHIEF, (N.NOTE,)),
    T(
        S.VERIFYING, "pass", "核查通过", S.PASSED, VERIFIERS, (N.NOTE, N.COMPANION), OPINION_MAY,
        independent=True, other_unit=True, paper=Paper.OPINION,
    ),
    T(
        S.VERIFYING, "fail", "核查不通过", S.RECTIFYING, VERIFIERS, (N.NOTE, N.COMPANION), OPINION_MAY,
        independent=True, other_unit=True, paper=Paper.OPINION,
    ),
    T(S.VERIFYING, "void", "作废", S.VOID, CHIEF, (N.NOTE,)),
    T(S.PASSED, "close", "销号", S.CLOSED, OFFICE, may=(N.NOTE,), independent=True, sensors=Sensors.NORMAL),
    T(
        S.PASSED, "close_unproven", "特批销号", S.CLOSED, CHIEF, (N.NOTE,), (N.PHOTO,), independent=True,
        sensors=Sensors.UNPROVEN,
    ),
    T(S.PASSED, "resume", "退回整改", S.RECTIFYING, OFFICE, (N.NOTE,), (N.PHOTO,), independent=True),
    T(S.CLOSED, "recheck", "复查", S.RECHECK, OFFICE, may=(N.NOTE,)),
    T(
        S.CLOSED, "reopen", "反弹", S.DISPATCHED, OFFICE, (N.NOTE,), (N.DUE, N.PHOTO), independent=True,
        paper=Paper.DISPATCH,
    ),
    T(S.CLOSED, "relapse", "监测反弹", S.DISPATCHED, (), automatic=True, paper=Paper.DISPATCH),
    T(
        S.RECHECK, "confirm", "复查通过", S.CLOSED, VERIFIERS, (N.NOTE, N.COMPANION), OPINION_MAY,
        independent=True, other_unit=True, paper=Paper.OPINION,
    ),
    T(
        S.RECHECK, "reopen", "反弹", S.DISPATCHED, (*VERIFIERS, *OFFICE), (N.NOTE,), (N.DUE, N.PHOTO),
        independent=True, paper=Paper.DISPATCH,
    ),
    T(S.RECHECK, "relapse", "监测反弹", S.DISPATCHED, (), automatic=True, paper=Paper.DISPATCH),
    T(S.TRANSFERRED, "take_back", "收回", S.PENDING, OFFICE, (N.NOTE,)),
    T(S.PENDING, "offer", "平台内移交", S.OFFERED, OFFICE, (N.ORGANISATION, N.NOTE)),
    T(S.RETURNED, "offer", "平台内移交", S.OFFERED, OFFICE, (N.ORGANISATION, N.NOTE), independent=True),
    T(S.OFFERED, "accept", "接收", S.SIGNED, UNIT, may=(N.NOTE,)),
    T(S.OFFERED, "refuse_offer", "不接收", S.PENDING, UNIT, (N.NOTE,), (N.PHOTO,)),
    T(S.OFFERED, "take_back", "收回", S.PENDING, OFFICE, (N.NOTE,)),
    *(T(s, "merge", "并案", S.MERGED, OFFICE, (N.LEADING, N.NOTE)) for s in TOGETHER),
    *(T(s, "absorb", "并入其他问题", s, OFFICE, echo=True) for s in TOGETHER),
    T(S.MERGED, "split_off", "拆回", S.PENDING, OFFICE, (N.NOTE,)),
    *(T(s, "release", "拆回其他问题", s, OFFICE, echo=True) for s in TOGETHER),
    *(T(s, "split", "分案", s, OFFICE, (N.FINDINGS, N.NOTE)) for s in TOGETHER),
    *(T(s, "add_unit", "增加协办", s, OFFICE, (N.ORGANISATION, N.NOTE), PART_MAY) for s in WORKED),
    *(T(s, "break_down", "分解下达", s, OFFICE, (N.ORGANISATION, N.REQUIREMENT), (N.DUE, N.LIABLE, N.NOTE)) for s in PARENTS),
    T(S.PENDING, "list_up", "列入清单", S.LISTED, OFFICE, (N.NOTE,), LIST_MAY),
    T(S.LISTED, "retime", "调整清单", S.LISTED, OFFICE, (N.NOTE,), LIST_MAY),
    T(S.LISTED, "strike", "清单销号", S.CLOSED, OFFICE, (N.NOTE,), (N.PHOTO,), sensors=Sensors.NORMAL),
    T(S.LISTED, "close_unproven", "特批销号", S.CLOSED, CHIEF, (N.NOTE,), (N.PHOTO,), sensors=Sensors.UNPROVEN),
    T(S.LISTED, "void", "作废", S.VOID, CHIEF, (N.NOTE,)),
    *(T(s, "relist", "恢复清单", S.LISTED, OFFICE, (N.NOTE,)) for s in (S.CLOSED, S.RECHECK)),
    *(T(s, "relapse_list", "清单反弹", S.LISTED, (), automatic=True) for s in (S.CLOSED, S.RECHECK)),
    *(T(s, "follow", "随下级反弹", S.DISPATCHED, (), automatic=True, paper=Paper.DISPATCH) for s in (S.CLOSED, S.RECHECK)),
    *(T(s, "attach", "挂到上级", s, OFFICE, (N.PARENT, N.NOTE)) for s in AMENDED),
    *(T(s, "gain", "挂入下级", s, OFFICE, echo=True) for s in PARENTS),
    *(T(s, "detach", "移出上级", s, OFFICE, (N.NOTE,)) for s in (*AMENDED, S.TRANSFERRED)),
    *(T(s, "lose", "移出下级", s, OFFICE, echo=True) for s in PARENTS),
    *(T(s, "tighten", "随上级收紧", s, (), automatic=True) for s in (*AMENDED, S.OFFERED)),
    *(T(s, "node", "设时间节点", s, OFFICE, (N.TASK, N.DAY), (N.NOTE,)) for s in (S.LISTED, S.DISPATCHED, S.SIGNED)),
    T(S.RECTIFYING, "node", "设时间节点", S.RECTIFYING, UNIT, (N.TASK, N.DAY), (N.NOTE,)),
    T(S.LISTED, "node_done", "完成节点", S.LISTED, OFFICE, (N.NODE, N.NOTE), (N.PHOTO,)),
    T(S.RECTIFYING, "node_done", "完成节点", S.RECTIFYING, UNIT, (N.NODE, N.NOTE), (N.PHOTO,)),
    *(T(s, "node_drop", "撤销节点", s, OFFICE, (N.NODE, N.NOTE)) for s in PARENTS),
    *(T(state, "amend", "更新台账", state, OFFICE, may=AMEND_MAY) for state in AMENDED),
)  # fmt: skip

BY_KEY = {(t.source, t.action): t for t in TABLE}
OPENINGS = ("open", "raise")
"""登记 by a person and by the machine: with which a case begins."""
CLOSINGS = ("close", "close_unproven", "strike")
REOPENINGS = ("reopen", "relapse", "follow")
"""反弹: said by people, shown by the check that found it first, and because of what came back below."""
LISTS = ("list_up", "retime")
"""With which the office says until when a list has to be done."""
BACK = (*REOPENINGS, "relist", "relapse_list")
"""How what was struck off is open again, a list too."""
LABELS = {t.action: t.label for t in TABLE}


def leaving(state: str) -> list[Transition]:
    """All transitions out of a state that people take, in the order a page shows them."""
    return [t for t in TABLE if t.source == state and not t.automatic and not t.echo]


def as_markdown() -> str:
    """The table as it stands in docs/cases.md."""
    head = [
        "from",
        "action",
        "key",
        "to",
        "who",
        "needs",
        "may give",
        "clock afterwards",
        "never by the same",
        "sensors",
        "paper",
    ]
    rows = [head, ["---"] * len(head)]
    for t in TABLE:
        rows.append(
            [
                t.source.label if t.source else "–",
                t.label + ("(超期)" if t.late_only else ""),
                f"`{t.action}`",
                t.target.label,
                "（平台）"
                if t.automatic
                else "、".join(str(r.label) for r in t.roles) + ("（随另一问题）" if t.echo else ""),
                "、".join(n.label for n in t.needs),
                "、".join(n.label for n in t.may),
                "stopped" if t.stops_clock else "running",
                "unit" if t.other_unit else "person" if t.independent else "",
                t.sensors.value if t.sensors else "",
                str(t.paper.label) if t.paper else "",
            ]
        )
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows) + "\n"
