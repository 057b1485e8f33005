"""What the practice city has of it: the runs that its builder issues as of each moment of the days before."""

from datetime import datetime

from bihuan.kit.runs import forecasts


def build(now: datetime) -> str:
    """Nothing more to make; one line about what is there."""
    return f"预报 {len(forecasts().runs(now))} 报"
