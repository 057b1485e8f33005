"""The sentences of the daily brief. Chinese, as the paper is; every number comes from `figures`."""

from datetime import date, datetime
from typing import Any

from bihuan.domain.standards import Level, advice_of
from bihuan.scenarios.air.evaluation.figures import Figures

MEANS = ("pm25", "pm10", "so2", "no2")


def day_text(day: date) -> str:
    """`2月24日`."""
    return f"{day.month}月{day.day}日"


def hour_text(at: datetime) -> str:
    """`24日16时`; midnight is the 24th hour of the day that ends."""
    if at.hour == 0:
        before = date.fromordinal(at.date().toordinal() - 1)
        return f"{before.day}日24时"
    return f"{at.day}日{at.hour}时"


def written(value: float | None, decimals: int = 0) -> str:
    """A number with its decimals; a dash when missing."""
    return "—" if value is None else f"{value:.{decimals}f}"


def yesterday(f: Figures) -> str:
    """The city's day: index, level, primary pollutant with its concentration."""
    head = f"{day_text(f['yesterday'])}{f['city_name']}"
    city = f["city"]
    if city is None:
        return f"{head}没有有效的空气质量日均值。"
    if city["aqi"] is None:
        return f"{head}{lacking(city)}，六项不全，不发布空气质量指数（AQI）。"
    text = f"{head}空气质量指数（AQI）{city['aqi']}，{city['level'].numeral}{city['level'].category}"
    if not city["primary"]:
        return f"{text}，无首要污染物。"
    named = "、".join(f"{p}（{written(v, 1 if p == 'CO' else 0)} {unit}）" for p, v, unit in city["primary"])
    return f"{text}，首要污染物 {named}。"


def lacking(row: dict[str, Any]) -> str:
    """`缺 PM2.5、PM10`."""
    return f"缺 {'、'.join(row['missing'].split(','))}"


def stations(f: Figures) -> str:
    """Best and worst station of those whose six items are there; the others are named, and not ranked."""
    ranked = [r for r in f["stations"] if r["rank"] is not None]
    short = [f"{r['name']}{lacking(r)}" for r in f["stations"] if r["rank"] is None and r["missing"]]
    missing = [r["name"] for r in f["stations"] if r["rank"] is None and not r["missing"]]
    lost = f"{'、'.join(missing)}无有效日均值。" if missing else ""
    lost += f"{'；'.join(short)}，不参与排名。" if short else ""
    if not ranked:
        return lost or "没有可见的评价点位。"
    best = [r for r in ranked if r["aqi"] == ranked[0]["aqi"]]
    worst = [r for r in ranked if r["aqi"] == ranked[-1]["aqi"]]
    if len(ranked) == 1 or best == worst:
        return f"{_names(ranked)} AQI {ranked[0]['aqi']}。{lost}"
    return f"{len(ranked)} 个点位中{_names(best)}最好（AQI {ranked[0]['aqi']}），{_names(worst)}最差（AQI {ranked[-1]['aqi']}）。{lost}"


def _names(rows: list[dict[str, Any]]) -> str:
    return "、".join(r["name"] for r in rows)


def span(s: Figures | None, name: str) -> str:
    """The month or the year so far."""
    if s is None:
        return f"{name}没有有效天数。"
    dec = s["decimals"]
    before = "去年同期无数据"
    if s["pm25_before"] is not None:
        change = "有效天数不足，不作比较" if s["pm25_change"] is None else f"变化 {s['pm25_change']:+.1f}%"
        before = f"去年同期 {written(s['pm25_before'], dec['pm25'])}，{change}"
    return (
        f"{name}（{day_text(s['first'])}至{day_text(s['last'])}）PM2.5 均值 {written(s['pm25'], dec['pm25'])} µg/m³（{before}），"
        f"有效 {s['valid_days']} 天，优良 {s['good_days']} 天（{written(s['good_ratio'], 1)}%），重污染 {s['heavy_days']} 天，"
        f"综合指数 {written(s['composite'], dec['composite'])}。"
    )


def target(p: Figures) -> str:
    """One yearly target."""
    if p["so_far"] is None:
        return f"年度目标{p['label']} {p['target']:g}：还没有有效天数。"
    if p["item"] in MEANS:
        rest = (
            ""
            if p["allowed"] is None
            else f"，余下 {p['left']} 天均值不得高于 {p['allowed']:.1f} µg/m³"
            if p["reachable"]
            else f"，余下 {p['left']} 天已无法使年均达标"
        )
        return f"年度目标{p['label']} {p['target']:g} µg/m³，已有 {p['days']} 天均值 {p['so_far']:.1f} µg/m³{rest}。"
    if p["item"] == "heavy_days":
        rest = f"余下 {p['left']} 天最多再有 {p['allowed']} 天" if p["reachable"] else "已超过目标"
        return f"年度目标{p['label']} {p['target']:g} 天以内，已有 {p['so_far']} 天，{rest}。"
    rest = (
        f"余下 {p['left']} 天至少须有 {p['allowed']} 天优良"
        if p["reachable"]
        else f"余下 {p['left']} 天全部优良也达不到"
    )
    return f"年度目标{p['label']} {p['target']:g}% 以上，已有 {p['days']} 天中为 {p['so_far']:.1f}%，{rest}。"


