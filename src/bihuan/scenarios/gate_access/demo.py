"""What the practice city has: no key. Whoever lets a gate system in makes one, and sees it once."""

from datetime import datetime


def build(now: datetime) -> str:
    """Nothing is made up: a key that nobody holds would let nobody in."""
    return "没有发放门禁密钥"
