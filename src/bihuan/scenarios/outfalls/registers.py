"""What is registered of outfalls."""

from collections.abc import Sequence

from django.db.models import F

from bihuan.kit.registers.declared import SUBJECT, Column, Handed, Register
from bihuan.scenarios.outfalls.models import Goal, Outfall


def _begin(handed: Sequence[Handed]) -> None:
    """An outfall without a step stands where it was when it came into the register."""
    keys = [each.target.pk for each in handed if not each.gone]
    rows = Outfall.objects.filter(pk__in=keys, steps=None).exclude(stage=F("entry"))
    rows.update(stage=F("entry"))


LIMIT = "排污许可证或所执行的排放标准"
OUTFALLS = Register(
    "outfalls",
    Outfall,
    "入河排污口",
    (
        *SUBJECT,
        Column("official_code", source="HJ 1235-2021", meaning="按已下达的编码原样填写，不作强制校验", searched=True),
        Column("kind", source="HJ 1312-2023", filtered=True),
        Column("reach", meaning="河段的编码，须已登记", listed=False, filtered=True),
        Column("km", unit="km", low=0, listed=False),
        Column("river", meaning="河流的编码；填了河段的可不填", listed=False),
        Column("bank", listed=False),
        Column("shape", listed=False),
        Column("size", meaning="管径或宽×高，带单位", example="DN800", listed=False),
        Column("rhythm", listed=False),
        Column("person", listed=False),
        Column("supervisor", meaning="监管单位的全称，须已登记", listed=False),
        Column("approval", source="入河排污口监督管理办法（生态环境部令第35号）", listed=False),
        Column("cod", unit="mg/L", low=0, source=LIMIT, listed=False),
        Column("nh3n", unit="mg/L", low=0, source=LIMIT, listed=False),
        Column("tp", unit="mg/L", low=0, source=LIMIT, listed=False),
        Column("clarity", source="HJ 1313-2023", listed=False),
        Column("evidence", source="HJ 1313-2023", listed=False),
        Column("way", source="国办函〔2022〕17号", filtered=True),
        Column("due", listed=False),
        Column("entry", meaning="登记时已经办到哪一步；以后由办理记录推进", listed=False),
    ),
    page="outfalls:outfall",
    layer="入河排污口",
    target="outfall",
    note="入河排污口台账：一口一行。监测数据的点位填本表的编码。",
    hand_over=_begin,
)  # fmt: skip
GOALS = Register(
    "outfall_goals",
    Goal,
    "排污口年度目标",
    (
        Column("year", low=2015, high=2100, example="2026"),
        Column("region", source="GB/T 2260", filtered=True),
        Column("surveyed", unit="%", low=0, high=100, example="100"),
        Column("traced", unit="%", low=0, high=100, example="90"),
        Column("treated", unit="%", low=0, high=100, example="70"),
        Column("simulated", meaning="演示用的虚构对象填“是”", listed=False),
    ),
    key=("year", "region"),
    note="各县（市、区）当年排查、溯源、整治要完成的比例，以下达的任务为准。",
)
REGISTERS = (OUTFALLS, GOALS)
