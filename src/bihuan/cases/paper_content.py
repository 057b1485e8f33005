"""What stands on each paper, computed in one place: every field of `paper_fields` from the case and its steps, in Chinese."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from bihuan.cases import trees, urging
from bihuan.cases.deadlines import CHINA, span_text, until_text
from bihuan.cases.models import Attachment, Case, IssuedPaper, Step
from bihuan.cases.names import called, kept, names_of
from bihuan.cases.paper_fields import FIELDS
from bihuan.cases.records import findings_of
from bihuan.cases.term_settings import rulebook
from bihuan.cases.terms import Term
from bihuan.cases.transitions import Paper
from bihuan.domain.worktime import UnknownYear
from bihuan.english import Written
from bihuan.registry.anchors import printed
from bihuan.registry.hashing import columns

Text = str | tuple[str, ...]
"""A text, or the lines of it: told one by one, those that a person wrote stay."""
Photos = list[Attachment]
Values = dict[str, Text | int | Photos]
EMPTY = "—"
RESULTS = {"pass": "完成", "confirm": "完成(复查)", "fail": "未完成", "reopen": "反弹"}
FEEDBACK = "在闭环平台申请销号, 附整改前后同角度照片和证明材料"


@dataclass(frozen=True)
class About:
    """What a paper is about: a case, the step that issued it, and all steps in their order."""

    case: Case
    step: Step
    steps: Sequence[Step]

    @property
    def names(self) -> dict[str, str]:
        """The names of the step as it kept them; of one of before, as they are now."""
        case, step = self.case, self.step
        return {"organisation": EMPTY, **(kept(step) or names_of(case, step.actor, step.organisation))}

    @property
    def before(self) -> list[Step]:
        """The steps up to this one."""
        return [s for s in self.steps if s.seq <= self.step.seq]

    @property
    def post(self) -> str:
        """The post of who took it; of a step of the platform, that."""
        return self.step.post if self.step.actor_id else f"{self.step.who}（{self.step.post}）"


def steps_of(case: Case) -> list[Step]:
    """The steps with all that papers print of them."""
    files = Prefetch("files", Attachment.objects.order_by("pk"))
    return list(case.steps.select_related("actor", "organisation").prefetch_related(files).order_by("seq"))


def values_of(kind: Paper, about: About, issued: IssuedPaper) -> Values:
    """All fields of a paper: texts in Chinese, numbers, and photos."""
    case = about.case
    head: Values = {
        "文号": Written(issued.number),
        "模拟标记": " (模拟)" if case.simulated else "",
        "编号": case.number,
        "问题": _problem(about),
        "承办单位": about.names["organisation"],
        "存证": printed(),
    }
    declared = {field.name for field in FIELDS[kind]}
    return {name: value for name, value in (head | WRITERS[kind](about)).items() if name in declared}


def moment(at: datetime | None) -> str:
    """China time; midnight is written as 24:00 of the day that ends."""
    if at is None:
        return EMPTY
    return until_text(at, "%Y年%m月%d日")


def _place(about: About) -> str:
    case = about.case
    spot = (
        f" (北纬 {case.lat:.5f}°, 东经 {case.lon:.5f}°)"
        if case.lat is not None and case.lon is not None
        else ""
    )
    return f"{about.names['region']} {case.place}".strip() + spot


def _problem(about: About) -> tuple[str, ...]:
    """The problem as it was handed over: a finding that runs on has another title by now."""
    now = {f.pk: columns(f) for f in about.case.findings.all()}
    frozen = [{**now.get(f["id"], {}), **f} for s in about.steps for f in findings_of(s)]
    found = [
        f"{f['target_name']} {f['title']} ({datetime.fromisoformat(f['started_at']).astimezone(CHINA):%Y年%m月%d日 %H:%M} 起)"
        for f in frozen
        if "started_at" in f  # a step of before the log kept less, and its finding may have been taken away
    ]
    title = () if any(line.startswith(about.case.title) for line in found) else (about.case.title,)
    return (*title, *filter(None, (Written(about.case.description),)), *found)


def _photos(steps: Sequence[Step]) -> Photos:
    return [f for s in steps for f in s.files.all() if f.is_image]


def _files(steps: Sequence[Step]) -> tuple[str, ...]:
    """Every file with what proves that it is the same one."""
    return tuple(Written(f"{f.name} (sha256 {f.sha256})") for s in steps for f in s.files.all())


def _asked(about: About) -> str:
    return Written(called(about.names))


def _requirement(about: About) -> tuple[str, ...]:
    """What was asked when it was handed over last."""
    ordered = [s for s in about.before if s.action in ("dispatch", "redispatch", "reopen")]
    texts = (about.case.requirement, ordered[-1].note if ordered else "")
    return tuple(Written(text) for text in texts if text)


def _term(step: Step) -> tuple[str, ...]:
    """How long the unit has, and which rule says so; of a date that was chosen, that."""
    if step.term is None:
        return ("按指定日期" if step.data.get("due") else EMPTY,)
    rule = step.data.get("rule", "")
    return (step.term.label, f"时限规则：{rule}") if rule else (step.term.label,)


def _dispatch(about: About) -> Values:
    case, step = about.case, about.step
    return {
        "交办日期": moment(step.at),
        "交办单位": about.post,
        "责任人": Written(case.liable or EMPTY),
        "联合办理": _joint(case),
        "级别": f"{case.get_level_display()} ({case.get_listed_by_display()})",
        "问题来源": case.get_source_display(),
        "地点": _place(about),
        "法律依据": case.basis or EMPTY,
        "整改要求": _requirement(about),
        "办理时限": _term(step),
        "办结期限": moment(step.due),
        "反馈方式": FEEDBACK,
        "联系人": _asked(about),
        "照片": _photos(about.before),
    }


def _joint(case: Case) -> str:
    """The lead and the co-units of a joint case as they are now."""
    units = [str(c.organisation) for c in trees.joint(case) if c.organisation]
    return f"牵头：{units[0]}；协办：{'、'.join(units[1:])}" if units[1:] else EMPTY


def _urge(about: About) -> Values:
    step = about.step
    first = next(s for s in about.steps if s.action in ("dispatch", "accept"))
    assert step.due is not None
    until = step.data.get("due")
    rung, number, copies = urging.letter(step)
    return {
        "督办标题": f"生态环境问题{rung}督办函",
        "督办等级": rung,
        "督办级数": number,
        "日期": moment(step.at),
        "发文单位": step.post,
        "所据交办单": f"{about.case.number}, {moment(first.at)} 交办",
        "原定期限": moment(step.due),
        "已超期": span_text(step.at - step.due),
        "督办要求": Written(step.note),
        "新的答复期限": moment(datetime.fromisoformat(until)) if until else "收函后立即办理",
        "抄送": copies,
    }


def _plan(about: About) -> Values:
    step, data = about.step, about.step.data
    return {
        "编制日期": moment(step.at),
        "整改要求": _requirement(about),
        "整改目标": Written(data.get("goal", EMPTY)),
        "整改措施": Written(step.note),
        "时间节点": Written(data.get("milestones", EMPTY)),
        "责任人": Written(data.get("liable") or about.case.liable or EMPTY),
        "经费": Written(data.get("cost", EMPTY)),
        "办结期限": moment(step.due),
        "联系人": _asked(about),
    }


def _closing(about: About) -> Values:
    step = about.step
    return {
        "申请日期": moment(step.at),
        "整改要求": _requirement(about),
        "办结期限": moment(step.due),
        "整改完成情况": Written(step.note),
        "证据材料": _files([step]),
        "联系人": _asked(about),
        "整改前照片": _photos([s for s in about.before if not s.by_unit]),
        "整改后照片": _photos([step]),
    }


def _opinion(about: About) -> Values:
    step, names = about.step, about.names
    answer = next((s for s in reversed(about.steps) if s.action == "apply_close" and s.seq < step.seq), None)
    return {
        "核查日期": moment(step.at),
        "核查人": f"{names['person']} ({step.post}); {step.data.get('companion', EMPTY)}",
        "核查方式": Written(step.data["method"]) if "method" in step.data else "现场",
        "承办单位报告": Written(answer.note) if answer else EMPTY,
        "核查结果": RESULTS[step.action],
        "核查意见": Written(step.note),
        "证据校验": f"第 {step.seq} 步, sha256 {step.hash}",
        "照片": _photos([s for s in (answer, step) if s is not None]),
    }


def _extension(about: About) -> Values:
    step, term = about.step, about.case.term
    assert step.due is not None
    days = int(step.data["days"])
    try:
        until = moment(term.extended(step.due, days, rulebook().calendar))
    except UnknownYear:
        until = EMPTY
    return {
        "申请日期": moment(step.at),
        "原定期限": moment(step.due),
        "申请延期": Term(term.unit, days).label,
        "延期后期限": until,
        "延期理由": Written(step.note),
        "审批结果": _answer(about),
        "联系人": _asked(about),
    }


def _answer(about: About) -> str:
    """What the office said to an extension; nothing while it has not."""
    ends = ("grant", "refuse", "withdraw")
    after = next((s for s in about.steps if s.seq > about.step.seq and s.action in ends), None)
    if after is None or after.action == "withdraw":
        return EMPTY
    if after.action == "refuse":
        return f"不同意延期, {after.post}"
    return f"同意延期 {Term(about.case.term.unit, int(after.data['days'])).label}, {after.post}"


def _transfer(about: About) -> Values:
    step = about.step
    return {
        "移送日期": moment(step.at),
        "移送单位": step.post,
        "接收单位": Written(step.data["receiver"]),
        "地点": _place(about),
        "法律依据": about.case.basis or EMPTY,
        "移送理由": Written(step.note),
        "证据材料": _files(about.before),
        "联系人": _asked(about),
        "照片": _photos(about.before),
    }


def _suggestion(about: About) -> Values:
    return {
        "日期": moment(about.step.at),
        "被建议单位": about.names["organisation"],
        "地点": _place(about),
        "法律依据": about.case.basis or EMPTY,
        "建议内容": _requirement(about),
        "回复期限": moment(about.step.due),
        "联系人": _asked(about),
    }


WRITERS: Mapping[Paper, Callable[[About], Values]] = {
    Paper.DISPATCH: _dispatch,
    Paper.URGE: _urge,
    Paper.PLAN: _plan,
    Paper.CLOSING: _closing,
    Paper.OPINION: _opinion,
    Paper.EXTENSION: _extension,
    Paper.TRANSFER: _transfer,
    Paper.SUGGESTION: _suggestion,
}
