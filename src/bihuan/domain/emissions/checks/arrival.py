"""What came, and when: offline, late, transmission rate, share of valid hours, minutes in an hour."""

from datetime import timedelta

import polars as pl

from bihuan.domain.checks import no_findings
from bihuan.domain.emissions.checks.frames import (
    KEY,
    LABEL,
    complete_hours,
    findings,
    hours_long,
    local_day,
    measured,
    moment,
    number,
    outside,
    runs,
    with_outlet,
    without_value,
)
from bihuan.domain.emissions.tables import LABELS, POLLUTANTS, Stacks
from bihuan.domain.outages import explained, explained_time, joined, touched_hours
from bihuan.domain.timeaxis import HOUR

EXPLAINED = ("F", "C", "M")
"""Flags that say why an hour has too few minutes: stopped, calibration, maintenance."""


def offline(stacks: Stacks, *, hours: float = 1.0) -> pl.DataFrame:
    """Nothing has come from an outlet for `hours`, up to now, and no mark covers now.

    Time in which nothing could be received here does not count; an outlet that was silent before is named all the same.
    Source: HJ 75-2017 (connection of the logger, clause not checked). Returns FINDINGS; magnitude = silence [h].
    """
    contacts = pl.concat(
        [
            stacks.minutes.select("site", at="received"),
            stacks.arrivals.filter(pl.col("packets") > 0).select("site", at="start"),
        ]
    )
    if contacts.is_empty():
        return no_findings()
    last = contacts.group_by("site").agg(pl.col("at").max())
    since = stacks.minutes["start"].min()
    silent = stacks.outlets.join(last, on="site", how="left").with_columns(
        start=pl.coalesce("at", pl.lit(since)), until=pl.lit(stacks.as_of), known=pl.col("at").is_not_null()
    )
    now = outside(silent.select("site", start="until"), stacks.marks).select("site")
    ours = explained_time(pl.col("start"), pl.col("until"), joined(stacks.outages))
    silent = silent.join(now, on="site", how="semi").with_columns(ours=ours.dt.total_minutes() / 60)
    silent = silent.filter(hours_long() - pl.col("ours") >= hours)
    since_text = pl.when("known").then(pl.lit("")).otherwise(pl.lit("（所查时段内从未来数）"))
    ours_text = pl.when(pl.col("ours") > 0).then(
        pl.format("（其中 {} 小时因指挥中心中断不计）", number("ours"))
    )
    title = pl.format("自 [start] 起无数据{}，已 [hours] 小时{}", since_text, ours_text.otherwise(pl.lit("")))
    return findings(
        silent, title=title, magnitude=hours_long() - pl.col("ours"), unit="h",
        evidence={"最后来数": moment("start"), "因指挥中心中断不计的小时": "ours"},
    )  # fmt: skip


def late(
    stacks: Stacks, *, late_minutes: int = 15, least_minutes: int = 30, bridge_minutes: int = 60
) -> pl.DataFrame:
    """Minute records that came more than `late_minutes` after their end, `least_minutes` of them together.

    What was due while nothing could be received here is not late, whenever it comes.
    Source: HJ 212 (upload after each period); own threshold. Returns FINDINGS; magnitude = longest delay [h].
    """
    rows = with_outlet(stacks.minutes, stacks, "interval").select(
        "site", "start", "received", step=pl.duration(minutes=pl.col("interval"))
    )
    rows = rows.with_columns(delay=pl.col("received") - pl.col("start") - pl.col("step"))
    rows = rows.filter(~explained(pl.col("start") + pl.col("step"), joined(stacks.outages)))
    slow = rows.filter(pl.col("delay") > timedelta(minutes=late_minutes))
    found = runs(
        slow,
        pl.col("delay").max(),
        pl.col("step").sum().alias("length"),
        by=("site",),
        bridge=timedelta(minutes=bridge_minutes),
    ).filter(pl.col("length") >= timedelta(minutes=least_minutes))
    longest = pl.col("delay").dt.total_minutes() / 60
    title = pl.format(
        "[start] 至 [until] 分钟数据迟到，最长 {} 小时（其时 {} 条）", number(longest), "n",
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=longest, unit="h", evidence={"迟到条数": "n", "最长迟到小时": longest}
    )


