"""What the monthly report on the forecast says in its tables and beside them: columns, and sentences on the methods."""

from collections.abc import Callable
from typing import Any

from bihuan.domain.verification import assessment, episodes
from bihuan.domain.verification.bootstrap import compared
from bihuan.domain.verification.kinds import humidity_kinds, weather_kinds
from bihuan.kit.shown import item_label, number, percent, signed
from bihuan.scenarios.forecast.scores.gathering import MODELS
from bihuan.scenarios.forecast.scores.tables import EPISODE

Cell = Callable[[dict[str, Any]], str]
Column = tuple[str, Cell]


def _keyword(function: Callable[..., Any], name: str) -> Any:
    return (function.__kwdefaults__ or {})[name]


def hits_note() -> str:
    """The constants of the hit rates."""
    return (
        "级别命中：概率最大的级别等于实测级别。级别范围：由 AQI 的 25%–75% 分位所在级别给出，"
        f"至多 {assessment.MOST_LEVELS} 个相邻级别。AQI 范围：中位数上下浮动 {assessment.RANGE_SHARE:.0%}"
        f"（至少 {assessment.RANGE_LEAST:.0f}）。首要污染物：只评实测 AQI 大于 {assessment.LEAST_AQI} 的日。"
        "浮动幅度各地评估办法不一，此处为系统设定。"
    )


def kinds_note() -> str:
    """What the kinds of weather are."""
    wind, damp = weather_kinds.__kwdefaults__ or {}, humidity_kinds.__kwdefaults__ or {}
    return (
        f"与持续性相比。天气取目标时刻前 12 小时的实测：降水为合计 {wind['rain']} mm 以上；静风为平均风速低于 {wind['calm']} m/s；"
        f"有风为 {wind['windy']} m/s 以上；其余为弱风。湿度为平均相对湿度：潮湿 {damp['humid']:.0f}% 以上，干燥低于 {damp['dry']:.0f}%。"
        "当日空气质量为目标日的实测 AQI 级别。没有实测的分类不列。"
    )


def episodes_note() -> str:
    """What an episode is."""
    return (
        f"PM2.5 连续至少 {episodes.LEAST_HOURS} 小时高于 {EPISODE:.0f} µg/m³ 为一次过程（中断不超过 {episodes.BRIDGE} 小时的相连）；"
        f"预报的起始时间相差不超过 {episodes.WITHIN} 小时算报出。误差为正表示预报偏晚。以上长度为系统设定。"
    )


def _of(key: str, shown: Callable[..., str] = number, *more: Any) -> Cell:
    return lambda r: shown(r[key], *more)


def _both(key: str, shown: Callable[..., str], *more: Any) -> Cell:
    """The machine's score and the other's, side by side."""
    return lambda r: f"{shown(r['machine'][key], *more)}｜{shown(r['theirs'][key], *more)}"


