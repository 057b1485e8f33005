"""What is registered of industrial parks."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.scenarios.industrial_parks.models import Member, Park, ParkOutlet, ParkStation

TARGET, SITE = "industrial_park", "park_site"
"""What findings are about: a park, or one of its outlets and stations."""
OF_PARK = Column("park", meaning="园区的编码，须已登记", example="YQ-01", filtered=True, searched=True)
SUBJECT_OF_SITE = (
    Column("code", meaning="与监测数据中的点位一致；全市唯一", example="YQ-01-P1", searched=True),
    *SUBJECT[1:],
    OF_PARK,
)
PLACE = (
    Column("reach", meaning="河段的编码，须已登记；不在河上的不填", example="R01-02", filtered=True),
    Column("km", unit="km", low=0, meaning="从河段上端量起", example="3.5", listed=False),
    Column(
        "mn",
        source="设备铭牌",
        meaning="在此安装的数采仪（HJ 212，排口 ST=32，水体 ST=21）；准它接入在“数采仪”页办理",
        listed=False,
    ),
)
PARKS = Register(
    "industrial_parks",
    Park,
    "工业园区",
    (
        *SUBJECT,
        Column("level", source="中国开发区审核公告目录", filtered=True),
        Column("industries", example="焦化、煤化工", listed=False),
        Column("way", filtered=True),
        Column("works", meaning="集中处理设施在其他登记中的编码，原样填写", listed=False),
        Column("design", unit="m³/d", low=0, example="10000"),
        Column("actual", unit="m³/d", low=0, meaning="园区申报的日均水量", example="6500"),
        Column("separation", filtered=True),
        Column("linked", meaning="总排口自动监测与生态环境部门联网", filtered=True),
        Column("approval", source="设立批复文件", listed=False),
    ),
    page="industrial_parks:park",
    target=TARGET,
    note="工业集聚区；责任单位填管理委员会，位置图形填园区边界（面）。",
)
OUTLETS = Register(
    "park_outlets",
    ParkOutlet,
    "园区排口",
    (
        *SUBJECT_OF_SITE,
        Column("kind", filtered=True),
        Column("receiving", example="桃河", listed=False),
        Column("cod", unit="mg/L", low=0, source="排污许可证副本", meaning="日均值", listed=False),
        Column("nh3n", unit="mg/L", low=0, source="排污许可证副本", meaning="日均值", listed=False),
        Column("tp", unit="mg/L", low=0, source="排污许可证副本", meaning="日均值", listed=False),
        Column("tn", unit="mg/L", low=0, source="排污许可证副本", meaning="日均值", listed=False),
        Column("basis", meaning="限值出自哪个标准和等级", example="GB 18918-2002 一级A", listed=False),
        Column("outfall", meaning="在入河排污口登记中的编码，原样填写", listed=False),
        Column("online", meaning="在企业排放登记中的排放口编码，原样填写", listed=False),
        *PLACE,
    ),
    page="industrial_parks:site",
    target=SITE,
    note="园区的污水总排口、企业直排口和雨水排口。监测数据的点位填本表的编码。",
)
STATIONS = Register(
    "park_stations",
    ParkStation,
    "园区水质点位",
    (*SUBJECT_OF_SITE, Column("kind", filtered=True), Column("water", source="GB 3838-2002"), *PLACE),
    page="industrial_parks:site",
    target=SITE,
    note="园区上游对照、下游控制、处理设施进口和内部点位。监测数据的点位填本表的编码。",
)
MEMBERS = Register(
    "park_members",
    Member,
    "园区企业",
    (
        OF_PARK,
        Column("organisation", meaning="企业的全称，须已登记为单位", searched=True),
        Column("way", filtered=True),
        Column("water", unit="m³/d", low=0, source="排污许可证执行报告", example="300"),
        Column("pretreatment", source="水污染防治行动计划（国发〔2015〕17号）", filtered=True),
        Column("permit", source="排污许可证", listed=False),
        Column("outlet", meaning="废水最终从园区哪个排口排出", listed=False),
        Column("simulated", meaning="演示用的虚构对象填“是”", listed=False),
    ),
    key=("park", "organisation"),
    note="园区内排水的企业，各自的废水量用于水量平衡。",
)
REGISTERS = (PARKS, OUTLETS, STATIONS, MEMBERS)
