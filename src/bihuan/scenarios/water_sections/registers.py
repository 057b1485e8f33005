"""What is registered of sections."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.scenarios.water_sections.models import FormerName, Logger, Section, Target

OF_SECTION = Column(
    "section", meaning="断面的编码，须已登记", example="山西省·白羊墅", filtered=True, searched=True
)
SECTIONS = Register(
    "water_sections",
    Section,
    "断面",
    (
        Column(
            "code",
            meaning="与数据中的点位一致：国家发布的断面写“省份·断面”",
            example="山西省·白羊墅",
            searched=True,
        ),
        *SUBJECT[1:],
        Column("kind", source="GB 3838-2002", meaning="湖库的总磷另有限值", filtered=True),
        Column("rank", filtered=True),
        Column("reach", meaning="河段的编码，须已登记；湖库不填", example="R01-02", filtered=True),
        Column("km", unit="km", low=0, meaning="从河段上端量起", example="3.5", listed=False),
        Column(
            "extra",
            meaning="“9+X”中的 X：九项以外考核的项目，用顿号分开",
            example="化学需氧量、氟化物",
            listed=False,
        ),
        Column("remark", meaning="看数据的人须知道的，显示在断面名称下", listed=False),
    ),
    page="water_sections:section",
    layer="断面",
    target="water_section",
    note="地表水国考、省考、市考断面。自动站和手工监测的数据按编码归到断面。",
)
TARGETS = Register(
    "water_targets",
    Target,
    "断面水质目标",
    (
        OF_SECTION,
        Column("year", low=2000, high=2100, example="2025", filtered=True),
        Column("water_class", source="水质目标责任书", example="Ⅲ类", filtered=True),
        Column("source", listed=False),
    ),
    key=("section", "year"),
    note="每个断面每年须达到的类别；没有登记的年份不作评价。",
)
FORMER_NAMES = Register(
    "water_former_names",
    FormerName,
    "断面曾用名",
    (
        Column("site", meaning="从前数据中的点位名称", example="山西省·白羊墅（旧）", searched=True),
        OF_SECTION,
        Column("renamed", meaning="从这一天起不再归入；空：一直归入", example="2021-01-01"),
        Column("lon", unit="°", meaning="移位前的位置，WGS 84；没有移位不填", listed=False),
        Column("lat", unit="°", meaning="移位前的位置，WGS 84；没有移位不填", listed=False),
    ),
    key=("site",),
    note="断面更名或小范围移位后，旧名下的数据仍归入此断面。",
)
LOGGERS = Register(
    "water_loggers",
    Logger,
    "断面数采仪",
    (
        Column("mn", source="设备铭牌", example="SX140300W001000000000001", searched=True),
        OF_SECTION,
    ),
    key=("mn",),
    note="断面自动站的数采仪（HJ 212，地表水 ST=21）。准它接入在“数采仪”页办理，这里只说明它属于哪个断面。",
)
REGISTERS = (SECTIONS, TARGETS, FORMER_NAMES, LOGGERS)
