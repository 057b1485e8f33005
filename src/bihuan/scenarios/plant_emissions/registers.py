"""What plant emissions registers beside its own pages: outlets and permits, which a bureau has as lists."""

from bihuan.kit.registers.declared import Column, Register
from bihuan.scenarios.plant_emissions.models import Outlet, Permit

OUTLETS = Register(
    "outlets",
    Outlet,
    "排放口",
    (
        Column(
            "code", source="排污许可证副本", meaning="大写字母、数字和连字符", example="P010-1", searched=True
        ),
        Column("name", example="1 号窑窑尾", searched=True),
        Column("emitter", meaning="污染源的编码，须已登记", example="P010", filtered=True),
        Column("kind", filtered=True),
        Column("process", meaning="工艺的代码；填错时提示可选的", example="cement_kiln", filtered=True),
        Column(
            "ref_o2",
            "基准氧含量",
            unit="%",
            source="行业排放标准",
            meaning="不折算的和污水不填",
            example="10",
            listed=False,
        ),
        Column("rated_flow", "额定流量", unit="m³/h", source="验收报告", low=0, listed=False),
        Column(
            "duct_area", "烟道截面积", unit="m²", source="验收报告", meaning="只有废气填", low=0, listed=False
        ),
        Column("since", meaning="此前的小时不要求有数据", example="2019-01-01 00:00"),
        Column("simulated", "模拟", listed=False),
    ),
    page="plant_emissions:outlet",
    note="安装在线监测的废气和污水排放口（HJ 75、HJ 355）。",
)
PERMITS = Register(
    "permits",
    Permit,
    "排污许可证",
    (
        Column("number", source="排污许可证正本", searched=True),
        Column("emitter", "企业", meaning="污染源的编码，须已登记", example="P010", filtered=True),
        Column("valid_from", example="2024-01-01"),
        Column("valid_until", meaning="最后一天也有效", example="2028-12-31"),
        *(
            Column(
                item,
                title,
                unit="t/a",
                source="排污许可证副本",
                meaning="空：没有许可量",
                low=0,
                listed=False,
            )
            for item, title in (
                ("pm", "颗粒物许可量"),
                ("so2", "二氧化硫许可量"),
                ("nox", "氮氧化物许可量"),
                ("cod", "化学需氧量许可量"),
                ("nh3n", "氨氮许可量"),
                ("tp", "总磷许可量"),
                ("tn", "总氮许可量"),
            )
        ),
        Column("simulated", "模拟", listed=False),
    ),
    key=("number",),
    note="排污许可证及其许可排放量（排污许可管理条例）。",
)
REGISTERS = (OUTLETS, PERMITS)
