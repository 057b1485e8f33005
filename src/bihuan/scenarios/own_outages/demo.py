"""What the practice city has: nothing. Its centre has an outage as soon as somebody stops it."""

from datetime import datetime


def build(now: datetime) -> str:
    """Nothing is made up: a city that was only just built was never down."""
    return "没有中断"
