"""文书 as Word: 交办单, 督办函, 核查意见, every field from the case and its steps; told in the language of the reader."""

import io
from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.document import Document as Page
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from bihuan.cases.chain import findings_of
from bihuan.cases.deadlines import CHINA, span_text
from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import fault, path_of
from bihuan.cases.models import Attachment, Case, Step
from bihuan.cases.names import called, kept, names_of
from bihuan.cases.transitions import LABELS, REOPENINGS, Paper
from bihuan.english import Written, head_note, told
from bihuan.printable import picture, printable
from bihuan.registry.anchors import printed
from bihuan.registry.hashing import columns

Rows = list[tuple[str, str | tuple[str, ...]]]
"""A label and its text, or the lines of it: told one by one, those that a person wrote stay."""
EMPTY = "—"
MOST_PHOTOS = 6
RESULTS = {"pass": "完成", "confirm": "完成(复查)", "fail": "未完成", "reopen": "反弹"}


def paper(case: Case, kind: str) -> bytes:
    """The paper as a .docx. Raises IllegalMove when the case has no step that it is about."""
    chosen = Paper(kind)
    steps = list(case.steps.select_related("actor", "organisation").prefetch_related("files").order_by("seq"))
    actions = {
        Paper.DISPATCH: ("dispatch", "redispatch", *REOPENINGS),
        Paper.URGE: ("urge",),
        Paper.OPINION: ("pass", "fail", "confirm"),
    }[chosen]
    about = [s for s in steps if s.action in actions]
    if not about:
        raise IllegalMove(
            _("%(number)s 还没有%(step)s, 不能出%(paper)s")
            % {"number": case.number, "step": _(LABELS[actions[0]]), "paper": _(str(chosen.label))}
        )
    with override("zh-hans"):  # the paper is made in Chinese, and told from that
        rows, photos = WRITERS[chosen](case, about[-1], steps)
        title = str(chosen.label)
    return _word(title, case, [*rows, ("存证", printed())], photos)


def available(case: Case) -> list[Paper]:
    """The papers that this case's steps allow."""
    done = set(case.steps.values_list("action", flat=True))
    found = {Paper.DISPATCH: {"dispatch"}, Paper.URGE: {"urge"}, Paper.OPINION: {"pass", "fail", "confirm"}}
    return [p for p, actions in found.items() if actions & done]


def _time(at: datetime | None) -> str:
    """China time; midnight is written as 24:00 of the day that ends."""
    if at is None:
        return EMPTY
    local = at.astimezone(CHINA)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        from_day = local.date().toordinal() - 1
        return f"{datetime.fromordinal(from_day):%Y年%m月%d日} 24:00"
    return f"{local:%Y年%m月%d日 %H:%M}"


def _names(case: Case, step: Step) -> dict[str, str]:
    """The names of a step as it kept them; of one of before, as they are now."""
    return {"organisation": EMPTY, **(kept(step) or names_of(case, step.actor, step.organisation))}


def _place(case: Case, region: str) -> str:
    spot = (
        f" (北纬 {case.lat:.5f}°, 东经 {case.lon:.5f}°)"
        if case.lat is not None and case.lon is not None
        else ""
    )
    return f"{region} {case.place}".strip() + spot


def _problem(case: Case, steps: list[Step]) -> tuple[str, ...]:
    """The problem as it was handed over: a finding that runs on has another title by now."""
    now = {f.pk: columns(f) for f in case.findings.all()}
    frozen = [{**now.get(f["id"], {}), **f} for s in steps for f in findings_of(s)]
    found = [
        f"{f['target_name']} {f['title']} ({_time(datetime.fromisoformat(f['started_at']))} 起)"
        for f in frozen
        if "started_at" in f  # a step of before the log kept less, and its finding may have been taken away
    ]
    return (case.title, Written(case.description), *found)


def _photos(steps: list[Step]) -> list[Attachment]:
    return [f for s in steps for f in s.files.all() if f.is_image]