def _slots(stacks: Stacks) -> pl.DataFrame:
    """The records that each outlet owes on each whole local day of the frame: site, start."""
    first, day = stacks.minutes["start"].min(), timedelta(days=1)
    days = stacks.minutes.select(day=local_day()).unique()
    days = days.filter(pl.col("day") >= first, pl.col("day") + day <= stacks.as_of)
    owed = stacks.outlets.select("site", "interval").join(days, how="cross")
    every = pl.duration(minutes=pl.col("interval"))
    count = 1440 // pl.col("interval")
    return (
        owed.select("site", "day", every=every, slot=pl.int_ranges(count))
        .explode("slot", empty_as_null=False)
        .select("site", start=pl.col("day") + pl.col("every") * pl.col("slot"))
    )


def _owed(rows: pl.DataFrame, stacks: Stacks) -> pl.DataFrame:
    """Rows (site, start) that no mark covers and that could be received here."""
    return outside(rows, stacks.marks).filter(~explained("start", joined(stacks.outages)))


def transmission(stacks: Stacks, *, least: float = 95.0) -> pl.DataFrame:
    """Fewer than `least` % of a day's minute records are here (also after backfill).

    Marked times are not owed, nor those in which nothing could be received here.

    Source: assessment of automatic monitoring (transmission rate, clause not checked). Returns FINDINGS; magnitude =
    largest daily loss [%].
    """
    if stacks.minutes.is_empty():
        return no_findings()
    owed = _owed(_slots(stacks), stacks).group_by("site", start=local_day()).agg(owed=pl.len())
    sent = _owed(stacks.minutes.select("site", "start"), stacks)
    came = sent.group_by("site", start=local_day()).agg(came=pl.len())
    days = owed.join(came, on=["site", "start"], how="left").with_columns(
        pl.col("came").fill_null(0), step=pl.lit(timedelta(days=1))
    )
    poor = days.with_columns(rate=100 * pl.col("came") / pl.col("owed")).filter(pl.col("rate") < least)
    found = runs(poor, pl.col("rate").min(), pl.col("came").sum(), pl.col("owed").sum(), by=("site",))
    title = pl.format(
        f"[start_day]起 [days] 天数据传输率最低 {{}} %（{{}}/{{}} 条），低于 {least:g} %",
        number("rate"), "came", "owed",
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=100 - pl.col("rate"), unit="%",
        evidence={"最低传输率": "rate", "已到": "came", "应到": "owed", "天数": "n"},
    )  # fmt: skip


def _captures(stacks: Stacks) -> pl.DataFrame:
    """Share of valid hours since an outlet's first hour: site, item, start, until, rate [%].

    Stopped hours are left out, and those that our own outage touched unless they are valid all the same.
    """
    now = stacks.as_of.replace(minute=0, second=0, microsecond=0)
    complete = stacks.hours.filter(pl.col("start") < now)
    pieces = [
        complete.group_by("site", pl.lit(p).alias("item")).agg(
            pl.col("start").min(),
            stopped=(pl.col(f"{p}_flag") == "F").sum().cast(pl.Int64),
            valid=pl.col(f"valid_{p}").sum().cast(pl.Int64),
        )
        for p in POLLUTANTS
    ]
    all_hours = (pl.lit(now) - pl.col("start")).dt.total_hours()
    rates = pl.concat(pieces).join(measured(stacks), on=["site", "item"], how="semi", maintain_order="left")
    rates = _with_ours(rates, complete, touched_hours(joined(stacks.outages)).filter(pl.col("start") < now))
    rates = rates.with_columns(until=pl.lit(now), owed=all_hours - pl.col("stopped") - pl.col("ours"))
    return rates.with_columns(rate=100 * pl.col("valid") / pl.col("owed"))


