"""What came, and when: offline, late, transmission rate."""

from datetime import timedelta

import polars as pl

from bihuan.domain.checks import no_findings
from bihuan.domain.outages import explained, explained_time, joined
from bihuan.domain.outlets.checks.frames import (
    findings,
    hours_long,
    local_day,
    moment,
    number,
    outside,
    runs,
    with_outlet,
)
from bihuan.domain.outlets.tables import Watched


def offline(watched: Watched, *, hours: float = 1.0) -> pl.DataFrame:
    """Nothing has come from an outlet for `hours`, up to now, and no mark covers now.

    Time in which nothing could be received here does not count; an outlet that was silent before is named all the same.
    Source: HJ 75-2017 (connection of the logger, clause not checked). Returns FINDINGS; magnitude = silence [h].
    """
    contacts = pl.concat(
        [
            watched.minutes.select("site", at="received"),
            watched.arrivals.filter(pl.col("packets") > 0).select("site", at="start"),
        ]
    )
    if contacts.is_empty():
        return no_findings()
    last = contacts.group_by("site").agg(pl.col("at").max())
    since = watched.minutes["start"].min()
    silent = watched.outlets.join(last, on="site", how="left").with_columns(
        start=pl.coalesce("at", pl.lit(since)), until=pl.lit(watched.as_of), known=pl.col("at").is_not_null()
    )
    now = outside(silent.select("site", start="until"), watched.marks).select("site")
    ours = explained_time(pl.col("start"), pl.col("until"), joined(watched.outages))
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
    watched: Watched, *, late_minutes: int = 15, least_minutes: int = 30, bridge_minutes: int = 60
) -> pl.DataFrame:
    """Minute records that came more than `late_minutes` after their end, `least_minutes` of them together.

    What was due while nothing could be received here is not late, whenever it comes.
    Source: HJ 212 (upload after each period); own threshold. Returns FINDINGS; magnitude = longest delay [h].
    """
    rows = with_outlet(watched.minutes, watched, "interval").select(
        "site", "start", "received", step=pl.duration(minutes=pl.col("interval"))
    )
    rows = rows.with_columns(delay=pl.col("received") - pl.col("start") - pl.col("step"))
    rows = rows.filter(~explained(pl.col("start") + pl.col("step"), joined(watched.outages)))
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


def _slots(watched: Watched) -> pl.DataFrame:
    """The records that each outlet owes on each whole local day of the frame: site, start."""
    first, day = watched.minutes["start"].min(), timedelta(days=1)
    days = watched.minutes.select(day=local_day()).unique()
    days = days.filter(pl.col("day") >= first, pl.col("day") + day <= watched.as_of)
    owed = watched.outlets.select("site", "interval").join(days, how="cross")
    every = pl.duration(minutes=pl.col("interval"))
    count = 1440 // pl.col("interval")
    return (
        owed.select("site", "day", every=every, slot=pl.int_ranges(count))
        .explode("slot", empty_as_null=False)
        .select("site", start=pl.col("day") + pl.col("every") * pl.col("slot"))
    )


def _owed(rows: pl.DataFrame, watched: Watched) -> pl.DataFrame:
    """Rows (site, start) that no mark covers and that could be received here."""
    return outside(rows, watched.marks).filter(~explained("start", joined(watched.outages)))


def transmission(watched: Watched, *, least: float = 95.0) -> pl.DataFrame:
    """Fewer than `least` % of a day's minute records are here (also after backfill).

    Marked times are not owed, nor those in which nothing could be received here.

    Source: assessment of automatic monitoring (transmission rate, clause not checked). Returns FINDINGS; magnitude =
    largest daily loss [%].
    """
    if watched.minutes.is_empty():
        return no_findings()
    owed = _owed(_slots(watched), watched).group_by("site", start=local_day()).agg(owed=pl.len())
    sent = _owed(watched.minutes.select("site", "start"), watched)
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
