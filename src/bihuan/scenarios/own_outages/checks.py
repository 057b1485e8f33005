"""One finding about the centre itself for each time it was down: what came in late, what stays missing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from bihuan.domain.checks import FINDINGS, check, no_findings, worded
from bihuan.domain.outages import joined
from bihuan.domain.timeaxis import HOUR, INSTANT
from bihuan.heartbeat import PARTS, RECEIVER, SERVER

DOWN = pl.Schema(
    {
        "part": pl.String(),  # a key of heartbeat.PARTS
        "since": INSTANT,
        "until": INSTANT,  # exclusive
        "moved": pl.Boolean(),  # a person set the clock; nothing was down
        "open": pl.Boolean(),  # it goes on
    }
)
RECORDS = pl.Schema(
    {"part": pl.String(), "sender": pl.String(), "due": INSTANT, "received": INSTANT},
)
"""What was received of senders around the outages: `part` takes it in, `due` is the end of its period."""
SENDERS = {RECEIVER: "台数采仪", SERVER: "个点位"}
"""Who sends to a part, as they are counted."""
TOGETHER = timedelta(hours=6)
"""Outages that follow each other within this time are told as one, as findings are joined within it."""
USUAL = timedelta(hours=24)
"""Who sent within this time before an outage is waited for."""
HALF = timedelta(minutes=30)
NAMED = 20


@dataclass(frozen=True)
class Centre:
    """What the check looks at: the outages (DOWN), what was received around them (RECORDS), and the city's code.

    names: by which people know a sender.
    """

    city: str
    down: pl.DataFrame
    records: pl.DataFrame
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Loss:
    """Of the senders to one part: how many records came late, and how many hours are missing of whom."""

    part: str
    late: int
    missing: dict[str, int]

    @property
    def text(self) -> str:
        """How much is missing; empty where nothing is."""
        if not self.missing:
            return ""
        return f"{len(self.missing)} {SENDERS[self.part]} {sum(self.missing.values())} 小时"


@check(
    "centre.outage",
    title="指挥中心自身中断",
    basis="自有方法",
    severity="moderate",
    looks_at="outages",
    cause="centre",
)
def outage(centre: Centre, *, least_minutes: float = 10.0) -> pl.DataFrame:
    """A part of the centre did not work for `least_minutes` or more; several times within 6 h are told as one.

    What was due meanwhile is counted: records that came later, and hours of those who had sent in the 24 h before that
    are missing still. A clock that was set is no outage of the centre. Source: own method. Returns FINDINGS (about the
    city); magnitude = time that something was down [h].
    """
    down = centre.down.filter(
        ~pl.col("moved"), pl.col("until") - pl.col("since") >= timedelta(minutes=least_minutes)
    )
    rows = [_row(centre, episode) for episode in _episodes(down)]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row") if rows and centre.city else no_findings()


def _episodes(down: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The outages that are told together."""
    for since, until in joined(down, TOGETHER).iter_rows():
        yield down.filter(pl.col("since") >= since, pl.col("since") < until)


def _row(centre: Centre, episode: pl.DataFrame) -> dict[str, object]:
    spans = joined(episode, timedelta(0))
    hours = sum((until - since for since, until in spans.iter_rows()), timedelta(0)) / HOUR
    since, until = spans["since"][0], spans["until"][-1]
    parts = [name for part, name in PARTS.items() if part in set(episode["part"])]
    losses = [_loss(part, episode, centre.records) for part in SENDERS if part in set(episode["part"])]
    return {
        "target_kind": "region",
        "target": centre.city,
        "start": since,
        "until": until,
        "item": "",
        "magnitude": round(hours, 2),
        "unit": "h",
        "title": _title(parts, spans.height, hours, losses, goes_on=bool(episode["open"].any())),
        "evidence": _evidence(parts, spans, hours, losses, centre.names),
        "phrase": None,
    }


def _loss(part: str, episode: pl.DataFrame, records: pl.DataFrame) -> Loss:
    """What the outages of one part cost, as far as is known by now."""
    spans = joined(episode.filter(part=part), timedelta(0))
    mine = records.filter(part=part)
    came = mine.select("sender", bin=(pl.col("due") - timedelta(microseconds=1)).dt.truncate("1h"))
    late, missing = 0, pl.DataFrame(schema={"sender": pl.String(), "bin": INSTANT})
    for since, until in spans.iter_rows():
        due = mine.filter(pl.col("due") > since, pl.col("due") <= until)
        late += due.filter(pl.col("received") >= until).height
        usual = mine.filter(pl.col("due") > since - USUAL, pl.col("due") <= since).select("sender").unique()
        owed = usual.join(_bins(since, until), how="cross")
        missing = pl.concat([missing, owed.join(came, on=["sender", "bin"], how="anti")])
    counts = missing.unique().group_by("sender").len().sort("len", "sender", descending=[True, False])
    return Loss(part, late, dict(counts.iter_rows()))


def _bins(since: datetime, until: datetime) -> pl.DataFrame:
    """The hours of which half or more lie in the span: bin."""
    first = since.replace(minute=0, second=0, microsecond=0)
    hours = pl.datetime_range(first, until, "1h", eager=True).cast(INSTANT).alias("bin").to_frame()
    inside = pl.min_horizontal(pl.col("bin") + HOUR, pl.lit(until)) - pl.max_horizontal("bin", pl.lit(since))
    return hours.filter(inside >= HALF)


def _title(parts: list[str], times: int, hours: float, losses: list[Loss], *, goes_on: bool) -> str:
    long = f"{round(hours, 1):g}"
    what = f"{times} 次，共 {long} 小时" if times > 1 else f"{long} 小时"
    begin = f"指挥中心自身中断 {what}（{'、'.join(parts)}）"
    if goes_on:
        return f"{begin}，仍未恢复"
    if not losses:
        return f"{begin}：期间未运行检查和提醒"
    missing = "、".join(loss.text for loss in losses if loss.text)
    return f"{begin}：补传到 {sum(loss.late for loss in losses)} 条，{f'仍缺 {missing}' if missing else '没有缺数'}"


def _evidence(
    parts: list[str], spans: pl.DataFrame, hours: float, losses: list[Loss], names: Mapping[str, str]
) -> str:
    missing = {sender: n for loss in losses for sender, n in loss.missing.items()}
    said = {
        "中断的部分": "、".join(parts),
        "各次起止": [worded("[start] 至 [until]", *span) for span in spans.iter_rows()],
        "中断小时": round(hours, 2),
        "补传条数": sum(loss.late for loss in losses),
        "仍缺小时": sum(missing.values()),
        "仍缺的各站": [
            f"{names.get(sender, sender)}：{n} 小时" for sender, n in list(missing.items())[:NAMED]
        ],
    }
    return json.dumps(said, ensure_ascii=False)


CHECKS = (outage,)
