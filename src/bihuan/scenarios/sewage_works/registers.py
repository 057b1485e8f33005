"""What is registered of sewage works and reused water."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register, Succession
from bihuan.scenarios.sewage_works.models import Population, Term, Use, User, Works

SIMULATED = Column("simulated", meaning="演示用的虚构对象填“是”", listed=False)
FROM = Column("valid_from", meaning="从这一天起；此前的一版到此为止", example="2024-01-01")
UNTIL = Column("valid_until", meaning="不含这一天；空：现行")
VERSIONS = Succession("valid_from", "valid_until")
WORKS = Register(
    "sewage_works",
    Works,
    "污水处理厂",
    (
        *SUBJECT,
        Column("kind", filtered=True, meaning="城市和县城的厂计入集中收集率，建制镇的不计"),
        Column("grade", source="排污许可证副本", filtered=True),
        Column("area", example="城区桃北片区", listed=False),
        Column("reach", meaning="河段的编码，须已登记", listed=False, filtered=True),
        Column("km", unit="km", low=0, meaning="排放口到河段上端", listed=False),
        Column("outlet", meaning="企业排放登记中的排放口编码，不清楚不填", listed=False, searched=True),
        Column("logger", meaning="总排口数采仪的 MN；出水没有日报的日子用它的日数据", listed=False),
        Column("rain_site", meaning="日报没有降雨量时用这个站的小时降水", example="57782", listed=False),
    ),
    page="sewage_works:works",
    layer="污水处理厂",
    target="sewage_works",
    note="城镇污水处理厂；责任单位填运营单位。日报里的厂名填本表的编码或名称。规模、服务人口另见“处理规模”。",
)  # fmt: skip
TERMS = Register(
    "sewage_terms",
    Term,
    "污水处理厂规模",
    (
        Column("works", meaning="污水处理厂的编码，须已登记", example="WS001", filtered=True, searched=True),
        Column("capacity", unit="m³/d", low=1, source="设计文件或环评批复", example="50000"),
        Column("people", unit="人", low=0, meaning="服务片区的常住人口；不清楚不填", example="180000"),
        Column("industry", unit="kg/d", low=0, meaning="进厂的工业废水所含 BOD5；没有填 0，不清楚不填"),
        FROM,
        UNTIL,
        Column("source", listed=False),
        SIMULATED,
    ),
    key=("works", "valid_from"),
    succession=VERSIONS,
    note="扩建、划片变化时登记新的一版，从前的月份仍按当时的规模和人口算。",
)
PEOPLE = Register(
    "water_population",
    Population,
    "用水总人口",
    (
        Column("region", source="GB/T 2260", filtered=True),
        Column("people", unit="人", low=1, source="城市（县城）建设统计年报", example="120000"),
        FROM,
        UNTIL,
        Column("source", listed=False),
        SIMULATED,
    ),
    key=("region", "valid_from"),
    succession=VERSIONS,
    note="城市生活污水集中收集率的分母：城区（县城）用水总人口，按县（市、区）登记。",
)
USERS = Register(
    "reuse_users",
    User,
    "再生水用户",
    (
        *SUBJECT,
        Column("works", meaning="污水处理厂的编码，须已登记", example="WS001", filtered=True),
        Column("purpose", source="GB/T 18919-2002", filtered=True),
        Column("contracted", unit="m³/d", low=0, source="供用水协议", example="8000"),
    ),
    layer="再生水用户",
    note="从污水处理厂取用再生水的单位；一户从两个厂取水时登记两行。",
)
USES = Register(
    "reuse_ledger",
    Use,
    "再生水用量台账",
    (
        Column("user", meaning="再生水用户的编码，须已登记", example="ZS001", filtered=True, searched=True),
        Column("year", low=2000, high=2100, example="2024", filtered=True),
        Column("month", low=1, high=12, example="3"),
        Column("volume", unit="m³", low=0, meaning="没有计量的不填，不要填 0", example="180000"),
        Column("remark", listed=False),
        SIMULATED,
    ),
    key=("user", "year", "month"),
    note="每户每月用了多少再生水。没有登记的月份按“不清楚”算，不当作 0。",
)
REGISTERS = (WORKS, TERMS, PEOPLE, USERS, USES)
