"""How good a forecast was: scores of pairs of what was said and what was measured.

Frames of pairs hold the columns of the backtest file with inside names (site, item, issued, start, lead, mean,
q05..q95, model) and `observed`; `pairs.paired` makes them. `by` is always the list of columns to group by.
"""
