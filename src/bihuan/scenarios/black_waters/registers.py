"""What is registered of black and odorous waters."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.scenarios.black_waters.models import Body, Point

GUIDE = "城市黑臭水体整治工作指南（2015）"
BODIES = Register(
    "black_waters",
    Body,
    "黑臭水体",
    (
        *SUBJECT,
        Column("kind", filtered=True),
        Column("area", meaning="城市建成区、县城、农村；评价项目随所在区域", filtered=True),
        Column("items", meaning="空：按所在区域的规定", listed=False),
        Column("reach", meaning="河段的编码，须已登记；不在登记河段上的不填", listed=False),
        Column("length_m", unit="m", low=0, example="1200"),
        Column("width_m", unit="m", low=0, listed=False),
        Column("source", meaning="主要污染来源", example="生活污水直排", listed=False, searched=True),
        Column("intercept", source=GUIDE, listed=False),
        Column("dredge", source=GUIDE, listed=False),
        Column("restore", source=GUIDE, listed=False),
        Column("refresh", source=GUIDE, listed=False),
        Column("named_on", meaning="公布或下达的名单", example="2023 年县城黑臭水体清单", searched=True),
        Column("state", filtered=True, meaning="登记的状态；监测再次判为黑臭的，页面另显示为反弹"),
        Column("found", example="2023-05-10", listed=False),
        Column("due", meaning="下达的完成期限", example="2025-12-31"),
        Column("accepted", meaning="从这一天起水质应不再黑臭；此后再判为黑臭的是反弹", listed=False),
        Column("lasting", listed=False),
        Column("satisfaction", unit="%", low=0, high=100, source="公众评议", example="92", listed=False),
    ),
    page="black_waters:body",
    target="black_water",
    note="黑臭水体清单：一段水体一行，责任单位填治理责任单位。",
)  # fmt: skip
POINTS = Register(
    "black_water_points",
    Point,
    "黑臭水体测点",
    (
        *SUBJECT,
        Column("body", meaning="黑臭水体的编码，须已登记", example="HC001", filtered=True, searched=True),
        Column("position_m", unit="m", low=0, source=GUIDE, meaning="沿水体从上端量起；测点间距 200～600 m，每个水体不少于 3 个", example="300"),
        Column("depth_cm", unit="cm", low=0, meaning="样品没有写明水深时用；不足 25 cm 的，透明度按水深的四成判定", example="60", listed=False),
    ),
    page="black_waters:point",
    target="black_water_point",
    note="监测数据的点位填本表的编码：透明度、溶解氧、氧化还原电位、氨氮。",
)  # fmt: skip
REGISTERS = (BODIES, POINTS)
