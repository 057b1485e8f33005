"""What the practice city has of chiefs."""

from datetime import datetime


def build(at: datetime) -> str:
    """Nothing yet."""
    return ""
