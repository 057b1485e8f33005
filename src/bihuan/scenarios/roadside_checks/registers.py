"""What is registered, and what comes in by tables of a register: points of remote sensing, and captures of black smoke."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.registry.roles import JUDGES, REGISTRARS
from bihuan.scenarios.roadside_checks.models import SensingPoint, SmokeCapture

POINT, VEHICLE = "sensing_point", "road_vehicle"
"""What findings are about: an instrument at the road, or a vehicle."""
POINTS = Register(
    "sensing_points",
    SensingPoint,
    "遥感监测点位",
    (
        Column("code", meaning="与检测记录中的点位编码一致；全市唯一", example="YG01", searched=True),
        *SUBJECT[1:],
        Column("kind", filtered=True, source="HJ 845-2017"),
        Column("road", searched=True, example="G207"),
        Column("lanes", low=1, high=12, listed=False),
        Column("slope", unit="°", low=-10, high=10, listed=False),
        Column("maker", filtered=True, listed=False),
        Column("calibrated", source="检定证书"),
    ),
    page="roadside_checks:point",
    target=POINT,
    note="机动车排气遥感监测的固定点位和移动监测的停放位置。",
)
SMOKE = Register(
    "smoke_captures",
    SmokeCapture,
    "黑烟抓拍",
    (
        Column("number", meaning="抓拍平台的记录编号，全市唯一", example="HY2019-000123", searched=True),
        Column("region", source="GB/T 2260", meaning="抓拍地点所在区县", filtered=True),
        Column("at", meaning="北京时间", example="2019-01-10 09:12:30"),
        Column("place", example="G207 平定段", searched=True),
        Column(
            "plate", meaning="看不清的不填；全角、空格、形近字母自动改正", example="晋C12345", searched=True
        ),
        Column("colour", example="黄", filtered=True),
        Column("ringelmann", unit="级", low=0, high=5, example="3"),
        Column("picture", meaning="照片的地址或文件名", example="HY2019-000123.jpg", listed=False),
        Column("video", meaning="视频的地址或文件名", listed=False),
        Column("simulated", meaning="演示用的虚构记录填“是”", listed=False),
    ),
    key=("number",),
    writers=tuple(dict.fromkeys((*REGISTRARS, *JUDGES))),
    note="黑烟车电子抓拍记录；导入后由人审核，确认的才计入。",
)
REGISTERS = (POINTS, SMOKE)
