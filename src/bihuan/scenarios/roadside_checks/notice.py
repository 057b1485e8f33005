"""The notice of a recall as a Word paper for the owner."""

from bihuan.english import Written
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.scenarios.roadside_checks.models import Recall

BASIS = (
    "依据《中华人民共和国大气污染防治法》第五十三条、第五十五条（2026年8月15日起见生态环境法典，条款待核）"
)


def as_word(recall: Recall) -> bytes:
    """The paper."""
    vehicle = recall.vehicle
    page = a4(12)
    line(page, "机动车排放复检通知", size=18, bold=True, centre=True)
    line(page, recall.number, centre=True)
    if recall.simulated:
        line(page, "（模拟）", centre=True)
    line(page, Written(vehicle.owner) if vehicle.owner else "车辆所有人（名录中没有）")
    line(page, BASIS)
    line(
        page,
        f"您的车辆须在 {recall.deadline:%Y-%m-%d} 以前到机动车排放检验机构复检，复检合格后本通知自行了结。",
    )
    table(page, ("号牌号码", "号牌颜色", "车辆识别代号", "排放阶段"), [
        (Written(vehicle.plate), vehicle.get_colour_display(), Written(vehicle.vin or "—"), vehicle.get_stage_display() or "不清楚")
    ])  # fmt: skip
    line(page, "查到的情况：", bold=True)
    for ground in recall.grounds:
        line(page, Written(ground))
    line(page, f"通知日期 {recall.issued_at:%Y-%m-%d}")
    return as_docx(page)
