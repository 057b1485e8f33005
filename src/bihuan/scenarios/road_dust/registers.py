"""What is registered of roads."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.scenarios.road_dust.models import Sample, Segment

TARGET = "road_segment"
SIMULATED = Column("simulated", meaning="演示用的虚构对象填“是”", listed=False)
SEGMENTS = Register(
    "road_segments",
    Segment,
    "道路路段",
    (
        *SUBJECT,
        Column("kind", source="GB 50220", filtered=True),
        Column("cleaning", source="当地城市道路清扫保洁标准", filtered=True),
        Column("km", unit="km", low=0.01, example="1.2"),
        Column("width", unit="m", low=2, high=120, example="24", listed=False),
        Column("vehicles", unit="辆/d", low=0, meaning="不清楚不填", example="18000"),
        Column("tonnes", unit="t", low=0.5, high=60, meaning="全部车辆的平均重量；不清楚不填", example="3.5", listed=False),
        Column("sweeps", unit="次/d", low=0, source="作业计划", example="2", listed=False),
        Column("washes", unit="次/d", low=0, source="作业计划", example="1", listed=False),
        Column("truck_route", meaning="渣土车、运煤车等重型货车的指定路线填“是”", filtered=True),
        Column("weather_site", meaning="用这个站的小时湿度、风速、降水筛选走航；没有则走航不能评分", example="57782", listed=False),
    ),
    page="road_dust:segment",
    target=TARGET,
    note="道路扬尘评价的路段，须有线形；责任单位填清扫保洁单位。走航和作业记录按线形、编码或名称对上路段。",
)  # fmt: skip
SAMPLES = Register(
    "road_samples",
    Sample,
    "道路积尘采样",
    (
        Column("segment", meaning="路段的编码，须已登记", example="R001", filtered=True, searched=True),
        Column("day", example="2024-03-05"),
        Column("mass", unit="g", low=0, source="HJ/T 393-2007", meaning="过 200 目筛（75 µm）的质量"),
        Column("area", unit="m²", low=0.1, source="HJ/T 393-2007", example="6"),
        Column("dirt", unit="g/m²", low=0, source="以克论净", meaning="全部尘土残存量；没有测的不填"),
        Column("laboratory", listed=False),
        SIMULATED,
    ),
    key=("segment", "day"),
    note="积尘负荷 sL = 75 µm 以下质量 ÷ 面积；尘土残存量为以克论净的结果。",
)
REGISTERS = (SEGMENTS, SAMPLES)
