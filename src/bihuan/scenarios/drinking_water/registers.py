"""What is registered of drinking-water sources."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.scenarios.drinking_water.models import Guard, Source, Zone

OF_SOURCE = Column("source", meaning="水源地的编码，须已登记", example="SY001", filtered=True, searched=True)
SOURCES = Register(
    "water_sources",
    Source,
    "饮用水水源地",
    (
        *SUBJECT,
        Column("kind", source="HJ 338-2018", filtered=True),
        Column("rank", filtered=True),
        Column("state", filtered=True),
        Column("people", unit="人", low=0, example="30000"),
        Column("quantity", unit="m³/d", low=0, meaning="按水量计算达标率用；不清楚不填", example="5000"),
    ),
    page="drinking_water:source",
    layer="饮用水水源地",
    target="water_source",
    note="集中式饮用水水源地；责任单位填运行管理单位。编码按已批准的水源编码（HJ 747-2015）原样填写，不作校验。",
)
ZONES = Register(
    "water_zones",
    Zone,
    "水源保护区",
    (
        *SUBJECT,
        OF_SOURCE,
        Column("grade", source="HJ 338-2018", filtered=True),
        Column("approval", source="划定方案批复", listed=False),
    ),
    layer="水源保护区",
    note="一级、二级和准保护区的边界，以批复为准；可导入图形文件（面）。",
)
GUARDS = Register(
    "water_guards",
    Guard,
    "水源地标志和隔离",
    (
        *SUBJECT,
        OF_SOURCE,
        Column("kind", source="HJ/T 433-2008", filtered=True),
        Column("state", filtered=True),
    ),
    layer="水源地标志和隔离",
    note="界标、警示牌、宣传牌和隔离防护设施。",
)
REGISTERS = (SOURCES, ZONES, GUARDS)