_ITEM: Column = ("因子", lambda r: item_label(r["item"]))
_LEAD: Column = ("时效", lambda r: f"{r['block'][:-1]} 天" if r["block"].endswith("d") else f"{r['block']} h")
_METHOD: Column = ("方法", lambda r: MODELS[r["model"]])
_N: Column = ("样本", lambda r: str(r["n"]))
_RATIO: tuple[Column, ...] = (
    ("本系统", _of("ours", number, 1)),
    ("参照", _of("other", number, 1)),
    ("比值", _of("ratio", number, 2)),
    ("90% 区间", lambda r: "—" if r["ratio_low"] is None else f"{r['ratio_low']:.2f}–{r['ratio_high']:.2f}"),
    ("结论", lambda r: r["verdict"]),
)
ERRORS: tuple[Column, ...] = (
    _ITEM, _LEAD, _METHOD, _N,
    ("RMSE", _of("rmse", number, 1)),
    ("MAE", _of("mae", number, 1)),
    ("偏差", _of("bias", signed, 1)),
    ("相关系数", _of("correlation", number, 2)),
    ("CRPS", _of("crps", number, 1)),
)  # fmt: skip
COMPARED: tuple[Column, ...] = (
    _ITEM, _LEAD, _METHOD, _N, ("天数", lambda r: str(r["days"])), *_RATIO
)  # fmt: skip
EVENTS: tuple[Column, ...] = (
    _ITEM,
    ("阈值", _of("threshold")),
    _LEAD, _METHOD, _N,
    ("实测超标", lambda r: str(r["happened"])),
    ("命中", lambda r: str(r["hits"])),
    ("漏报", lambda r: str(r["misses"])),
    ("空报", lambda r: str(r["false_alarms"])),
    ("POD", _of("pod", number, 2)),
    ("FAR", _of("far", number, 2)),
    ("CSI", _of("csi", number, 2)),
)  # fmt: skip
BANDS: tuple[Column, ...] = (
    _ITEM, _LEAD, _N,
    ("90% 区间覆盖", _of("inside", percent, 1)),
    ("低于区间", _of("below", percent, 1)),
    ("高于区间", _of("above", percent, 1)),
    ("实测最高一成", lambda r: str(r["n_top"])),
    ("其中覆盖", _of("inside_top", percent, 1)),
    ("平均宽度", _of("width", number, 1)),
    ("分位数最大偏离", _of("fault", percent, 1)),
    ("分位数损失", _of("pinball", number, 1)),
)  # fmt: skip
BRIER: tuple[Column, ...] = (
    ("PM2.5 高于", _of("threshold")),
    _LEAD, _N,
    ("发生", lambda r: str(r["events"])),
    ("布里尔评分", _of("brier", number, 3)),
    ("参照的评分", _of("brier_reference", number, 3)),
    ("技巧", _of("skill", number, 2)),
    ("可靠性平均偏离", _of("fault", percent, 1)),
)  # fmt: skip
RELIABLE: tuple[Column, ...] = (
    _LEAD,
    ("预报概率档", lambda r: f"{r['low']:.0%}–{r['high']:.0%}"),
    _N,
    ("平均预报概率", _of("said", percent, 0)),
    ("实际频率", _of("happened", percent, 0)),
)
HITS: tuple[Column, ...] = (
    ("提前天数", lambda r: str(r["ahead"])),
    _N,
    ("级别命中", _of("hit", percent)),
    ("差一级以内", _of("within_one", percent)),
    ("级别范围命中", _of("range_hit", percent)),
    ("AQI 范围命中", _of("index_hit", percent)),
    ("首要污染物命中", lambda r: f"{percent(r['primary_hit'])}（{r['primary_n'] or 0} 天次）"),
    ("持续性级别命中", _of("kept", percent)),
)
OPINIONS: tuple[Column, ...] = (
    ("来源", lambda r: str(r["name"])),
    _ITEM,
    ("提前天数", lambda r: str(r["ahead"])),
    _N,
    ("MAE 机器｜对方", _both("mae", number, 1)),
    ("偏差", _both("bias", signed, 1)),
    ("级别命中", _both("level_hit", percent)),
    ("范围命中", _both("inside", percent)),
    ("首要污染物命中", _both("primary_hit", percent)),
)
INDICATORS: tuple[Column, ...] = (
    _ITEM,
    ("提前天数", lambda r: str(r["ahead"])),
    _N,
    ("参照", lambda r: MODELS[r["model"]]),
    ("RMSE", _of("rmse", number, 1)),
    ("参照 RMSE", _of("rmse_reference", number, 1)),
    ("比值", _of("plain", number, 2)),
    ("计入测量不确定度", _of("indicator", number, 2)),
)
EPISODES: tuple[Column, ...] = (
    ("提前天数", lambda r: str(r["ahead"])),
    ("过程", lambda r: str(r["episodes"])),
    ("起报次数", lambda r: str(r["n"])),
    ("报出", _of("found", percent)),
    ("起始误差（h）", _of("onset_error", signed, 1)),
    ("起始绝对误差（h）", _of("onset_size", number, 1)),
    ("峰值时间误差（h）", _of("peak_error", signed, 1)),
    ("峰值时间绝对误差（h）", _of("peak_size", number, 1)),
)
SITES: tuple[Column, ...] = (
    ("点位", lambda r: r["place"]), _N, ("天数", lambda r: str(r["days"])), *_RATIO
)  # fmt: skip
SEASONS: tuple[Column, ...] = (
    _ITEM, ("季节", lambda r: str(r["season"])), _LEAD, _N, ("天数", lambda r: str(r["days"])), *_RATIO
)  # fmt: skip
KINDS: tuple[Column, ...] = (
    ("分类", lambda r: str(r["sort"])),
    ("类别", lambda r: str(r["kind"])),
    _LEAD, _N, ("天数", lambda r: str(r["days"])), *_RATIO
)  # fmt: skip
DAYS: tuple[Column, ...] = (
    _ITEM,
    ("日期", lambda r: f"{r['day']:%m-%d}"),
    _N,
    *((f"{name} RMSE", _of(model, number, 1)) for model, name in MODELS.items()),
)
OPINIONS_NOTE = "会商预报与上级指导预报：同一次对同一日，与机器预报相比；后来被替换或撤回的版本也计入。"
HOURS_NOTE = (
    "只用各方法都有预报、且有实测的小时。MAE 对中位数计算，其余对均值计算；单值方法的 CRPS 就是其 MAE。"
)
COMPARED_NOTE = (
    "比值为本系统均方根误差与参照之比，小于 1 为优；区间按日分块自助法得到"
    f"（每块 {_keyword(compared, 'block')} 天，抽 {_keyword(compared, 'draws')} 次）。"
    "持续性＝起报时最近的实测值不变；阻尼持续性＝该值按 24 小时衰减到此前 30 天均值。"
)
EVENTS_NOTE = (
    "PM2.5 按小时、O3 按日最大 8 小时均值；只列实测出现过超标的行。POD 命中率、FAR 空报率、CSI 临界成功指数。"
)
BANDS_NOTE = (
    "90% 区间应覆盖约 90% 的实测。技巧的参照是此前 35 天同一钟点的超标频率；历史不足 30 天时不给技巧。"
)
FAIRMODE_NOTE = "与欧洲 FAIRMODE 预报指标同类：本系统与参照的均方根误差之比，末列参照的误差另加测量不确定度；不大于 1 为合格。"
DAYS_NOTE = "按预报的那一天（北京时间），只用各方法都有预报、且有实测的小时。"
SEASONS_NOTE = (
    "与持续性相比。冬为 12 月至 2 月，余类推；采暖期为 11 月 15 日至 3 月 15 日，与预报模型所用相同。"
)
