"""What is registered of sites and yards."""

from bihuan.kit.registers.declared import SUBJECT, Column, Register, Secret
from bihuan.scenarios.dust_sites.entrance import check_token, keep_tokens
from bihuan.scenarios.dust_sites.models import DustSite, Exit, Monitor, NightPermit, Sender, Watering

SITE, MONITOR = "dust_site", "dust_monitor"
"""What findings are about: a site or yard, or one of the monitors."""
SIMULATED = Column("simulated", meaning="演示用的虚构对象填“是”", listed=False)
OF_SITE = Column("site", meaning="工地或堆场的编码，须已登记", example="GD001", filtered=True, searched=True)
SINCE = Column("since", meaning="北京时间", example="2024-03-01 22:00")
UNTIL = Column("until", meaning="北京时间", example="2024-03-02 06:00")
SITES = Register(
    "dust_sites",
    DustSite,
    "扬尘工地和堆场",
    (
        *SUBJECT,
        Column("kind", filtered=True),
        Column("phase", filtered=True, meaning="堆场填“运行中”；停工的填“停工”"),
        Column("area", unit="m²", low=0, source="施工许可证", example="12000"),
        Column("setting", meaning="有的地方限值按地段分；不清楚不填", listed=False),
        Column("address", listed=False, searched=True),
        Column("builder", listed=False, searched=True),
        Column("supervisor", example="住建局", listed=False, filtered=True),
        Column("manager", listed=False),
        Column("emitter", meaning="应急减排清单中的编码，原样填写；不在清单中不填", listed=False, searched=True),
        Column("material", meaning="堆场", example="原煤", listed=False),
        Column("shed", meaning="堆场", listed=False),
        Column("spray", meaning="堆场", listed=False),
        Column("pile_height", unit="m", low=0, meaning="堆场", listed=False),
        Column("daily_tonnes", unit="t/d", low=0, meaning="堆场", listed=False),
        Column("moisture", unit="%", low=0.25, high=60, meaning="堆场", listed=False),
    ),
    page="dust_sites:site",
    target=SITE,
    note="施工、拆迁工地，搅拌站，裸地和物料堆场；责任单位填施工或经营单位，位置图形填边界（面）。",
)  # fmt: skip
EXITS = Register(
    "dust_exits",
    Exit,
    "工地出入口",
    (
        OF_SITE,
        Column("name", example="东门"),
        Column("wash", filtered=True),
        Column("video"),
        Column("paved_metres", unit="m", low=0, listed=False),
        SIMULATED,
    ),
    key=("site", "name"),
    note="工地和堆场的车辆出入口。",
)
MONITORS = Register(
    "dust_monitors",
    Monitor,
    "扬尘监测点",
    (
        Column("code", meaning="与监测数据中的点位一致；全市唯一", example="GD001-1", searched=True),
        *SUBJECT[1:],
        Column("site", meaning="所在工地或堆场的编码；不在工地的周边点不填", example="GD001", filtered=True, searched=True),
        Column("mn", source="设备铭牌", meaning="数采仪（HJ 212，ST=22、26 或 39）；准它接入在“数采仪”页办理", listed=False, searched=True),
        Column("unit", meaning="数采仪上传颗粒物用的单位；文件和接口按 µg/m³"),
        Column("sender", meaning="用接口上传它的数据的单位的编码；不用接口的不填", listed=False),
        Column("place", example="东门主导下风向", listed=False),
        Column("height", unit="m", low=0, high=30, example="3"),
        Column("model", listed=False),
    ),
    page="dust_sites:monitor",
    target=MONITOR,
    note="工地上的颗粒物在线监测设备，以及用来比较的周边点。",
)  # fmt: skip
PERMITS = Register(
    "dust_night_permits",
    NightPermit,
    "夜间施工许可",
    (OF_SITE, SINCE, UNTIL, Column("number", searched=True), Column("issuer", listed=False), SIMULATED),
    key=("site", "since"),
    note="经批准的夜间施工（抢修、抢险、连续浇筑）。",
)
WATERINGS = Register(
    "dust_watering",
    Watering,
    "洒水记录",
    (OF_SITE, SINCE, UNTIL, Column("way", filtered=True), Column("water", unit="m³", low=0), SIMULATED),
    key=("site", "since", "way"),
    note="工地自报的洒水、喷淋、雾炮记录，与监测点的湿度核对。",
)
SENDERS = Register(
    "dust_senders",
    Sender,
    "扬尘数据上传方",
    SUBJECT,
    hand_over=keep_tokens,
    secrets=(Secret("token", "令牌", "至少 24 位，随机产生；只存摘要，忘了就换新的", check_token),),
    note="用接口（POST /s/dust_sites/receive/）上传监测数据的单位。它只能上传登记了它的监测点。",
)
REGISTERS = (SITES, EXITS, SENDERS, MONITORS, PERMITS, WATERINGS)
