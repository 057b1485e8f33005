"""What the practice city has of it: all of its register, which `practice.city` brings in before anything else."""

from datetime import datetime

from bihuan.scenarios.city.registers import CITY


def build(now: datetime) -> str:
    """Nothing more to make; one line about what is there."""
    return "，".join(f"{r.title} {r.model._default_manager.count()}" for r in CITY)
