"""What exceptions at gates are to people."""

from bihuan.kit.registers.declared import Column, Register
from bihuan.registry.models import GatePass
from bihuan.registry.roles import OFFICE

GATE_PASSES = Register(
    "gate_passes",
    GatePass,
    "例外车辆",
    (
        Column("plate", meaning="全角、空格、形近字母自动改正", example="晋C12345", searched=True),
        Column("region", source="GB/T 2260", meaning="批准的县区；全市填城市的代码", filtered=True),
        Column("unit", meaning="只在这一单位有效；不填则在所有单位有效", example="V001", filtered=True),
        Column("reason", filtered=True),
        Column("note", meaning="批准的文号或事由", searched=True),
        Column("since", meaning="从这一刻起", example="2019-01-11 08:00"),
        Column("until", meaning="到这一刻止", example="2019-01-14 08:00"),
        Column("simulated", meaning="演示用的填“是”", listed=False),
    ),
    key=("plate", "since"),
    writers=OFFICE,
    note="预警期间准予通行的车辆（应急抢险、民生保障等）。门禁判定和规则文件下次更新时即按此放行，并注明所依的例外。",
)
