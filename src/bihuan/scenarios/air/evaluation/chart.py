"""The brief's picture: 72 h of the city's hourly PM2.5 and real-time AQI, as PNG."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache

import numpy as np
import polars as pl

from bihuan.domain.standards import limit
from bihuan.domain.timeaxis import CST
from bihuan.english import unofficial
from bihuan.scenarios.air.evaluation import snapshot

CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "WenQuanYi Zen Hei",
)
HOURS = 72


@cache
def font() -> str | None:
    """A font with Chinese letters, or None: then the picture's words are Latin."""
    # A web process that never draws should not carry the drawing library (40 MB).
    from matplotlib import font_manager

    have = {f.name for f in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in have), None)


def series(key: str, moment: datetime) -> pl.DataFrame:
    """The hours that the picture shows, on an unbroken axis."""
    end = moment.replace(minute=0, second=0, microsecond=0)
    return snapshot.hours_of_group(key, end - timedelta(hours=HOURS), end)


def picture(key: str, moment: datetime) -> bytes:
    """PNG; gaps stay gaps. Its words are in the language of the reader."""
    letters = None if unofficial() else font()
    return _drawn(
        tuple(series(key, moment).select("start", "pm25", "aqi").iter_rows()), _limit(moment), letters
    )


@lru_cache(maxsize=16)
def _drawn(
    rows: tuple[tuple[datetime, float | None, int | None], ...], limit_line: float, chinese: str | None
) -> bytes:
    from matplotlib import dates, rc_context
    from matplotlib.figure import Figure

    labels = (
        ("PM2.5 (µg/m³)", "实时 AQI", "北京时间，小时末")
        if chinese
        else ("PM2.5 (µg/m³)", "AQI (real-time)", "CST, end of hour")
    )
    with rc_context({"font.family": [chinese or "DejaVu Sans"], "font.size": 9}):
        figure = Figure(figsize=(7.2, 2.1), dpi=150, layout="constrained")
        axes = figure.subplots()
        times = np.array([(t + timedelta(hours=1)).astimezone(CST) for t, _, _ in rows], dtype=object)
        axes.plot(times, _line([v for _, v, _ in rows]), color="#1766c7", linewidth=1.6, label=labels[0])
        axes.plot(
            times,
            _line([v for _, _, v in rows]),
            color="#666666",
            linewidth=1.2,
            linestyle="--",
            label=labels[1],
        )
        axes.axhline(limit_line, color="#999999", linewidth=0.6, linestyle=":")
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_formatter(dates.DateFormatter("%m-%d %H:%M", tz=CST))  # type: ignore[no-untyped-call]  # untyped library
        axes.xaxis.set_major_locator(dates.HourLocator(byhour=(0, 12), tz=CST))  # type: ignore[no-untyped-call]  # untyped library
        axes.set_xlabel(labels[2], fontsize=8)
        axes.grid(alpha=0.3)
        axes.legend(loc="upper left", frameon=False, ncols=2, fontsize=8)
        out = io.BytesIO()
        figure.savefig(out, format="png")
    return out.getvalue()


def _limit(moment: datetime) -> float:
    """The day limit of PM2.5 on that date, class II."""
    return limit("pm25", "day", on=moment.astimezone(CST).date()).value


def _line(column: Sequence[float | None]) -> list[float]:
    return [float("nan") if v is None else float(v) for v in column]
