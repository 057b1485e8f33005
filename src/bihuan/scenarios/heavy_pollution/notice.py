"""预警发布、调整、解除通知: the official text of a step in force, for page, print and Word. Told in the language of the reader."""

from dataclasses import dataclass
from datetime import datetime

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from bihuan.domain.control.warning import LEVELS
from bihuan.domain.standards import advice_of
from bihuan.domain.timeaxis import CST
from bihuan.english import Written, joined
from bihuan.kit.paper import a4, as_docx, line
from bihuan.registry.models import Emitter
from bihuan.scenarios.heavy_pollution.in_force import Kind
from bihuan.scenarios.heavy_pollution.models import WarningStep
from bihuan.scenarios.heavy_pollution.signatures import rule_of

RESPONSE = {"yellow": "Ⅲ", "orange": "Ⅱ", "red": "Ⅰ"}
"""Response level of a warning level. Source: 重污染天气应急预案通行做法."""
HEALTH = {"yellow": 5, "orange": 5, "red": 6}
"""Level of the AQI whose health advice (HJ 633 table 2) goes with a warning level."""
MARK = "（模拟）"


@dataclass(frozen=True)
class Notice:
    """Title, number, whom it goes to, paragraphs, who signs; `history` says who proposed and approved it, when."""

    step: WarningStep
    title: str
    number: str
    to: str
    paragraphs: tuple[str, ...]
    signer: str
    day: str
    history: tuple[str, ...]


def notice_of(step: WarningStep) -> Notice:
    """The notice of an approved step."""
    name, kind = step.region.name, Kind(step.kind)
    titles = {
        Kind.START: f"关于发布{name}重污染天气{step.level_name}的通知",
        Kind.CHANGE: f"关于调整{name}重污染天气预警的通知",
        Kind.LIFT: f"关于解除{name}重污染天气{step.level_name}的通知",
    }
    text = {Kind.START: _started, Kind.CHANGE: _changed, Kind.LIFT: _lifted}[kind]
    simulated = Emitter.objects.filter(region__code__startswith=step.region.prefix, simulated=True).exists()
    return Notice(
        step=step,
        title=titles[kind] + (MARK if simulated else ""),
        number=step.notice_number,
        to="各县（区）人民政府，市有关部门，各有关企业：",
        paragraphs=tuple(text(step)),
        signer=f"{name}重污染天气应急指挥部办公室",
        day=f"{step.at.astimezone(CST):%Y年%-m月%-d日}",
        history=tuple(_history(step)),
    )


def moment(at: datetime | None) -> str:
    """`2019年2月25日14时30分`; a whole hour without minutes."""
    if at is None:
        return "另行通知"
    local = at.astimezone(CST)
    minutes = f"{local:%M}分" if local.minute else ""
    return f"{local:%Y年%-m月%-d日%-H时}{minutes}"


def _why(step: WarningStep) -> str:
    """The proposal's reason, else what the forecast says."""
    said = Written(step.answers.reason if step.answers else step.reason)
    if said:
        return Written(f"{said.rstrip('。')}。")
    if not step.advice:
        return ""
    return f"根据{moment(step.advice.issued)}预报，{step.advice.sentence.rstrip('。')}。"


def _decided(step: WarningStep, *what: str) -> str:
    """Why, by whose approval, and what."""
    return joined(_why(step), f"经{rule_of(step.level, step.before).office}批准，{''.join(what)}")


def _started(step: WarningStep) -> list[str]:
    first = _decided(
        step,
        f"自{moment(step.since)}起发布重污染天气{step.level_name}，",
        f"启动{RESPONSE[step.level]}级应急响应，预计持续至{moment(step.until)}。",
    )
    return [first, *_orders(step)]


def _changed(step: WarningStep) -> list[str]:
    until = moment(step.until)
    if step.before == step.level:
        same = f"重污染天气{step.level_name}级别不变，预计持续时间调整为至{until}。"
        return [_decided(step, same), *_orders(step)]
    direction = "升级" if LEVELS.index(step.level) > LEVELS.index(step.before) else "降级"
    first = _decided(
        step,
        f"自{moment(step.since)}起将重污染天气{step.get_before_display()}预警{direction}为{step.level_name}，",
        f"应急响应由{RESPONSE[step.before]}级调整为{RESPONSE[step.level]}级，预计持续至{until}。",
    )
    return [first, *_orders(step)]


def _lifted(step: WarningStep) -> list[str]:
    first = _decided(
        step,
        f"自{moment(step.since)}起解除重污染天气{step.level_name}，",
        f"终止{RESPONSE[step.level]}级应急响应，按本次预警执行的减排措施同时终止。",
    )
    return [first, "请各有关单位做好应急响应总结评估，按要求报送。"]


def _orders(step: WarningStep) -> list[str]:
    return [
        f"一、请各有关单位按应急减排清单{step.get_level_display()}级措施立即组织落实，保障类单位按清单要求执行。",
        "二、请各县（区）加强现场检查，发现未落实的按规定交办并跟踪整改。",
        f"三、健康提示：{advice_of(HEALTH[step.level]).advice}。",
    ]


def _history(step: WarningStep) -> list[str]:
    proposal = step.answers
    lines = [_line(proposal, "提请")] if proposal else []
    return [*lines, _line(step, "批准")]


def _line(step: WarningStep, what: str) -> str:
    why = f"：{step.reason}" if step.reason else ""
    return joined(f"{moment(step.at)} {step.person}（{step.post}）{what}", Written(why))


def word(notice: Notice) -> bytes:
    """The notice as .docx."""
    page = a4(14)
    line(page, notice.title, size=18, bold=True, centre=True)
    line(page, Written(notice.number), centre=True)
    line(page, notice.to)
    for text in notice.paragraphs:
        line(page, text).paragraph_format.first_line_indent = Pt(28)
    for text in (notice.signer, notice.day):
        line(page, text).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for text in notice.history:
        line(page, text, size=9)
    return as_docx(page)
