"""What plant emissions registers: outlets with their devices, limits and measuring ranges, and permits; a bureau has them as lists."""

from bihuan.kit.registers.declared import Column, Register, Secret, Succession
from bihuan.scenarios.plant_emissions.devices import check_key, check_password, hand_channels, hand_loggers
from bihuan.scenarios.plant_emissions.models import Channel, Limit, Logger, Outlet, Permit, Span

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
        Column("process", meaning="须属于这一类排放口", example="水泥窑及窑尾余热", filtered=True),
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
    target="outlet",
    note="安装在线监测的废气和污水排放口（HJ 75、HJ 355）。",
)
LOGGERS = Register(
    "loggers",
    Logger,
    "数采仪",
    (
        Column("mn", source="设备铭牌", example="010000A8900016F000169DC0", searched=True),
        Column("emitter", meaning="污染源的编码，须已登记", example="P010", filtered=True),
        Column("edition", source="HJ 212", meaning="协议版本", example="HJ 212-2017", filtered=True),
        Column("vendor", meaning="单位类别为“运维单位”的全称，须已登记", filtered=True),
        Column(
            "interval",
            "分钟数据间隔",
            unit="min",
            meaning="能整除 60",
            low=1,
            high=60,
            example="10",
            listed=False,
        ),
        Column("load_code", meaning="厂家给工况负荷的因子编码；没有不填", listed=False),
        Column(
            "addresses", meaning="只准从这些地址发来；空：不限", example="10.1.2.3 10.2.0.0/16", listed=False
        ),
    ),
    key=("mn",),
    note="污染源的数据采集传输仪（HJ 212、HJ 477）。登记后接收服务即准它接入。",
    hand_over=hand_loggers,
    secrets=(
        Secret("password", "接入密码", "设备的访问密码 PW；没有密码的不核对。", check_password),
        Secret("sm4_key", "SM4 密钥", "HJ 212-2025 加密用，32 位十六进制。", check_key),
    ),
)
CHANNELS = Register(
    "channels",
    Channel,
    "数采仪通道",
    (
        Column("logger", meaning="设备编号 MN，须已登记", filtered=True, searched=True),
        Column("outlet", meaning="排放口的编码，须已登记", example="P010-1", filtered=True, searched=True),
        Column(
            "factors",
            meaning="发来的编码=项目，单位不同时再写*倍数；空：按标准的编码和单位",
            example="a21026=so2 w01018=cod*1000",
        ),
    ),
    key=("logger", "outlet"),
    note="一台数采仪的哪些因子属于哪个排放口。",
    hand_over=hand_channels,
)
LIMITS = Register(
    "limits",
    Limit,
    "排放限值",
    (
        Column("outlet", meaning="排放口的编码，须已登记", example="P010-1", filtered=True, searched=True),
        Column("item", filtered=True),
        Column("period", meaning="废气按小时均值，污水按日均值"),
        Column("ultra_low", meaning="超低排放限值填“是”", filtered=True),
        Column(
            "limit", unit="mg/m³、mg/L", source="排污许可证副本", meaning="废气为折算浓度；pH 填上限", low=0
        ),
        Column("low", meaning="只有 pH 填", low=0, listed=False),
        Column(
            "valid_from", "自", meaning="从这一天起按它判定；此前同类的一版到此为止", example="2019-07-01"
        ),
        Column("valid_until", "至", meaning="不含这一天；空：现行"),
        Column("basis", example="GB 4915-2013", listed=False),
    ),
    key=("outlet", "item", "period", "ultra_low", "valid_from"),
    succession=Succession("valid_from", "valid_until"),
    note="限值只由新的一版接替，不修改：每个小时按它当时的限值判定。",
)
SPANS = Register(
    "spans",
    Span,
    "量程",
    (
        Column("outlet", meaning="排放口的编码，须已登记", example="P010-1", filtered=True, searched=True),
        Column("item", filtered=True),
        Column("low", meaning="用监测项目自己的单位", example="0"),
        Column("high", meaning="用监测项目自己的单位", example="300"),
    ),
    key=("outlet", "item"),
    note="分析仪的测量范围：超出它的数据按异常处理。",
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
    key=("number", "valid_from"),
    succession=Succession("valid_from", "valid_until", last=True),
    note="排污许可证及其许可排放量（排污许可管理条例）。变更或延续时登记新的一版，原来的到前一天为止。",
)
REGISTERS = (OUTLETS, LOGGERS, CHANNELS, LIMITS, SPANS, PERMITS)
