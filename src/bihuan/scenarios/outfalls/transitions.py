"""The one table of what can happen to an outfall. Actions, pages, tests and docs/outfalls.md read it.

Source of the states: 排查、监测、溯源、整治、监管 (国办函〔2022〕17号; HJ 1232, HJ 1308, HJ 1313). Who may do what is ours.
"""

from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices

from bihuan.registry.roles import CHIEF, FINDERS, JUDGES, OFFICE, VERIFIERS, Role


class State(TextChoices):
    """环节: how far the work on an outfall is."""

    FOUND = "found", "已发现"
    CHECKED = "checked", "已排查"
    MONITORED = "monitored", "已监测"
    TRACED = "traced", "已溯源"
    PLANNED = "planned", "整治中"
    ACCEPTED = "accepted", "已验收销号"
    SUPERVISED = "supervised", "日常监管"
    RELAPSED = "relapsed", "反弹"
    DUPLICATE = "duplicate", "重复"
    NOT_OUTFALL = "not_outfall", "不是排污口"


S = State
LEFT_OUT = frozenset({S.DUPLICATE, S.NOT_OUTFALL})
"""What turned out to be no outfall of its own."""
SURVEYED = frozenset({S.CHECKED, S.MONITORED, S.TRACED, S.PLANNED, S.ACCEPTED, S.SUPERVISED, S.RELAPSED})
TRACED = SURVEYED - {S.CHECKED, S.MONITORED}
TREATED = frozenset({S.ACCEPTED, S.SUPERVISED})
SIGNED = TREATED | {S.RELAPSED}
"""In which an outfall has its sign at the bank."""


class Way(TextChoices):
    """整治类型 (国办函〔2022〕17号)."""

    BAN = "ban", "依法取缔"
    MERGE = "merge", "清理合并"
    REGULATE = "regulate", "规范整治"


class Evidence(TextChoices):
    """证据等级 of tracing, the weakest first (HJ 1313-2023: 资料溯源, 人工排查, 技术溯源)."""

    PAPERS = "papers", "资料"
    SITE = "site", "现场排查"
    TRACER = "tracer", "示踪或探测"


class Clarity(TextChoices):
    """溯源结论."""

    CLEAR = "clear", "责任明确"
    PARTLY = "partly", "部分明确"
    UNKNOWN = "unknown", "责任不明"


class Sampling(TextChoices):
    """监测情况."""

    SAMPLED = "sampled", "已采样"
    DRY = "dry", "无水未采"


class Need(Enum):
    """What an action asks for: the key of the argument, its label, the kind of its field, at most how many characters."""

    NOTE = "note", "说明", "text", 2000
    SAMPLING = "sampling", "监测情况", "choice"
    EVIDENCE = "evidence", "证据等级", "choice"
    CLARITY = "clarity", "溯源结论", "choice"
    UNIT = "unit", "责任单位", "unit"
    WAY = "way", "整治类型", "choice"
    DUE = "due", "整治期限", "day"
    MILESTONES = "milestones", "时间节点", "milestones", 1000
    MILESTONE = "milestone", "时间节点", "milestone"
    COMPANION = "companion", "同行验收人", "line", 60
    OTHER = "other", "与哪个排污口重复", "outfall"

    def __init__(self, key: str, label: str, kind: str, limit: int = 0) -> None:
        self.key = key
        self.label = label
        self.kind = kind
        self.limit = limit


CHOICES: dict[Need, type[TextChoices]] = {
    Need.SAMPLING: Sampling, Need.EVIDENCE: Evidence, Need.CLARITY: Clarity, Need.WAY: Way,
}  # fmt: skip


@dataclass(frozen=True)
class Transition:
    """One row: from `source` the action leads to `target`, for these roles, with these needs.

    independent: never by who set the plan or did its milestones. rule: what must be so besides, in the key of `conditions`.
    """

    source: State | None
    action: str
    label: str
    target: State
    roles: tuple[Role, ...]
    needs: tuple[Need, ...] = ()
    may: tuple[Need, ...] = ()
    independent: bool = False
    rule: str = ""


