"""嫌疑排放源: what lies upstream of an event, each weighed by time, pollutant, its own logger, dilution and other sections, and ranked.

Every piece of evidence is a factor: how much more often it is seen where a discharge is the source than where it is not. The score is their
product, so all factors are told, and one that says nothing is 1.
"""

from collections.abc import Sequence

import polars as pl

from bihuan.domain.river_network import Network, Travel, passed, placed, upstream
from bihuan.domain.water_suspects.fingerprint import alikeness
from bihuan.domain.water_suspects.given import (
    LOGGED,
    WATCHED,
    Discharge,
    Event,
    Weights,
    known_water,
    placed_discharges,
)
from bihuan.domain.water_suspects.loggers import FLOW, said_by

FACTORS = ("by_time", "by_pollutant", "by_logger", "by_dilution", "by_sections")
MOST, SPREAD, LEAST = 2.0, 1.4, 0.05
"""Weight of a release of just the usual multiple; spread of the logarithm of multiples; weight of one that is hardly thinkable; ours."""
AGREEING = 0.8
"""Spread of the logarithm by which a rise that a logger showed and the one that was needed may differ; ours."""
SILENT = 2.0
"""Weight of a logger that sent nothing in the hours that count and else does: some are switched off for it; ours."""


def suspects(
    event: Event,
    discharges: Sequence[Discharge],
    net: Network,
    *,
    travel: Travel | None = None,
    logged: pl.DataFrame | None = None,
    watched: pl.DataFrame | None = None,
    weights: Weights | None = None,
) -> pl.DataFrame:
    """The discharges upstream, the likeliest first: what is known of each, its way, the numbers of its evidence, FACTORS, score, rank and share.

    share: its score among those of all and of what is not registered. logged: LOGGED of the days around; watched: WATCHED.
    """
    by = weights or Weights()
    above = upstream(net, event.reach, event.km, travel)
    rows = placed(placed_discharges(discharges), above)
    rows = rows.filter(pl.col("hours") <= by.longest * (1 + by.unsure))
    rows = _by_time(rows, event, by)
    rows = _by_pollutant(rows, known_water(discharges), event, by)
    rows = _by_logger(rows, LOGGED.to_frame() if logged is None else logged, event, by)
    rows = _by_sections(rows, WATCHED.to_frame() if watched is None else watched, net, above, event, by)
    score = pl.reduce(lambda a, b: a * b, [pl.col(f) for f in FACTORS])
    ranked = rows.with_columns(score=score).sort("score", "hours", "code", descending=[True, False, False])
    whole = pl.col("score").sum() + by.unknown * pl.len()
    return ranked.with_columns(share=pl.col("score") / whole).with_row_index("rank", 1)


def _by_time(rows: pl.DataFrame, event: Event, by: Weights) -> pl.DataFrame:
    """When each must have begun, and whether a cloud that comes from so far can rise so fast."""
    hours, most = pl.col("hours"), 1 + by.unsure
    rise = (event.peak - event.before).total_seconds() / 3600
    slower = by.front * hours / most / max(rise, 1.0)
    return rows.with_columns(
        released_from=pl.lit(event.before) - pl.duration(seconds=(hours * most * 3600).cast(pl.Int64)),
        released_until=pl.lit(event.peak) - pl.duration(seconds=(hours / most * 3600).cast(pl.Int64)),
        by_time=(1 / slower.clip(1.0)) ** 2,
    )


def _by_pollutant(rows: pl.DataFrame, known: pl.DataFrame, event: Event, by: Weights) -> pl.DataFrame:
    """How alike its water is, and by which multiple of its usual concentration it would have had to be beyond it."""
    alike = alikeness(known, event.excess)
    nothing = not any(v > 0 for v in event.excess.values())
    told = rows.join(alike, on="code", how="left", maintain_order="left")
    told = told.with_columns(
        alike=pl.when(pl.col("named") & (not nothing)).then(pl.col("alike").fill_null(0.0))
    )
    river = pl.lit(event.flow, pl.Float64)
    told = told.with_columns(multiple=pl.col("strength") * river / pl.col("flow"))
    off = (pl.col("multiple") / by.multiple).log() / SPREAD
    likely = MOST * (-0.5 * off**2).exp()
    faded = 0.5 ** (pl.col("hours") / by.fading)
    return told.with_columns(
        by_pollutant=(by.unlike + (by.like - by.unlike) * pl.col("alike")).fill_null(1.0),
        by_dilution=pl.coalesce(likely.clip(LEAST), faded),
    )


def _by_logger(rows: pl.DataFrame, logged: pl.DataFrame, event: Event, by: Weights) -> pl.DataFrame:
    """What its logger said: nothing high where it looked speaks against it, the rarer a rise the more it speaks for it."""
    risen = [code for code, value in event.excess.items() if value > 0]
    said = said_by(logged, rows.select("code", "released_from", "released_until"), risen, by.high)
    told = rows.join(said, on="code", how="left", maintain_order="left")
    reported = pl.col("hours_in") / pl.col("hours_due")
    rose = (pl.col("highest") >= by.high).fill_null(False)
    shown = by.shown * reported.clip(0, 1)
    rise = (pl.col("value") / pl.col("usual") / (1 + pl.col("multiple"))).log() / AGREEING
    agrees = pl.when(pl.col("item") != FLOW).then(1.5 * (-0.5 * rise**2).exp()).clip(0.2).fill_null(1.0)
    factor = (
        pl.when(pl.col("hours_due").is_null()).then(1.0)
        .when(rose).then((by.shown / pl.col("chance") * agrees).clip(1 - by.shown))
        .when(reported < 0.5).then(SILENT)
        .otherwise(((1 - shown) / (1 - pl.col("chance").clip(0, 0.8))).clip(0, 1))
    )  # fmt: skip
    return told.with_columns(rose=rose, by_logger=factor)


def _by_sections(
    rows: pl.DataFrame, watched: pl.DataFrame, net: Network, above: pl.DataFrame, event: Event, by: Weights
) -> pl.DataFrame:
    """What sections between saw when the cloud must have passed: what lies above a clean one is cleared, and what not above one that rose."""
    at = _verdicts(watched, above, event, by)
    clean = passed(rows, at.filter(~pl.col("risen")), net, event.reach)
    risen = passed(rows, at.filter("risen"), net, event.reach)
    told = rows.with_columns(clean=clean, risen=risen, elsewhere=at.filter("risen").height - risen)
    by_sections = by.clean ** pl.col("clean").clip(0, 2) * by.elsewhere ** pl.col("elsewhere").clip(0, 2)
    return told.with_columns(by_sections=by_sections)


def _verdicts(watched: pl.DataFrame, above: pl.DataFrame, event: Event, by: Weights) -> pl.DataFrame:
    """Sections upstream that had readings when the cloud must have passed, and whether any of these had risen."""
    at = placed(watched, above).filter(pl.col("distance_km") > 0)
    hours, most = pl.col("hours"), 1 + by.unsure
    first = pl.lit(event.before) - pl.duration(seconds=(hours * most * 3600).cast(pl.Int64))
    last = pl.lit(event.peak) - pl.duration(seconds=(hours / most * 3600).cast(pl.Int64))
    then = at.filter(pl.col("start").is_between(first, last))
    return then.group_by("reach", "km", maintain_order=True).agg(pl.col("risen").any())
