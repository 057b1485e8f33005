"""What the routes are to people."""

from bihuan.kit.registers.declared import Column, Register
from bihuan.scenarios.vehicles_on_roads.models import HaulRoute

ROUTES = Register(
    "haul_routes",
    HaulRoute,
    "运输路线",
    (
        Column("unit", meaning="用车单位的编码，须已登记", example="V001", filtered=True, searched=True),
        Column("road", meaning="路段的编码，须已登记", example="R01", searched=True),
        Column("share", unit="%", low=0, high=100, meaning="进出该单位的车次中经过这条路段的占比，每条路段单独填，不必合计为 100", example="60"),
        Column("note", source="运输路线备案或调查", example="国道至2号门", listed=False),
        Column("simulated", meaning="演示用的虚构对象填“是”", listed=False),
    ),
    key=("unit", "road"),
    note="用车单位的车辆进出时经过哪些路段。没有登记路线的单位不计入任何路段。",
)  # fmt: skip
REGISTERS = (ROUTES,)
