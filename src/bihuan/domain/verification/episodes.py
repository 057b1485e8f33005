"""Episodes: was the beginning and the peak of a long exceedance forecast, and how many hours off?"""

from collections.abc import Sequence

import polars as pl

from bihuan.domain.verification.grouping import grouped

LEAST_HOURS, BRIDGE, WITHIN = 6, 2, 24


def episodes(
    series: pl.DataFrame,
    threshold: float,
    keys: Sequence[str],
    *,
    value: str = "observed",
    least: int = LEAST_HOURS,
    bridge: int = BRIDGE,
) -> pl.DataFrame:
    """Runs of at least `least` hours above `threshold`, gaps of up to `bridge` hours bridged.

    series: keys, start, `value`. Gives keys, onset (first hour above), end (last hour above), peak (hour of the
    highest value), highest. The lengths are our setting: the field has no fixed definition of an episode.
    """
    return _episodes(series.lazy(), threshold, keys, value, least, bridge).collect()


def _episodes(
    series: pl.LazyFrame, threshold: float, keys: Sequence[str], value: str, least: int, bridge: int
) -> pl.LazyFrame:
    above = series.filter(pl.col(value) > threshold).sort(*keys, "start")
    gap = pl.col("start").diff().over(keys) > pl.duration(hours=bridge + 1)
    runs = above.with_columns(_run=gap.fill_null(True).cum_sum().over(keys))
    found = runs.group_by(*keys, "_run").agg(
        onset=pl.col("start").min(),
        end=pl.col("start").max(),
        peak=pl.col("start").sort_by(value, descending=True, maintain_order=True).first(),
        highest=pl.col(value).max(),
    )
    long = (pl.col("end") - pl.col("onset")) >= pl.duration(hours=least - 1)
    return found.filter(long).drop("_run").sort(*keys, "onset")


def episode_errors(
    forecast: pl.DataFrame,
    observed: pl.DataFrame,
    threshold: float,
    *,
    value: str = "mean",
    within: int = WITHIN,
    least: int = LEAST_HOURS,
    bridge: int = BRIDGE,
) -> pl.DataFrame:
    """For every measured episode and every run that was issued before it began and reaches its beginning.

    forecast: site, item, model, issued, start, `value` of one item; observed: site, item, start, observed.
    Gives model, site, item, issued, onset, lead (hours from issue to onset), found (an episode was forecast with an
    onset at most `within` hours off), onset_error and peak_error (hours, positive = forecast too late; null when
    not found), highest, highest_error. The peak is compared only where the run reaches the measured peak.
    """
    place = ["site", "item"]
    was = _episodes(observed.lazy(), threshold, place, "observed", least, bridge)
    run = [*place, "model", "issued"]
    runs = forecast.lazy()
    said = _episodes(runs, threshold, run, value, least, bridge)
    reach = runs.group_by(run).agg(first=pl.col("start").min(), last=pl.col("start").max())
    asked = was.join(reach, on=place, how="inner").filter(
        pl.col("onset").is_between("first", "last") & (pl.col("onset") >= pl.col("issued"))
    )
    hours = pl.duration(hours=1)
    matched = (
        asked.join(said, on=run, how="left", suffix="_said")
        .with_columns(onset_error=(pl.col("onset_said") - pl.col("onset")) / hours)
        .with_columns(_apart=pl.col("onset_error").abs())
        .sort("_apart", nulls_last=True)
        .unique([*run, "onset"], keep="first", maintain_order=True)
        .with_columns(found=(pl.col("_apart") <= within).fill_null(False))
    )
    good = pl.col("found")
    peaked = good & (pl.col("peak") <= pl.col("last"))
    errors = matched.select(
        "model", *place, "issued", "onset",
        lead=((pl.col("onset") - pl.col("issued")) / hours).cast(pl.Int32),
        found="found",
        onset_error=pl.when(good).then("onset_error"),
        peak_error=pl.when(peaked).then((pl.col("peak_said") - pl.col("peak")) / hours),
        highest="highest",
        highest_error=pl.when(peaked).then(pl.col("highest_said") - pl.col("highest")),
    )  # fmt: skip
    return errors.sort("model", *place, "onset", "issued").collect()


def episode_scores(errors: pl.DataFrame, by: Sequence[str] = ("model",)) -> pl.DataFrame:
    """by, n (pairs of episode and run), found (share), onset_error and peak_error (mean), and their mean sizes."""
    return grouped(
        errors,
        by,
        [
            pl.len().alias("n"),
            pl.struct("site", "item", "onset").n_unique().alias("episodes"),
            pl.col("found").mean().alias("found"),
            pl.col("onset_error").mean(),
            pl.col("onset_error").abs().mean().alias("onset_size"),
            pl.col("peak_error").mean(),
            pl.col("peak_error").abs().mean().alias("peak_size"),
        ],
    )
