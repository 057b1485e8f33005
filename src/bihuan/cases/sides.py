"""A finding as the rules of grouping see it. Pure: no Django here."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Side:
    """A finding as the rules see it. `incident` is None while it is new; rank: of its severity, 0 the mildest.

    line: what shares one way of sending with it (its plant). vendor: who runs its logger, and so the platform that it sends
    through; empty: not known, or the only one there is. area: what one weather or network covers, and one office
    answers for (its city); what befalls several areas is an incident in each.
    fixed: its incident is united with no other. leads: somebody judged it, that still holds, and its incident waits for
    nobody.
    """

    key: int
    check: str
    target: tuple[str, str]
    item: str
    start: datetime
    until: datetime
    rank: int
    facet: str = ""
    explained_by: tuple[str, ...] = ()
    cause: str = ""
    line: str = ""
    vendor: str = ""
    area: str = ""
    incident: int | None = None
    fixed: bool = False
    leads: bool = False

    @property
    def sender(self) -> str:
        """What counts once in a crowd: the plant, or the target where it belongs to none."""
        return self.line or self.target[1]
