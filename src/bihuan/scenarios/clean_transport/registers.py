"""What is registered of clean transport. The register of reports is the official workbook: its template, import and export have the columns of the 清洁运输统计表."""

from bihuan.domain.vehicles.clean.columns import WAYS_OF
from bihuan.kit.registers.declared import Column, Register
from bihuan.scenarios.clean_transport.models import Batch, Haul, Report

SIMULATED = Column("simulated", meaning="演示用的虚构对象填“是”", listed=False)
UNIT = Column("unit", meaning="用车单位的编码，须已登记", example="V001", filtered=True, searched=True)
YEAR = Column("year", low=2000, high=2100, example="2024", filtered=True)
MONTH = Column("month", low=1, high=12, example="3", filtered=True)
CARGO = Column("cargo", meaning="大宗物料或产品；不清楚填“不明”", example="铁矿石", searched=True)
BATCHES = Register(
    "transport_batches",
    Batch,
    "清洁运输批次",
    (
        UNIT,
        Column("number", meaning="货票号、船次或结算单号，一个单位内唯一", example="HP20240301-07", searched=True),
        YEAR,
        MONTH,
        Column("direction", filtered=True),
        Column("mode", filtered=True),
        CARGO,
        Column("tonnes", unit="t", low=0, source="货票、过磅单或结算单", example="3600"),
        Column("last_leg", meaning="货场到厂内由汽车短驳的，吨数以门禁称重为准", filtered=True),
        Column("evidence", meaning="凭证的文件名；没有不填", example="货票-2024-03-01.pdf"),
        SIMULATED,
    ),
    key=("unit", "number"),
    note="铁路、水路、管道、管带运输的批次。没有凭证的照样计入，并列为问题。",
)  # fmt: skip
_UNKNOWN = {"unknown": "单位自己也不清楚燃料或阶段的吨数；不摊到其他列"}
REPORTS = Register(
    "transport_reports",
    Report,
    "清洁运输统计表",
    (
        UNIT,
        YEAR,
        MONTH,
        Column("direction", filtered=True),
        CARGO,
        *(Column(way, unit="t", low=0, meaning=_UNKNOWN.get(way, "")) for way in WAYS_OF),
        Column("total", unit="t", low=0, meaning="须等于各方式之和；可不填"),
        Column("unweighed", unit="车次", low=0, meaning="没有重量的车次，不折成吨", listed=False),
        Column("remark", listed=False),
        SIMULATED,
    ),
    key=("unit", "year", "month", "direction", "cargo"),
    note="用车单位每月上报的清洁运输统计表，每种物料一行。没有填的列按没有上报算，不当作 0。",
)
HAULS = Register(
    "transport_hauls",
    Haul,
    "运距",
    (
        UNIT,
        Column("km", unit="km", low=0.1, high=2000, meaning="一趟单程的平均公里数", example="45"),
        Column("source", example="运输合同"),
        SIMULATED,
    ),
    key=("unit",),
    note="车辆行驶里程 = 车次 × 2 × 平均运距。没有登记运距的单位，里程和排放按不清楚算。",
)
REGISTERS = (BATCHES, REPORTS, HAULS)
