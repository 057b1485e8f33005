"""What is registered of machines."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.scenarios.nonroad_machines.models import ControlZone, NonroadMachine

TARGET = "nonroad_machine"
MACHINES = Register(
    "nonroad_machines",
    NonroadMachine,
    "非道路移动机械",
    (
        *SUBJECT,
        Column(
            "label", source="环保标牌", example="140302001A", meaning="没有登记过标牌的不填", searched=True
        ),
        Column("kind", filtered=True),
        Column("fuel", filtered=True),
        Column("stage", source="环保信息公开铭牌", meaning="不清楚不填；电动不填", filtered=True),
        Column("made", example="2018-05-01", listed=False),
        Column("power", unit="kW", low=0.5, high=5000, example="110", listed=False),
        Column("engine_model", listed=False),
        Column("engine_number", source="发动机铭牌", listed=False, searched=True),
        Column("pin", listed=False, searched=True),
        Column("place", listed=False),
        Column(
            "user",
            meaning="在厂内使用的填用车单位的编码，须已登记；其他机械不填",
            example="V001",
            filtered=True,
        ),
    ),
    page="nonroad_machines:machine",
    target=TARGET,
    note="在本市使用的非道路移动机械，一机一行；责任单位填所有人。现场检查按环保登记号码对上机械。",
)
ZONES = Register(
    "nonroad_zones",
    ControlZone,
    "机械低排放控制区",
    (
        *SUBJECT,
        Column("least", meaning="低于此阶段的柴油机械不得在区内使用", filtered=True),
        Column("source", meaning="划定通告的名称、文号", listed=False),
    ),
    note="禁止使用高排放非道路移动机械的区域；启用、停用日期为通告的起止。",
)
REGISTERS = (MACHINES, ZONES)