N, T = Need, Transition
PLAN = ((N.WAY, N.DUE, N.NOTE), (N.MILESTONES,))
TRACE = ((N.CLARITY, N.EVIDENCE, N.NOTE), (N.UNIT,))
TABLE: tuple[Transition, ...] = (
    T(None, "find", "发现排污口", S.FOUND, FINDERS, (N.NOTE,)),
    T(S.FOUND, "check", "排查", S.CHECKED, FINDERS, (N.NOTE,)),
    T(S.CHECKED, "monitor", "监测", S.MONITORED, FINDERS, (N.SAMPLING, N.NOTE), rule="values"),
    T(S.MONITORED, "trace", "溯源", S.TRACED, JUDGES, *TRACE, rule="unit"),
    T(S.TRACED, "trace", "再溯源", S.TRACED, JUDGES, *TRACE, rule="unit"),
    T(S.TRACED, "plan", "制定整治方案", S.PLANNED, OFFICE, *PLAN, rule="ahead"),
    T(S.PLANNED, "plan", "调整整治方案", S.PLANNED, CHIEF, *PLAN, rule="ahead"),
    T(S.PLANNED, "milestone", "完成节点", S.PLANNED, OFFICE, (N.MILESTONE, N.NOTE)),
    T(S.PLANNED, "accept", "验收销号", S.ACCEPTED, VERIFIERS, (N.COMPANION, N.NOTE), independent=True, rule="inspected"),
    T(S.PLANNED, "reject", "验收不通过", S.PLANNED, VERIFIERS, (N.COMPANION, N.NOTE), independent=True),
    T(S.ACCEPTED, "supervise", "转入日常监管", S.SUPERVISED, OFFICE, (N.NOTE,)),
    *(T(s, "relapse", "反弹", S.RELAPSED, FINDERS, (N.NOTE,)) for s in (S.ACCEPTED, S.SUPERVISED)),
    T(S.RELAPSED, "trace", "再溯源", S.TRACED, JUDGES, *TRACE, rule="unit"),
    T(S.RELAPSED, "plan", "制定整治方案", S.PLANNED, OFFICE, *PLAN, rule="ahead"),
    *(T(s, "merge", "并入", S.DUPLICATE, OFFICE, (N.OTHER, N.NOTE), rule="other") for s in (S.FOUND, S.CHECKED, S.MONITORED, S.TRACED)),
    *(T(s, "dismiss", "不是排污口", S.NOT_OUTFALL, OFFICE, (N.NOTE,)) for s in (S.FOUND, S.CHECKED)),
    *(T(s, "restore", "恢复", S.FOUND, CHIEF, (N.NOTE,)) for s in (S.DUPLICATE, S.NOT_OUTFALL)),
)  # fmt: skip
BY_KEY = {(t.source, t.action): t for t in TABLE}
RULES = {
    "values": "sampled: values of the outfall have been received",
    "unit": "clear or partly: a unit is named",
    "ahead": "deadline and milestones after today, no milestone after the deadline",
    "inspected": "inspected since the plan, the newest inspection found nothing wrong",
    "other": "the other one is still in use",
}
"""What is looked at besides (`conditions`), as the docs say it."""


def leaving(state: str) -> list[Transition]:
    """All transitions out of a state, in the order a page shows them."""
    return [t for t in TABLE if t.source == state]


def as_markdown() -> str:
    """The table as it stands in docs/outfalls.md."""
    rows = [["from", "action", "key", "to", "who", "needs", "may give", "never by who planned", "rule"]]
    rows.append(["---"] * len(rows[0]))
    rows += [
        [
            t.source.label if t.source else "–", t.label, f"`{t.action}`", t.target.label, "、".join(str(r.label) for r in t.roles),
            "、".join(n.label for n in t.needs), "、".join(n.label for n in t.may), "yes" if t.independent else "", RULES.get(t.rule, ""),
        ]
        for t in TABLE
    ]  # fmt: skip
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows) + "\n"
