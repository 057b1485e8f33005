"""Sending what waits in the outbox: what is due for one address goes out as one message.

A channel that fails rests until the next try, and its messages with it; after the last one each goes on to the next channel.
Before a message is sent it is noted that it was begun. Where a crash comes before the end is noted, it is sent once more:
at most one duplicate, and the log says so.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from django.db.models import F
from django.utils import timezone

from bihuan.cases import browsers, channels
from bihuan.cases.channels import Channel
from bihuan.cases.deadlines import until_text
from bihuan.cases.errors import NobodyThere, NotSent
from bihuan.cases.escalation import is_held, is_overtaken, read_by_post
from bihuan.cases.message_models import Delivery
from bihuan.cases.models import Case, Notification

PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60))
"""Between tries; a message that is not taken after the last of them is given up."""
LINES, PLACE, MOST = 8, 20, 500
"""Lines of a message and letters of a place (a robot of WeCom takes 2048 bytes), and messages of a round at most."""
MINUTE = timedelta(minutes=1)
TITLE = "闭环平台提醒"
CUT_OFF = "上次发送中断，可能重复一次"
State, Purpose = Delivery.State, Delivery.Purpose


@dataclass
class Round:
    """What became of a round: messages that went out, and channels that failed."""

    sent: int = 0
    failed: int = 0


def deliver(now: datetime) -> Round:
    """Send what is due, channel by channel; of one that fails nothing more is tried in this round."""
    browsers.tidy()
    done = Round()
    known = {channel.key: channel for channel in channels.every_channel()}
    for key, rows in _due(now).items():
        channel = known.get(key)
        if channel is None or not channel.enabled:
            _give_up(rows, now, "渠道已停用")
        else:
            _by(channel, [row for row in rows if _still_wanted(row)], now, done)
    return done


def _due(now: datetime) -> dict[str, list[Delivery]]:
    rows = Delivery.objects.filter(state=State.WAITING, due__lte=now).order_by("due", "pk")
    found: dict[str, list[Delivery]] = defaultdict(list)
    joined = rows.select_related(
        "case__region", "notification__step", "notification__person", "notification__post"
    )
    for row in joined[:MOST]:
        found[row.channel].append(row)
    return found


def _still_wanted(row: Delivery) -> bool:
    """A notice that was read meanwhile, or whose reader left the post, is not sent."""
    note = row.notification
    if note is None:
        return True
    why = ""
    if is_overtaken(note):
        why = "已有后续办理"
    elif read_by_post(note):
        why = "已读"
    elif not is_held(note):
        why = "已离任"
    if why:
        Delivery.objects.filter(pk=row.pk).update(state=State.DROPPED, result=why, ended_at=timezone.now())
    return not why


def _by(channel: Channel, rows: Sequence[Delivery], now: datetime, done: Round) -> None:
    twice = [row for row in rows if row.begun_at and row.result == CUT_OFF]
    _give_up(twice, now, "两次发送中断")
    for batch in _batches([row for row in rows if row not in twice])[: _allowance(channel)]:
        try:
            _send(channel, batch)
        except NobodyThere as error:
            _give_up(batch, now, str(error))
            _one_way_less(batch)
        except NotSent as error:
            _failed(batch, now, str(error))
            done.failed += 1
            return
        else:
            done.sent += 1


def _batches(rows: Sequence[Delivery]) -> list[list[Delivery]]:
    """All that waits for one address is one message; what is no notice goes alone."""
    by_address: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for row in rows:
        alone = row.purpose if row.purpose == Purpose.NOTICE else str(row.pk)
        by_address[(row.address, alone)].append(row)
    return list(by_address.values())


def _allowance(channel: Channel) -> int:
    """How many messages the channel may take at this moment."""
    lately = Delivery.objects.filter(
        channel=channel.key, state=State.SENT, ended_at__gt=timezone.now() - MINUTE
    )
    return max(channel.kind.per_minute - lately.values("batch").distinct().count(), 0)


def _send(channel: Channel, batch: list[Delivery]) -> None:
    """Send one message. Raises NotSent."""
    keys, again = [row.pk for row in batch], any(row.begun_at for row in batch)
    rows, number = Delivery.objects.filter(pk__in=keys), token_hex(8)
    rows.update(begun_at=timezone.now(), tries=F("tries") + 1, result=CUT_OFF if again else "")
    try:
        said = _hand_over(channel, batch)
    except NotSent:
        rows.update(begun_at=None)
        raise
    result = "；".join(filter(None, (CUT_OFF if again else "", said)))
    rows.update(state=State.SENT, ended_at=timezone.now(), batch=number, result=result, text="")


def _hand_over(channel: Channel, batch: Sequence[Delivery]) -> str:
    """To the other side; what the log says of it. Raises NotSent."""
    from bihuan.cases import senders  # only who sends pays for the library

    to = batch[0].address
    if channel.kind.address == channels.BROWSERS:
        case = batch[0].case if len(batch) == 1 else None
        return browsers.send(channel, to, TITLE, body_of(batch), case.number if case else "")
    link = channels.link() if batch[0].purpose == Purpose.NOTICE else ""
    body = "\n".join(filter(None, (body_of(batch), link and f"{link}/inbox/")))
    senders.send(channel.kind.key, channel.given, senders.Message(to, TITLE, body))
    return ""


def _failed(batch: Sequence[Delivery], now: datetime, why: str) -> None:
    last = [row for row in batch if row.tries >= len(PAUSES)]
    for row in batch:
        if row.tries < len(PAUSES):
            Delivery.objects.filter(pk=row.pk).update(due=now + PAUSES[row.tries], result=why)
    _give_up(last, now, why)


def _give_up(rows: Sequence[Delivery], now: datetime, why: str) -> None:
    """Not by this channel: the next one is asked at once."""
    for row in rows:
        Delivery.objects.filter(pk=row.pk).update(
            state=State.FAILED, result=why, ended_at=timezone.now(), text=""
        )
        if row.notification_id:
            Notification.objects.filter(pk=row.notification_id, read_at=None).update(next_at=now)


def _one_way_less(rows: Sequence[Delivery]) -> None:
    """The way itself is gone: what was the next one stands in its place."""
    notes = Notification.objects.filter(pk__in=[row.notification_id for row in rows], reached__gt=0)
    notes.update(reached=F("reached") - 1)


def body_of(batch: Sequence[Delivery]) -> str:
    """What leaves the house: number, what it is about, place and deadline; no titles, evidence or names."""
    told = [line_of(row) for row in batch]
    head = f"您有 {len(told)} 条未读提醒：" if len(told) > 1 else ""
    rest = f"另有 {len(told) - LINES} 条，请登录查看" if len(told) > LINES else ""
    return "\n".join(filter(None, (head, *told[:LINES], rest)))


def line_of(row: Delivery) -> str:
    """One line of a message."""
    note = row.notification
    if note is None:
        return row.text
    case = note.case
    what = note.step.label if note.step else note.text.removeprefix(f"{case} ")
    due = f"，期限 {until_text(case.due)}" if case.due else ""
    return f"{case.number} {what}（{_place(case)}{due}）"


def _place(case: Case) -> str:
    """The region, and the place where it is no citizen's words."""
    place = "" if case.source == Case.Source.COMPLAINT else case.place[:PLACE]
    return f"{case.region.name} {place}".strip()
