"""饱和溶解氧: how much oxygen water holds at a temperature."""

import polars as pl


def saturation(temperature: pl.Expr) -> pl.Expr:
    """DO at saturation [mg/L] in fresh water at 101.3 kPa: 468 / (31.6 + T), T in °C (GB 3838-2002 evaluation practice, HJ 2.3-2018, annex)."""
    return 468 / (31.6 + temperature)