def past(f: Figures) -> str:
    """The last 24 hours."""
    p = f["past"]
    if p is None:
        return "最近 24 小时没有收到城市小时值。"
    worst = "" if p["aqi"] is None else f"；实时 AQI 最高 {p['aqi']}（{hour_text(p['aqi_at'])}）"
    return (
        f"截至{hour_text(p['until'])}，最近 24 小时有 {p['hours']} 个城市小时值：PM2.5 均值 {p['mean']} µg/m³，最高 {p['highest']}（{hour_text(p['highest_at'])}），"
        f"最低 {p['lowest']}（{hour_text(p['lowest_at'])}），最新 {p['now']}{worst}。"
    )


def forecast(f: Figures) -> list[str]:
    """The next days, each with its range and the chance of the likeliest level."""
    run = f["forecast"]
    lines = published(f)
    if run is None:
        return lines or ["此时还没有起报的预报。"]
    if not run["days"]:
        return [*lines, f"最新一轮预报（{hour_text(run['issued'])}起报）不含这几天。"]
    if lines:
        lines.append(f"机器预报（{hour_text(run['issued'])}起报）：")
    for d in run["days"]:
        pm25 = "" if d["pm25"] is None else f"，PM2.5 中位数 {d['pm25']} µg/m³"
        heavy = f"，重污染概率 {d['heavy']}%" if d["heavy"] >= 5 else ""
        lines.append(
            f"{day_text(d['date'])}：AQI {d['low']}—{d['high']}（九成区间），最可能{d['likely'].category}（{d['chance']}%）{pm25}{heavy}。"
        )
    return lines


def published(f: Figures) -> list[str]:
    """The forecast that people have published: who and when, and its days in one sentence; nothing without one."""
    p = f["published"]
    if p is None:
        return []
    head = f"会商发布（{p['made_by']}制作、{p['approved_by']}审签，{hour_text(p['at'])}{'，模拟' if p['simulated'] else ''}）"
    return [f"{head}：{'；'.join(_published_day(d) for d in p['days'])}。"]


def _published_day(d: dict[str, Any]) -> str:
    index = f"{d['low']}—{d['high']}" if d["low"] < d["high"] else f"{d['value']}"
    named = "至".join(x.category for x in d["levels"])
    primary = f"，首要污染物 {d['primary'].replace(',', '、')}" if d["primary"] else ""
    return f"{day_text(d['date'])} AQI {index}，{named}{primary}"


def health(f: Figures) -> list[str]:
    """What people should do on those days, by the worst level that was published, else by the likeliest; HJ 633 table 2."""
    said = {d["date"]: d["levels"][-1] for d in (f["published"] or {"days": []})["days"]}
    likely = {d["date"]: d["likely"] for d in (f["forecast"] or {"days": []})["days"]}
    days: dict[Level, list[str]] = {}
    for day, level in sorted((likely | said).items()):
        days.setdefault(level, []).append(day_text(day))
    return [
        f"健康提示：{'、'.join(of)}{level.category}，{advice_of(level.level).advice}。"
        for level, of in days.items()
    ]


def cases(f: Figures) -> str:
    """What is open now."""
    c = f["cases"]
    return f"截至{day_text(c['at'].date())}{c['at']:%H:%M}，未销号问题 {c['open']} 件，其中超期 {c['overdue']} 件、今日到期 {c['due_today']} 件、待核查 {c['to_verify']} 件。"


def warning(w: Figures) -> str:
    """A warning in force: since when, and until when as planned."""
    until = f"，预计至{day_text(w['until'].date())}{w['until'].hour}时" if w["until"] else ""
    return f"{w['title']}自{day_text(w['since'].date())}{w['since'].hour}时起生效{until}，请督促落实措施。"


def focus(f: Figures) -> list[str]:
    """What to look at first; each line follows from a number above, and says which."""
    lines = [warning(w) for w in f["warnings"]]
    ranked = [r for r in f["stations"] if r["rank"] is not None and r["aqi"] > 100]
    if ranked:
        worst = ranked[-1]
        named = "、".join(p for p, _, _ in worst["primary"])
        lines.append(f"{worst['name']}昨日 AQI {worst['aqi']}，先查其周边的 {named} 来源。")
    heavy = [d for d in (f["forecast"] or {"days": []})["days"] if d["heavy"] >= 30]
    if heavy:
        ask = "" if f["warnings"] else "，请会商是否预警"
        lines.append(f"{day_text(heavy[0]['date'])}重污染概率 {heavy[0]['heavy']}%{ask}。")
    if f["cases"]["overdue"]:
        lines.append(f"督办超期问题 {f['cases']['overdue']} 件。")
    out = [p for p in f["targets"] if p["reachable"] is False]
    lines += [f"年度目标{p['label']}已难完成，请报告。" for p in out]
    return lines or ["没有须特别关注的事项。"]


def sections(f: Figures) -> list[tuple[str, list[str]]]:
    """The brief's text, heading by heading; page and Word print the same."""
    return [
        ("一、昨日空气质量", [yesterday(f), stations(f)]),
        (
            "二、本月与年初以来",
            [span(f["month"], "本月"), span(f["year"], "年初以来"), *(target(p) for p in f["targets"])],
        ),
        ("三、最近 24 小时", [past(f)]),
        ("四、未来三天预报", [*forecast(f), *health(f)]),
        ("五、问题办理", [cases(f)]),
        ("六、重点建议", focus(f)),
    ]
