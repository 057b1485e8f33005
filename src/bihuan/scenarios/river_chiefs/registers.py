"""What is registered of chiefs and goals."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from bihuan.kit.registers.declared import Column, Handed, Register, Secret
from bihuan.scenarios.river_chiefs.models import Duty, Goal, Telephone

NUMBER = re.compile(r"\+?\d[\d -]{5,18}")


def check_number(text: str) -> None:
    """A telephone. Raises ValueError."""
    if text and not NUMBER.fullmatch(text):
        raise ValueError(_("不是电话号码，写成 13800000000 的样子"))


def keep_telephones(handed: Sequence[Handed]) -> None:
    """Keep each telephone apart from its duty; of a duty that is taken back none."""
    for each in handed:
        if each.gone:
            Telephone.objects.filter(duty_id=each.target.pk).delete()
        elif number := each.secrets.get("telephone", ""):
            Telephone.objects.update_or_create(duty_id=each.target.pk, defaults={"number": number})


DUTIES = Register(
    "river_duties",
    Duty,
    "河长名单",
    (
        Column("code", meaning="全市唯一，一经使用不再改变", example="HZ-001", searched=True),
        Column("reach", meaning="河段的编码，须已登记", example="R01-01", filtered=True, searched=True),
        Column("role", filtered=True, meaning="河长、总河长、河警长、检察长、民间河长"),
        Column("level", filtered=True, meaning="省、市、县、乡、村五级"),
        Column("name", searched=True, example="示例"),
        Column("office", listed=False, example="副县长"),
        Column("account", meaning="平台账号；巡查按账号计数", listed=False),
        Column("organisation", meaning="没有账号时，该单位人员的巡查计入", listed=False),
        Column("region", source="GB/T 2260", meaning="所管河段所在的县区或乡镇", filtered=True),
        Column("since", example="2024-01-01", listed=False),
        Column("until", meaning="离任后的第一天；空：在任", listed=False),
        Column("simulated", meaning="演示用的虚构对象填“是”", listed=False),
    ),
    note="谁对哪个河段负责；一人管几个河段填几行。换人时给原来的填离任日期，再登记新的。",
    hand_over=keep_telephones,
    secrets=(
        Secret("telephone", "电话", "只有调度岗、负责人能看到；列表、导出和变更记录都不含", check_number),
    ),
)
GOALS = Register(
    "river_goals",
    Goal,
    "一河一策目标",
    (
        Column("code", meaning="全市唯一，一经使用不再改变", example="YHYC-2024-01"),
        Column("river", meaning="河流的编码，须已登记", example="R01", filtered=True),
        Column("region", source="GB/T 2260", filtered=True),
        Column("year", low=2000, high=2100, example="2024", filtered=True),
        Column("measure", searched=True, example="沿岸生活污水截流"),
        Column("indicator", example="截流口数"),
        Column("unit", listed=False, example="个"),
        Column("sense", listed=False),
        Column("target", meaning="没有数值指标的不填，由责任单位报完成", example="12"),
        Column("deadline", example="2024-12-31"),
        Column("organisation", filtered=True),
        Column("simulated", meaning="演示用的虚构对象填“是”", listed=False),
    ),
    page="river_chiefs:goal",
    note="一河（湖）一策方案中每年要完成的措施，每条一个指标、一个目标值、一个时限和一个责任单位。",
)
REGISTERS = (DUTIES, GOALS)
