"""The monthly report on the forecast as Word (Chinese only, as it is filed): every number is computed."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from docx import Document

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.domain.verification import assessment, episodes
from bihuan.domain.verification.bootstrap import difference
from bihuan.web import paper, score_drift, score_opinions, scores
from bihuan.web import score_tables as tables
from bihuan.web.scores import MODELS, Gathered, Span
from bihuan.web.templatetags.show import item_label, number, percent, signed

Cell = Callable[[dict[str, Any]], str]
Column = tuple[str, Cell]


def document(span: Span, place: str, name: str, stations: dict[str, str]) -> bytes:
    """The .docx of a month and place; where nothing was issued it says so and holds no table."""
    page = Document()
    paper.a4(page)
    year, month = span.key.split("-")
    paper.line(page, "空气质量预报检验月报", size=18, bold=True, centre=True)
    paper.line(page, f"{name}　{year}年{int(month)}月", size=11, centre=True)
    found = scores.gathered(place, span)
    if found is None:
        paper.line(page, "本月没有起报，无从检验。")
    else:
        _sections(page, found, stations)
    paper.line(page, footer(), size=8)
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()


def _sections(page: Any, g: Gathered, stations: dict[str, str]) -> None:
    comparison = tables.comparison(g)
    _part(page, "一、概况", overview(g, comparison))
    _part(page, "二、逐小时误差", [HOURS_NOTE], ERRORS, tables.errors(g))
    _part(page, "三、与参照方法相比", [COMPARED_NOTE], COMPARED, comparison)
    _part(page, "四、超标预报", [EVENTS_NOTE], EVENTS, [r for r in tables.events(g) if r["happened"]])
    _part(page, "五、区间与概率", [BANDS_NOTE], BANDS, tables.intervals(g))
    _part(page, "", [], BRIER, tables.brier(g))
    _part(page, "", ["PM2.5 小时浓度超过 75 µg/m³ 的概率的可靠性："], RELIABLE, tables.reliability(g))
    _part(page, "六、日 AQI 预报", [hits_note()], HITS, tables.hits(g))
    opinions = score_opinions.rows(g)
    if opinions:
        _part(page, "", [OPINIONS_NOTE], OPINIONS, opinions)
    _part(page, "七、日均值与参照之比", [FAIRMODE_NOTE], INDICATORS, tables.indicators(g))
    _part(page, "八、污染过程", [episodes_note()], EPISODES, tables.episodes(g))
    rows, better = tables.by_site(g.span, stations)
    lines = (
        [f"{len(rows)} 个点位中 {better[0]:.0%} 的点位优于持续性（常用要求 90%）。"]
        if better
        else ["没有点位预报。"]
    )
    _part(page, "九、各点位（PM2.5，前 24 小时）", lines, SITES, rows)
    _part(
        page,
        "十、漂移监视（截至制表时近 14 天）",
        [d.text for d in score_drift.findings()] or ["近 14 天没有起报。"],
    )


def _part(
    page: Any,
    heading: str,
    lines: Sequence[str],
    columns: Sequence[Column] = (),
    rows: Sequence[dict[str, Any]] = (),
) -> None:
    """A heading, sentences, and a table; a table without rows becomes a sentence."""
    if heading:
        paper.line(page, heading, size=11, bold=True)
    for text in lines:
        paper.line(page, text)
    if rows:
        paper.table(page, [head for head, _ in columns], [[cell(r) for _, cell in columns] for r in rows])
    elif columns:
        paper.line(page, "没有可评的样本。")


def overview(g: Gathered, comparison: Sequence[dict[str, Any]]) -> list[str]:
    """How much was issued and scored, and what follows in one sentence for each item."""
    issued = g.said["issued"].unique().sort().dt.convert_time_zone("Asia/Shanghai")
    scored = g.hours.filter(g.hours["model"] == "ours").height
    lines = [
        f"共起报 {len(issued)} 次（{issued[0]:%m-%d %H:%M} 至 {issued[-1]:%m-%d %H:%M}），"
        f"有实测可评的逐小时预报 {scored} 个，有实测可评的日 {g.days['date'].n_unique()} 天。"
    ]
    for r in comparison:
        if r["model"] == "persistence" and r["block"] in ("1-24", "49-72"):
            lines.append(
                f"{item_label(r['item'])} 第 {r['block']} 小时：均方根误差 {r['ours']:.1f}，"
                f"持续性 {r['other']:.1f}，比值 {number(r['ratio'], 2)}{_interval(r)}，{r['verdict']}。"
            )
    return lines


def _interval(r: dict[str, Any]) -> str:
    return "" if r["ratio_low"] is None else f"（90% 区间 {r['ratio_low']:.2f}–{r['ratio_high']:.2f}）"


def footer() -> str:
    """When it was made and from what."""
    return (
        f"制表 {clock.now().astimezone(CST):%Y-%m-%d %H:%M}（北京时间）。预报取自已冻结的各次起报，实测为制表时已收到并经审核的值，"
        "未扣除沙尘；浓度单位 µg/m³。本表由系统计算生成。"
    )


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


def episodes_note() -> str:
    """What an episode is."""
    return (
        f"PM2.5 连续至少 {episodes.LEAST_HOURS} 小时高于 {tables.EPISODE:.0f} µg/m³ 为一次过程（中断不超过 {episodes.BRIDGE} 小时的相连）；"
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
OPINIONS_NOTE = "会商预报与上级指导预报：同一次对同一日，与机器预报相比；后来被替换或撤回的版本也计入。"
HOURS_NOTE = (
    "只用各方法都有预报、且有实测的小时。MAE 对中位数计算，其余对均值计算；单值方法的 CRPS 就是其 MAE。"
)
COMPARED_NOTE = (
    "比值为本系统均方根误差与参照之比，小于 1 为优；区间按日分块自助法得到"
    f"（每块 {_keyword(difference, 'block')} 天，抽 {_keyword(difference, 'draws')} 次）。"
    "持续性＝起报时最近的实测值不变；阻尼持续性＝该值按 24 小时衰减到此前 30 天均值。"
)
EVENTS_NOTE = (
    "PM2.5 按小时、O3 按日最大 8 小时均值；只列实测出现过超标的行。POD 命中率、FAR 空报率、CSI 临界成功指数。"
)
BANDS_NOTE = (
    "90% 区间应覆盖约 90% 的实测。技巧的参照是此前 35 天同一钟点的超标频率；历史不足 30 天时不给技巧。"
)
FAIRMODE_NOTE = "与欧洲 FAIRMODE 预报指标同类：本系统与参照的均方根误差之比，末列参照的误差另加测量不确定度；不大于 1 为合格。"
