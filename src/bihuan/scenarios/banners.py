"""Banners: what everybody in an area must know now, on every page. A scenario folder that carries `banner.py` is asked."""

from dataclasses import dataclass
from datetime import datetime

from bihuan.registry.models import Person
from bihuan.scenarios import rooms


@dataclass(frozen=True)
class Banner:
    """One line on top of every page: `tone` (yellow, orange, red) colours it, `title` says the same in words.

    since and until: from when, and until when as planned. `lines`: what the reader has to do. `url` opens the notice.
    """

    tone: str
    title: str
    since: datetime
    until: datetime | None
    lines: tuple[str, ...]
    url: str


def banners_for(person: Person, at: datetime) -> list[Banner]:
    """All banners that concern a person at a moment."""
    return [banner for room in rooms("banner").values() for banner in room.banners(person, at)]
