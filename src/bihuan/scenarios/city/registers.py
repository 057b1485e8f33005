"""What a city registers before anything else, from its map to the list of what each enterprise does at a warning."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.registry.models import (
    CalendarDay,
    DustPeriod,
    Emitter,
    Gate,
    Measure,
    Organisation,
    Reach,
    Region,
    River,
    Site,
    Vehicle,
    VehicleUser,
)
from bihuan.registry.roles import OFFICE

REGIONS = Register(
    "regions",
    Region,
    "区划",
    (
        Column("code", source="GB/T 2260", meaning="六位代码；乡镇为九位", example="140321", searched=True),
        Column("name", example="平定县", searched=True),
        Column("parent", meaning="上一级的代码；最高一级不填", example="140300", filtered=True),
        Column(
            "geometry", source="民政部门的勘界成果", meaning="GeoJSON，WGS 84；也可导入图形文件", listed=False
        ),
    ),
    target="region",
    note="本市及各县区、乡镇的代码和边界。点位和企业的坐标按边界核对。",
)
ORGANISATIONS = Register(
    "organisations",
    Organisation,
    "单位",
    (
        Column("name", meaning="全称，全市唯一", example="平定县生态环境分局", searched=True),
        Column("kind", filtered=True),
        Column("region", meaning="所在区划的代码或名称", example="140321", filtered=True),
        Column("simulated", meaning="演示用的虚构单位填“是”", listed=False),
    ),
    key=("name",),
    note="承办问题的县区和部门、被监管的企业、指挥中心。",
)
STATIONS = Register(
    "stations",
    Site,
    "监测点位",
    (
        *SUBJECT,
        Column("rank", source="环境空气质量监测网设置方案", filtered=True),
        Column("city", meaning="它的数据计入哪个城市；不参与评价的不填", example="140300", listed=False),
        Column("evaluated", meaning="参与城市评价的国控点填“是”", filtered=True),
        Column("neighbour", meaning="外市的、只作比较的点位填“是”"),
    ),
    target="site",
    note="环境空气自动监测点位。编码须与数据文件中的点位编码一致。",
)
EMITTERS = Register(
    "emitters",
    Emitter,
    "污染源",
    (
        *SUBJECT,
        Column("kind", filtered=True),
        Column("industry", source="GB/T 4754", example="水泥", filtered=True),
        Column("grade", source="重污染天气重点行业应急减排措施制定技术指南", example="B", filtered=True),
        Column("guaranteed", meaning="保障民生和重点工程的填“是”"),
    ),
    page="unit",
    target="emitter",
    note="应急减排清单上的工业源、扬尘源和移动源。",
)
MEASURES = Register(
    "measures",
    Measure,
    "减排措施",
    (
        Column("emitter", meaning="污染源的编码，须已登记", example="P001", filtered=True),
        Column("level", filtered=True),
        Column("pollutant", meaning="pm、so2、nox 或 voc", example="nox", filtered=True),
        Column("text", example="停运一半熟料生产线", searched=True),
        Column("kg_per_day", unit="kg/d", low=0, example="660"),
        Column("basis", example="重污染天气应急减排清单（2018 年版）", listed=False),
    ),
    key=("emitter", "level", "pollutant"),
    note="每个污染源在每级预警下做什么、减多少。",
)
CALENDAR = Register(
    "calendar",
    CalendarDay,
    "放假安排",
    (
        Column("day", meaning="放假的每一天各一行，周末连休的也写", example="2027-02-06"),
        Column("kind", meaning="放假，或调休上班", example="放假", filtered=True),
        Column("feast", example="春节", searched=True),
        Column("source", meaning="国务院办公厅通知的文号", example="国办发明电〔2026〕×号", searched=True),
    ),
    key=("day",),
    writers=OFFICE,
    note="国务院办公厅关于部分节假日安排的通知。按工作日、工作小时计的办结期限依此推算，先于系统自带的安排。",
)
DUST_PERIODS = Register(
    "dust_periods",
    DustPeriod,
    "沙尘时段",
    (
        Column("region", meaning="整个城市填城市的代码", example="140300", filtered=True),
        Column("since", meaning="从这一小时开始（起点）", example="2024-04-18 09:00"),
        Column("until", meaning="不含这一小时", example="2024-04-19 02:00"),
        Column("source", meaning="通报或复函的文号、日期", example="环办监测函〔2024〕×号", searched=True),
        Column("simulated", meaning="演示用的虚构时段填“是”", listed=False),
    ),
    key=("region", "since"),
    writers=OFFICE,
    note="官方认定的沙尘天气影响时段（环办监测〔2016〕120号）。工地、道路扬尘的超限和排名不计这些时段。",
)
RIVERS = Register(
    "rivers",
    River,
    "河流",
    (
        *SUBJECT,
        Column("basin", example="海河流域", filtered=True),
        Column("length_km", unit="km", low=0, example="79"),
        Column("area_km2", unit="km²", low=0, example="1310"),
    ),
    layer="河流",
    target="river",
    note="各条河流；区划填河流主要所在的县区，跨县的填本市。可导入图形文件（线）。",
)
REACHES = Register(
    "reaches",
    Reach,
    "河段",
    (
        *SUBJECT,
        Column("river", meaning="河流的编码，须已登记", example="R01", filtered=True),
        Column("below", meaning="流入的下一河段的编码；出境或汇入市外河流的不填", example="R01-02"),
        Column("length_km", unit="km", low=0, example="12.5"),
        Column("speed", unit="m/s", low=0, meaning="平均流速，推算水走多久用；不清楚不填", example="0.4"),
        Column("flow", unit="m³/s", low=0, meaning="测得该流速时的流量", example="1.5"),
    ),
    layer="河段",
    target="reach",
    note="河流按县界、汇入口和断面分成的河段，从上到下相连成河网。断面、排污口按河段定位，溯源按河网逆流而上。",
)
VEHICLE_USERS = Register(
    "vehicle_users",
    VehicleUser,
    "重点用车单位",
    (
        *SUBJECT,
        Column("industry", example="水泥", filtered=True),
        Column(
            "grade", meaning="重污染天气绩效分级：A、B、C、D、引领性、非引领性", example="B", filtered=True
        ),
        Column("emitter", meaning="减排清单中的单位编码，须已登记；不在清单上的不填", example="P012"),
        Column("guaranteed", meaning="保障类单位"),
        Column(
            "clean_goal",
            unit="%",
            low=0,
            high=100,
            source="绩效分级或超低排放文件",
            meaning="清洁运输比例应达到的数",
            example="80",
        ),
        Column("contact", listed=False),
        Column("phone", listed=False),
    ),
    layer="重点用车单位",
    target="vehicle_user",
    note="安装门禁系统的重点用车单位（HJ 1321-2023）。编码即门禁数据中的单位编码。",
)
GATES = Register(
    "gates",
    Gate,
    "门禁",
    (
        Column("code", meaning="与门禁数据中的出入口编码一致；全市唯一", example="V001-G1", searched=True),
        *SUBJECT[1:],
        Column("unit", meaning="用车单位的编码，须已登记", example="V001", filtered=True, searched=True),
        Column("kind", filtered=True),
        Column("weighbridge", meaning="有地磅，过磅数据随过车记录上传"),
        Column("vendor", example="某某科技", filtered=True),
    ),
    layer="门禁",
    target="gate",
    note="用车单位的每个出入口各一行，侧门也要登记。",
)
VEHICLES = Register(
    "vehicles",
    Vehicle,
    "车辆名录",
    (
        Column("plate", meaning="全角、空格、形近字母自动改正", example="晋C12345", searched=True),
        Column("colour", example="黄", filtered=True),
        Column("region", source="GB/T 2260", meaning="登记地；外地车填使用地", filtered=True),
        Column("vin", example="LZZ5EXSD0KA123459", searched=True),
        Column("engine_no", listed=False),
        Column("vehicle_type", meaning="GA/T 16.4 代码或文字", example="重型半挂牵引车", filtered=True),
        Column("fuel", example="柴油", filtered=True),
        Column("stage", example="国五", filtered=True),
        Column("stage_source", meaning="排放阶段从哪里得知", example="随车清单", filtered=True),
        Column("registered", example="2018-06-01"),
        Column("use", example="货运", listed=False),
        Column("owner", listed=False),
        Column("permitted_kg", unit="kg", low=0, meaning="行驶证上的总质量", example="49000", listed=False),
        Column("curb_kg", unit="kg", low=0, meaning="整备质量", example="8800", listed=False),
        Column("source", meaning="名单的来源", example="国家车辆名录 2018-12", listed=False),
        Column("simulated"),
    ),
    key=("plate", "colour"),
    note="国家或检验机构给出的车辆清单，核对过车记录的排放阶段。",
)
CITY = (
    REGIONS,
    ORGANISATIONS,
    STATIONS,
    EMITTERS,
    MEASURES,
    CALENDAR,
    DUST_PERIODS,
    RIVERS,
    REACHES,
    VEHICLE_USERS,
    GATES,
    VEHICLES,
)
