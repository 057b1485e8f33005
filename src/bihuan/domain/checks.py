"""A check (检查规则): a named rule with legal basis, parameters and severity; frames in, findings out."""

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
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


CAUSES = ("", "line", "weather", "centre")
"""What may befall many targets at once: what carries the data (a plant's line, a network, a receiver); the air itself; the
centre itself, which was down."""


@dataclass(frozen=True)
class Belonging:
    """What findings of a check belong together with (decision 0021).

    facet: the matter of its target that the check shows one side of: findings of one facet at one target and time are
    one matter, whatever the item. explained_by: keys of checks whose findings at the same target are the cause, and
    this one's a consequence. cause: what would make many targets show the same at once (`CAUSES`).
    """

    facet: str = ""
    explained_by: tuple[str, ...] = ()
    cause: str = ""


ALONE = Belonging()
"""Findings that belong with those of their own check and target only."""


@dataclass(frozen=True)
class Check:
    """`run` takes the frames named by `looks_at` plus keyword parameters with defaults; returns FINDINGS columns.

    raises: what it finds becomes a case by itself, without a verdict (cases.raising).
    """

    key: str
    title: str
    basis: str
    severity: str
    looks_at: str
    run: Callable[..., pl.DataFrame]
    belonging: Belonging = ALONE
    raises: bool = False

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
    key: str,
    *,
    title: str,
    basis: str,
    severity: str,
    looks_at: str = "hours",
    facet: str = "",
    explained_by: tuple[str, ...] = (),
    cause: str = "",
    raises: bool = False,
) -> Callable[[Callable[..., pl.DataFrame]], Check]:
    """Name a function as a check; `facet`, `explained_by` and `cause` say what its findings belong with (`Belonging`).

    Raises ValueError for an unknown severity or cause.
    """
    if severity not in SEVERITIES:
        raise ValueError(f"{key}: severity {severity!r} is none of {SEVERITIES}")
    if cause not in CAUSES:
        raise ValueError(f"{key}: cause {cause!r} is none of {CAUSES}")
    belonging = Belonging(facet, explained_by, cause)

    def named(run: Callable[..., pl.DataFrame]) -> Check:
        return Check(key, title, basis, severity, looks_at, run, belonging, raises)

    return named


def belong(*keys: str, **declared: Any) -> dict[str, dict[str, Any]]:
    """The same belonging (keywords of `check`) for several checks of a catalogue, by their keys."""
    return dict.fromkeys(keys, declared)


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


def finding(
    about: tuple[str, str],
    span: tuple[datetime, datetime],
    title: str,
    evidence: Mapping[str, Any],
    *,
    item: str = "",
    magnitude: float | None = None,
    unit: str = "",
) -> dict[str, Any]:
    """A row for `findings`. about: kind and key of its target; span: start and exclusive end; the title may leave the length of its time open."""
    return {
        "target_kind": about[0], "target": about[1], "start": span[0], "until": span[1], "item": item, "magnitude": magnitude, "unit": unit,
        "title": title, "evidence": json.dumps(evidence, ensure_ascii=False),
    }  # fmt: skip


def findings(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of `finding` -> FINDINGS, by target and start. A phrase is kept of those titles that left their length open."""
    plain = {name: kind for name, kind in FINDINGS.items() if name != "phrase"}
    found = with_titles(pl.DataFrame(list(rows), schema=plain, orient="row"))
    open_ones = pl.when(pl.col("phrase") != pl.col("title")).then("phrase")
    table = found.with_columns(phrase=open_ones).select(list(FINDINGS)).cast(FINDINGS)
    return table.sort("target", "start", "item")


def no_findings() -> pl.DataFrame:
    """An empty table of findings."""
    return pl.DataFrame(schema=FINDINGS)
