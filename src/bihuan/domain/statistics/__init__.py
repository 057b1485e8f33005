"""Averages, percentiles, rankings and indices over frames (HJ 663). All work on any set of whole sites.

Shapes: "hours" = wide ambient hours (site, start UTC, pm25 ... o3). "days" = what `daily_values` gives (site, date,
unrounded valid values pm25 pm10 so2 no2 co o3_8h, o3_1h, n_*, valid_*); a city's days have the city in `site`.

    daily_values(hours, standard="auto") -> days              24 h means, O3 daily maximum 8 h, validity
    city_days(days, cities=None, rules) -> days               cities: site, city; >= 75 % of the stations
    city_hours(hours, cities=None, rules) -> hours            feed to standards.realtime_index
    published_days(days, standard="auto", rules)              rounded, + iaqi_*, aqi, level, primary, exceeding
    period_values(days, "month"|"year", standard, rules)      means, percentiles, validity, good days, composite
    span_values(days, first, last, standard, rules)           e.g. the year to date
    both_bases(days, period, rules)                           old and new standard side by side
    required_days(first, last), all_valid() -> Expr           who takes part in a ranking
    ranking(table, by="composite", descending, valid)         ties 1, 1, 3
    same_period_last_year(days, first, last, standard, rules); compared(now, before)
    remaining_allowance(target, days_so_far, mean_so_far, days_left) -> float | None
    exceedance_multiple(expr, limit), change_rate(now, before) -> Expr
    dust_side_by_side(days, affected, period, standard, rules); without_dust(frame, affected)
    dust_candidates(hours)                                    a suggestion only
    moving_8h(hours, "standard"|"platform"), moving_mean(hours, item, length, least)
    maximum_8h(hours, standard)                               ozone alone, of tables of any size
"""

from bihuan.domain.statistics.city import city_days, city_hours
from bihuan.domain.statistics.compare import (
    change_rate,
    compared,
    exceedance_multiple,
    ranking,
    remaining_allowance,
    same_period_last_year,
)
from bihuan.domain.statistics.daily import daily_values, maximum_8h, published_days
from bihuan.domain.statistics.dust import dust_candidates, dust_side_by_side, without_dust
from bihuan.domain.statistics.moving import moving_8h, moving_mean
from bihuan.domain.statistics.periods import (
    all_valid,
    basis_text,
    both_bases,
    composite,
    period_values,
    required_days,
    span_values,
)

__all__ = [
    "all_valid",
    "basis_text",
    "both_bases",
    "change_rate",
    "city_days",
    "city_hours",
    "compared",
    "composite",
    "daily_values",
    "dust_candidates",
    "dust_side_by_side",
    "exceedance_multiple",
    "maximum_8h",
    "moving_8h",
    "moving_mean",
    "period_values",
    "published_days",
    "ranking",
    "remaining_allowance",
    "required_days",
    "same_period_last_year",
    "span_values",
    "without_dust",
]
