"""How often the checks speak on real air (how fast they are: benchmarks/checks.py).

Nobody knows which of these real hours are faulty, so the bounds are no hit rates: they say how much a reviewer is
asked to read. Counted as in service: windows of 72 h, five national stations of Yangquan.
"""

from datetime import UTC, datetime

import polars as pl
import pytest

from bihuan.domain import quality
from tests.quality.air import SITES, WINDOW, places, real_hours

# Findings per station and month; measured 2019-01 to 2019-09, see the how-to of checks.
MOST = {
    "beyond_range": 0.1,
    "stuck": 0.6,
    "spike": 0.6,
    "pm_inversion": 1.0,
    "neighbour_deviation": 2.0,
    "site_gap": 3.0,
    "sudden_drop": 0.3,
    "cut_off": 0.2,
}


@pytest.mark.parametrize("name", MOST)
def test_few_findings_on_real_air(name):
    check = getattr(quality, name)
    count = 0
    for month in (1, 4, 6):
        for i in range(10):
            start = datetime(2019, month, 1, tzinfo=UTC) + i * WINDOW
            hours = real_hours().filter(pl.col("start") >= start, pl.col("start") < start + WINDOW)
            count += check(hours, places()).height
    assert count / (3 * len(SITES)) <= MOST[name]