def _dispatch(case: Case, step: Step, steps: list[Step]) -> tuple[Rows, list[Attachment]]:
    before, names = [s for s in steps if s.seq <= step.seq], _names(case, step)
    rows: Rows = [
        ("编号", case.number),
        ("交办日期", _time(step.at)),
        ("交办单位", step.post if step.actor_id else f"{step.who}（{step.post}）"),
        ("承办单位", names["organisation"]),
        ("责任人", Written(case.liable or EMPTY)),
        ("级别", f"{case.get_level_display()} ({case.get_listed_by_display()})"),
        ("问题来源", case.get_source_display()),
        ("问题", _problem(case, steps)),
        ("地点", _place(case, names["region"])),
        ("法律依据", case.basis or EMPTY),
        ("整改要求", tuple(Written(t) for t in (case.requirement, step.note) if t)),
        ("办结期限", _time(step.due)),
        ("反馈方式", "在闭环平台申请销号, 附整改前后同角度照片和证明材料"),
        ("联系人", Written(called(names))),
    ]
    return rows, _photos(before)


def _urge(case: Case, step: Step, steps: list[Step]) -> tuple[Rows, list[Attachment]]:
    first = next(s for s in steps if s.action == "dispatch")
    assert step.due is not None
    until = step.data.get("due")
    rows: Rows = [
        ("编号", case.number),
        ("日期", _time(step.at)),
        ("发文单位", step.post),
        ("承办单位", _names(case, step)["organisation"]),
        ("所据交办单", f"{case.number}, {_time(first.at)} 交办"),
        ("问题", _problem(case, steps)),
        ("原定期限", _time(step.due)),
        ("已超期", span_text(step.at - step.due)),
        ("督办要求", Written(step.note)),
        ("新的答复期限", _time(datetime.fromisoformat(until)) if until else "收函后立即办理"),
        ("抄送", "上级主管部门、纪检监察机关"),
        ("印章", ""),
    ]
    return rows, []


def _opinion(case: Case, step: Step, steps: list[Step]) -> tuple[Rows, list[Attachment]]:
    names = _names(case, step)
    answer = next((s for s in reversed(steps) if s.action == "apply_close" and s.seq < step.seq), None)
    rows: Rows = [
        ("编号", case.number),
        ("核查日期", _time(step.at)),
        ("核查人", f"{names['person']} ({step.post}); {step.data.get('companion', EMPTY)}"),
        ("核查方式", Written(step.data["method"]) if "method" in step.data else "现场"),
        ("承办单位", names["organisation"]),
        ("问题", _problem(case, steps)),
        ("承办单位报告", Written(answer.note) if answer else EMPTY),
        ("核查结果", RESULTS[step.action]),
        ("核查意见", Written(step.note)),
        ("证据校验", f"第 {step.seq} 步, sha256 {step.hash}"),
    ]
    return rows, _photos([s for s in (answer, step) if s is not None])


WRITERS: dict[Paper, Callable[[Case, Step, list[Step]], tuple[Rows, list[Attachment]]]] = {
    Paper.DISPATCH: _dispatch,
    Paper.URGE: _urge,
    Paper.OPINION: _opinion,
}


def _word(title: str, case: Case, rows: Rows, photos: list[Attachment]) -> bytes:
    page = Document()
    style = page.styles["Normal"]
    style.font.name, style.font.size = "FangSong", Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    head_note(page)
    heading = page.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = heading.add_run(told(f"生态环境问题{title}" + (" (模拟)" if case.simulated else "")))
    run.bold, run.font.size = True, Pt(18)
    table = page.add_table(rows=0, cols=2, style="Table Grid")
    for label, text in rows:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Cm(3.2), Cm(12.8)
        cells[0].text, cells[1].text = told(label), printable(_cell(text))
        cells[0].paragraphs[0].runs[0].bold = True
    for photo in photos[:MOST_PHOTOS]:
        _photo(page, photo)
    if len(photos) > MOST_PHOTOS:
        page.add_paragraph(told(f"另有 {len(photos) - MOST_PHOTOS} 张照片未印出, 见平台。"))
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()


def _cell(text: str | tuple[str, ...]) -> str:
    lines = (text,) if isinstance(text, str) else text
    return "\n".join(map(told, lines)).strip() or EMPTY


def _photo(page: Page, photo: Attachment) -> None:
    """The picture and its line; a photo that cannot be printed leaves a line that says so."""
    wrong = fault(photo)
    shown = None if wrong else picture(path_of(photo.sha256).read_bytes())
    if shown is not None:
        page.add_picture(shown, width=Cm(12))
    elif not wrong:
        wrong = "照片无法印出"
    taken = f"拍摄于 {_time(photo.taken_at)}" if photo.taken_at else ""
    said = " ".join(told(part) for part in (taken, f"({wrong})" if wrong else "") if part)
    page.add_paragraph(printable(f"{photo.name} {said}".rstrip()))
