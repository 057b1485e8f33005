"""What is registered of inspection stations."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.scenarios.inspection_stations.models import Inspector, Line, Station

TARGET = "inspection_station"
OF_STATION = Column(
    "station", meaning="检验机构的编码，须已登记", example="JC01", filtered=True, searched=True
)
SIMULATED = Column("simulated", meaning="演示用的虚构对象填“是”", listed=False)
STATIONS = Register(
    "inspection_stations",
    Station,
    "机动车检验机构",
    (
        *SUBJECT,
        Column("licence", source="检验检测机构资质认定证书", example="201404000000", listed=False),
        Column("licence_until", source="检验检测机构资质认定证书", example="2022-06-30"),
        Column("linked", filtered=True),
        Column("contact", listed=False),
        Column("phone", listed=False),
        Column("address", listed=False),
    ),
    page="inspection_stations:station",
    target=TARGET,
    layer="机动车检验机构",
    note="机动车排放检验机构；编码与检验记录中的检验机构编码一致。",
)
LINES = Register(
    "inspection_lines",
    Line,
    "检测线",
    (
        OF_STATION,
        Column("number", meaning="与检验记录中的检测线一致", example="1"),
        Column("kind", filtered=True),
        Column("methods", example="简易瞬态工况法、双怠速法", listed=False),
        Column("dynamometer", source="设备铭牌", listed=False),
        Column("analyser", source="设备铭牌", listed=False),
        Column("opacimeter", source="设备铭牌", listed=False),
        Column("software", example="V3.2.1"),
        Column("calibrated_until", source="检定证书"),
        SIMULATED,
    ),
    key=("station", "number"),
    note="检验机构的检测线及其设备。",
)
INSPECTORS = Register(
    "inspectors",
    Inspector,
    "检验员",
    (
        OF_STATION,
        Column("number", meaning="与检验记录中的检验员一致", example="J001"),
        Column("name", searched=True),
        Column("certificate", listed=False),
        Column("certified_until"),
        SIMULATED,
    ),
    key=("station", "number"),
    note="检验机构的检验员。",
)
REGISTERS = (STATIONS, LINES, INSPECTORS)
