"""What the practice city has: the section 白羊墅 with its target."""

from datetime import datetime

from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.made import bring_rows
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.registers import SECTIONS, TARGETS

BAIYANGSHU = "山西省·白羊墅"


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Section.objects.exists():
        return "断面已有"
    year = at.astimezone(CST).year
    bring_rows(SECTIONS, [{"code": BAIYANGSHU, "name": "白羊墅", "region": "140311", "lon": 113.64, "lat": 37.9, "rank": "nation"}])  # fmt: skip
    bring_rows(TARGETS, [{"section": BAIYANGSHU, "year": year, "water_class": "4", "source": "模拟"}])
    return "断面 1 个"
