"""预警发布、调整、解除通知: the official text of a step in force, for page, print and Word. Told in the language of the reader."""

import io
from dataclasses import dataclass
from datetime import datetime

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from bihuan.domain.standards import advice_of
from bihuan.domain.timeaxis import CST
from bihuan.english import Written, head_note, joined, told
from bihuan.printable import printable
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


def _approved(step: WarningStep) -> str:
    return f"经{rule_of(step.level, step.before).office}批准"


def _started(step: WarningStep) -> list[str]:
    return [
        joined(
            _why(step),
            f"{_approved(step)}，自{moment(step.since)}起发布重污染天气{step.level_name}，"
            f"启动{RESPONSE[step.level]}级应急响应，预计持续至{moment(step.until)}。",
        ),
        *_orders(step),
    ]


def _changed(step: WarningStep) -> list[str]:
    until = moment(step.until)
    if step.before == step.level:
        return [
            joined(
                _why(step),
                f"{_approved(step)}，重污染天气{step.level_name}级别不变，预计持续时间调整为至{until}。",
            ),
            *_orders(step),
        ]
    levels = list(RESPONSE)
    direction = "升级" if levels.index(step.level) > levels.index(step.before) else "降级"
    return [
        joined(
            _why(step),
            f"{_approved(step)}，自{moment(step.since)}起将重污染天气{step.get_before_display()}预警{direction}为{step.level_name}，"
            f"应急响应由{RESPONSE[step.before]}级调整为{RESPONSE[step.level]}级，预计持续至{until}。",
        ),
        *_orders(step),
    ]


def _lifted(step: WarningStep) -> list[str]:
    return [
        joined(
            _why(step),
            f"{_approved(step)}，自{moment(step.since)}起解除重污染天气{step.level_name}，"
            f"终止{RESPONSE[step.level]}级应急响应，按本次预警执行的减排措施同时终止。",
        ),
        "请各有关单位做好应急响应总结评估，按要求报送。",
    ]


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
    page = Document()
    style = page.styles["Normal"]
    style.font.name, style.font.size = "FangSong", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    head_note(page)
    heading = page.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = heading.add_run(told(notice.title))
    run.bold, run.font.size = True, Pt(18)
    page.add_paragraph(notice.number).alignment = WD_ALIGN_PARAGRAPH.CENTER
    page.add_paragraph(told(notice.to))
    for text in notice.paragraphs:
        page.add_paragraph(printable(told(text))).paragraph_format.first_line_indent = Pt(28)
    for text in (notice.signer, notice.day):
        page.add_paragraph(told(text)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for text in notice.history:
        page.add_paragraph().add_run(printable(told(text))).font.size = Pt(9)
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()
