"""What is registered of vehicles inside the works; machines are another folder's, and their register is found by its model (`AtUser`)."""

from bihuan.kit.registers.declared import Column, Register
from bihuan.scenarios.vehicle_users.models import InPlantVehicle

IN_PLANT = Register(
    "in_plant_vehicles",
    InPlantVehicle,
    "厂内运输车辆",
    (
        Column("user", meaning="用车单位的编码，须已登记", example="V001", filtered=True, searched=True),
        Column(
            "number", meaning="没有环保登记编码的填厂内编号；一个单位内唯一", example="NB-007", searched=True
        ),
        Column("kind", filtered=True),
        Column("plate", meaning="没有号牌的不填", example="晋C12345", searched=True),
        Column("vin", example="LZZ5EXSD0KA123459", listed=False, searched=True),
        Column("make", example="某某 ZZ3257", listed=False),
        Column("engine_no", source="发动机铭牌", listed=False),
        Column("fuel", example="柴油", filtered=True),
        Column("stage", meaning="不清楚不填", example="国五", filtered=True),
        Column("stage_source", meaning="排放阶段从哪里得知；填了阶段须填", example="随车清单", filtered=True),
        Column("made", example="2018-06-01", listed=False),
        Column("owner", listed=False),
        Column("since", example="2018-07-01", listed=False),
        Column("until", meaning="停用后的第一天；空：仍在用", example="2026-01-01", listed=False),
        Column("simulated", meaning="演示用的虚构对象填“是”", listed=False),
    ),
    key=("user", "number"),
    note="只在厂内运输货物的车辆（HJ 1321-2023 三本台账之一，条款待核）；叉车、装载机等登记为非道路移动机械。",
)
REGISTERS = (IN_PLANT,)
