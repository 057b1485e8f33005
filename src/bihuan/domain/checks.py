"""A check (检查规则): a named rule with legal basis, parameters and severity; frames in, findings out."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import polars as pl

FINDINGS = pl.Schema(
    {
        "target_kind": pl.String(),  # site, emitter, region, or a kind that a scenario has added
        "target": pl.String(),
        "start": pl.Datetime("us", "UTC"),
        "until": pl.Datetime("us", "UTC"),  # exclusive
        "item": pl.String(),  # inside name of the quantity, empty when it is about several
        "magnitude": pl.Float64(),  # how bad, in `unit`
        "unit": pl.String(),
        "title": pl.String(),  # a short, exact Chinese sentence without the target's name
        "evidence": pl.String(),  # JSON: the numbers that show it
        "phrase": pl.String(),  # the title with the whole length left open (see `worded`), null when nothing is
    }
)

LOCAL = timedelta(hours=8)
"""China Standard Time, in which titles name a moment."""

SEVERITIES = ("minor", "moderate", "serious", "major")  # 一般 较重 严重 重大


@dataclass(frozen=True)
class Check:
    """`run` takes the frames named by `looks_at` plus keyword parameters with defaults; returns FINDINGS columns."""

    key: str
    title: str
    basis: str
    severity: str
    looks_at: str
    run: Callable[..., pl.DataFrame]

    @property
    def parameters(self) -> dict[str, Any]:
        """The keyword parameters with their defaults."""
        return {
            p.name: p.default
            for p in inspect.signature(self.run).parameters.values()
            if p.kind is inspect.Parameter.KEYWORD_ONLY
        }

    @property
    def meaning(self) -> str:
        """What the rule says, in words."""
        return inspect.getdoc(self.run) or ""


def check(
    key: str, *, title: str, basis: str, severity: str, looks_at: str = "hours"
) -> Callable[[Callable[..., pl.DataFrame]], Check]:
    """Name a function as a check. Raises ValueError for an unknown severity."""
    if severity not in SEVERITIES:
        raise ValueError(f"{key}: severity {severity!r} is none of {SEVERITIES}")

    def named(run: Callable[..., pl.DataFrame]) -> Check:
        return Check(key, title, basis, severity, looks_at, run)

    return named


def worded(phrase: str, start: datetime, until: datetime) -> str:
    """A title whose length is known: fills `[hours]`, `[minutes]`, `[days]`, `[start]`, `[start_day]`, `[until]`.

    Lengths run from `start` to `until` (aware); days are those touched. Any other text in brackets stays as it is.
    """
    length, last = until - start, max(start, until - timedelta(microseconds=1))
    fields = {
        "[hours]": f"{round(length / timedelta(hours=1), 1):g}",
        "[minutes]": f"{length / timedelta(minutes=1):.0f}",
        "[days]": str((_local(last).date() - _local(start).date()).days + 1),
        "[start]": _moment(start),
        "[start_day]": f"{_local(start):%-m月%-d日}",
        "[until]": _moment(until),
    }
    for field, text in fields.items():
        phrase = phrase.replace(field, text)
    return phrase


def _local(at: datetime) -> datetime:
    return at.astimezone(timezone(LOCAL))


def _moment(at: datetime) -> str:
    return f"{_local(at):%-m月%-d日 %H:%M}"


def with_titles(found: pl.DataFrame) -> pl.DataFrame:
    """FINDINGS rows whose `title` is still a phrase -> with the finished title of each row, and the phrase beside it."""
    rows = found.select("title", "start", "until").iter_rows()
    titles = pl.Series("title", [worded(*row) for row in rows], dtype=pl.String)
    return found.with_columns(titles, phrase=pl.col("title"))


def no_findings() -> pl.DataFrame:
    """An empty table of findings."""
    return pl.DataFrame(schema=FINDINGS)
