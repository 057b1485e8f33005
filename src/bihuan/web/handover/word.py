"""交接班记录 as Word: the same sections as the page, with the signatures and the hash under which the log holds it."""

from bihuan.cases.handover_models import Handover
from bihuan.domain.timeaxis import CST
from bihuan.english import Written, joined
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.registry.anchors import printed

HEAD = ("序号", "事项", "情况")


def signatures(handover: Handover) -> list[str]:
    """Who signed, and who took over."""
    lines = [f"交班：{handover.by}（{handover.post}） {handover.at.astimezone(CST):%Y-%m-%d %H:%M}"]
    taken = getattr(handover, "taken", None)
    if taken is None:
        return [*lines, "接班：尚未签字"]
    return [*lines, f"接班：{taken.by}（{taken.post}） {taken.at.astimezone(CST):%Y-%m-%d %H:%M}"]


def document(handover: Handover, digest: str) -> bytes:
    """The .docx. digest: what the log holds of the record."""
    page = a4()
    line(page, "交接班记录", size=20, bold=True, centre=True)
    span = f"{handover.since.astimezone(CST):%Y-%m-%d %H:%M} 至 {handover.at.astimezone(CST):%Y-%m-%d %H:%M}"
    line(page, joined(Written(handover.region.name), span), size=11, centre=True)
    for section in handover.content:
        line(page, section["title"], size=11, bold=True)
        if not section["lines"]:
            line(page, "无")
            continue
        rows = [(str(n), row["text"], row["note"]) for n, row in enumerate(section["lines"], 1)]
        table(page, HEAD, rows)
        if section["more"]:
            line(page, f"另有 {section['more']} 条，见平台")
    line(page, "交班说明", size=11, bold=True)
    line(page, Written(handover.note) if handover.note else "无")
    taken = getattr(handover, "taken", None)
    if taken is not None and taken.note:
        line(page, "接班说明", size=11, bold=True)
        line(page, Written(taken.note))
    for text in signatures(handover):
        line(page, text, bold=True)
    line(page, f"存证：sha256 {digest}；{printed()}。", size=8)
    return as_docx(page)
