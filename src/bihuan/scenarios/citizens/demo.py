"""What the practice city has: three simulated reports, through the entrance that everybody has."""

from datetime import datetime

from bihuan.scenarios.citizens.models import Report
from bihuan.scenarios.citizens.receiving import Said, receive

SAID = (
    Said(
        "smoke",
        "早上七点左右，砖厂烟囱冒黄烟，味道刺鼻。",
        "娘子关镇砖厂",
        region="140321",
        name="张某",
        phone="00000000000",
    ),
    Said("burning", "村口有人烧秸秆和垃圾，烟很大。", "河底镇村口", region="140311"),
    Said("waste", "路边沟里倒了几车建筑垃圾。", "孙家庄镇县道旁", region="140322"),
)


def build(at: datetime) -> str:
    """Send them once; one line about it."""
    if Report.objects.filter(simulated=True).exists():
        return "群众举报已有"
    for number, said in enumerate(SAID):
        receive(said, f"simulated {number}", simulated=True)
    return f"模拟群众举报 {len(SAID)} 条"
