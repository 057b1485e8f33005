"""How messages stand, for the pages that show it: channels that do not work, posts that nobody holds, a person's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from bihuan.cases import channels
from bihuan.cases.browsers import NOBODY
from bihuan.cases.message_models import Delivery
from bihuan.errors import NothingDone
from bihuan.registry.models import Person

DAY = timedelta(days=1)
MOST = 20
PHONE = 11
"""Digits of a telephone."""


@dataclass(frozen=True)
class Trouble:
    """A channel that does not work: since when, how many messages wait or were given up, and why."""

    name: str
    since: datetime
    count: int
    why: str


def channel_troubles(now: datetime) -> list[Trouble]:
    """Channels whose newest try failed within the last day."""
    try:
        known = [channel for channel in channels.every_channel() if channel.enabled]
    except NothingDone as error:
        waiting = Delivery.objects.filter(state=Delivery.State.WAITING, due__lte=now).count()
        return [Trouble(_("全部"), now, waiting, str(error))]
    return [trouble for channel in known if (trouble := _trouble(channel, now))]


def _trouble(channel: channels.Channel, now: datetime) -> Trouble | None:
    rows = Delivery.objects.filter(channel=channel.key, at__gt=now - DAY)
    sent = rows.filter(state=Delivery.State.SENT).order_by("-ended_at").first()
    stuck = rows.filter(state__in=(Delivery.State.WAITING, Delivery.State.FAILED), tries__gt=0)
    stuck = stuck.exclude(result=NOBODY)  # the person's, not the channel's
    if sent is not None:
        stuck = stuck.filter(due__gt=sent.due)
    first = stuck.order_by("at").first()
    return Trouble(channel.name, first.at, stuck.count(), first.result) if first else None


def empty_posts(now: datetime) -> list[str]:
    """Posts that had to act within the last day, and that nobody held."""
    rows = Delivery.objects.filter(state=Delivery.State.EMPTY, at__gt=now - DAY, at__lte=now)
    return sorted(set(rows.values_list("post", flat=True)))[:MOST]


def own_messages(person: Person) -> list[tuple[Delivery, str, str]]:
    """The last messages to a person that left the inbox, each with its way and the address."""
    rows = person.deliveries.exclude(channel="inbox").select_related("case")[:MOST]
    return [(row, kind_title(row.kind), where_of(row)) for row in rows]


def kind_title(kind: str) -> str:
    """What a way is called."""
    found = channels.KINDS.get(kind)
    return str(found.title) if found else _("站内")


def where_of(row: Delivery) -> str:
    """Where a message went; of browsers its result says how many."""
    return "" if row.address.startswith(f"{channels.BROWSERS}/") else masked(row.address)


def masked(address: str) -> str:
    """An address by which its owner knows it and nobody else: `l***@example.cn`, `138****0000`, `z***` (an account of WeCom)."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    if address.isdecimal() and len(address) == PHONE:
        return f"{address[:3]}****{address[-4:]}"
    return f"{address[:1]}***" if address else ""