def _with_ours(rates: pl.DataFrame, complete: pl.DataFrame, touched: pl.DataFrame) -> pl.DataFrame:
    """Adds `ours`: hours since the first one that our outage touched and that are neither valid nor stopped."""
    spans = rates.select("site", "item", first="start").join(touched, how="cross")
    spans = spans.filter(pl.col("start") >= pl.col("first"))
    lost = without_value(spans, complete, POLLUTANTS).group_by(KEY).agg(ours=pl.len().cast(pl.Int64))
    both = rates.join(lost, on=list(KEY), how="left", maintain_order="left")
    return both.with_columns(pl.col("ours").fill_null(0))


def _capture_findings(rates: pl.DataFrame, least: float) -> pl.DataFrame:
    title = pl.format(
        f"{{}}有效数据捕集率 {{}} %（{{}}/{{}} 小时），低于 {least:g} %",
        LABEL, number("rate"), "valid", "owed",
    )  # fmt: skip
    return findings(
        rates, title=title, magnitude=100 - pl.col("rate"), unit="%",
        evidence={"捕集率": "rate", "有效小时": "valid", "应有小时": "owed", "停运小时": "stopped"},
    )  # fmt: skip


def capture_low(
    stacks: Stacks, *, least: float = 90.0, invalid: float = 75.0, least_hours: int = 48
) -> pl.DataFrame:
    """From `invalid` to `least` % of the hours of production are valid, over at least `least_hours` of them.

    Source: HJ 75-2017, missing data (90 %: which substitute is allowed). Returns FINDINGS; magnitude = loss [%].
    """
    between = (pl.col("rate") < least) & (pl.col("rate") >= invalid)
    return _capture_findings(_captures(stacks).filter(pl.col("owed") >= least_hours, between), least)


def capture_invalid(stacks: Stacks, *, least: float = 75.0, least_hours: int = 48) -> pl.DataFrame:
    """Less than `least` % of the hours of production are valid: no amount may be made of them.

    Source: HJ 75-2017, missing data (75 % of a quarter). Returns FINDINGS; magnitude = loss [%].
    """
    poor = pl.col("rate") < least
    return _capture_findings(_captures(stacks).filter(pl.col("owed") >= least_hours, poor), least)


def few_minutes(stacks: Stacks, *, least_minutes: int = 45, least_hours: int = 2) -> pl.DataFrame:
    """`least_hours` unmarked hours in a row with fewer than `least_minutes` valid minutes, no stop, calibration or maintenance.

    Hours that our own outage touched are left out.
    Source: HJ 75-2017 (valid hour: 45 minutes). Returns FINDINGS; magnitude = length [h].
    """
    touched = touched_hours(joined(stacks.outages))
    hours, owed = complete_hours(stacks).join(touched, on="start", how="anti"), measured(stacks)
    of = {p: owed.filter(pl.col("item") == p)["site"].to_list() for p in POLLUTANTS}
    poor = {
        p: (pl.col(f"n_{p}") < least_minutes)
        & ~pl.col(f"{p}_flag").is_in(EXPLAINED)
        & pl.col("site").is_in(of[p])
        for p in POLLUTANTS
    }
    names = pl.concat_str(
        *(pl.when(e).then(pl.lit(LABELS[p])) for p, e in poor.items()), separator="、", ignore_nulls=True
    )
    rows = hours.filter(pl.any_horizontal(*poor.values())).with_columns(
        step=pl.lit(HOUR),
        names=names,
        value=pl.min_horizontal(pl.when(e).then(f"n_{p}") for p, e in poor.items()),
    )
    found = runs(
        rows, pl.col("value").min(), pl.col("names").unique(maintain_order=True), by=("site",)
    ).filter(pl.col("n") >= least_hours)
    title = pl.format(
        f"{{}} 连续 [hours] 小时有效分钟不足 {least_minutes}，最少 {{}}",
        pl.col("names").list.join("；"), "value",
    )  # fmt: skip
    return findings(
        found, title=title, magnitude=pl.col("n"), unit="h",
        evidence={"小时数": "n", "最少有效分钟": "value", "因子": "names"},
    )  # fmt: skip
