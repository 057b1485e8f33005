"""What the practice city has of outfalls."""

from datetime import datetime


def build(at: datetime) -> str:
    """Nothing yet."""
    return ""
