"""Sending what waits, day by day. A message leaves the outbox only with its answer; one whose answer was lost is sent again under its number.

While the platform above is away nothing is tried but the first batch, less and less often, and no message is given up for it. A record that comes back with
a code of waiting rests by itself and holds up no other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bihuan.domain.vehicles.upward.codes import GIVEN_UP, MEND, TAKEN, code_of
from bihuan.domain.vehicles.upward.messages import REFUSED
from bihuan.scenarios.vehicle_reporting.link import Answer, Away, Link
from bihuan.scenarios.vehicle_reporting.models import Line, Message
from bihuan.scenarios.vehicle_reporting.settings import Figures

PAUSES = tuple(timedelta(minutes=n) for n in (5, 10, 30, 60, 120, 240))
"""After the first, second, ... failure of the line or refusal for now of a record; the last one stays."""
UNANSWERED = "没有回答这一条"
State = Message.State


@dataclass
class Round:
    """What became of a run: records that were taken, refused, put off; and what was wrong with the line."""

    taken: int = 0
    refused: int = 0
    later: int = 0
    trouble: str = ""


def line() -> Line:
    """How the line is."""
    return Line.objects.filter(pk=1).first() or Line(pk=1)


def pause(tries: int) -> timedelta:
    """How long to rest after so many failures (1 or more)."""
    return PAUSES[min(tries, len(PAUSES)) - 1]


def send(link: Link, kinds: Collection[str], now: datetime, figures: Figures) -> Round:
    """Send what is due of these kinds."""
    done, state = Round(), line()
    if state.until is not None and now < state.until <= now + PAUSES[-1]:
        done.trouble = state.said
        return done
    for _batch in range(-(-figures.most // figures.batch)):
        batch = _next(kinds, now, figures.batch)
        if not batch:
            break
        try:
            answers = link.send(batch[0].kind, batch[0].day, batch)
        except Away as error:
            _failed(state, now, str(error))
            done.trouble = str(error)
            break
        settle(batch, answers, now, figures, done)
        _answered(state, now)
    return done


def _next(kinds: Collection[str], now: datetime, most: int) -> list[Message]:
    """What is due of the oldest day and one kind."""
    due = Message.objects.filter(state=State.WAITING, kind__in=kinds, due__lte=now)
    first = due.order_by("day", "kind", "pk").first()
    if first is None:
        return []
    return list(due.filter(day=first.day, kind=first.kind).order_by("pk")[:most])


def settle(
    batch: Sequence[Message],
    answers: dict[str, Answer],
    now: datetime,
    figures: Figures,
    done: Round,
) -> None:
    """Write down what was answered, of the whole batch at once. What a person or a newer version changed meanwhile stays as that left it."""
    with transaction.atomic():
        still = set(
            Message.objects.filter(pk__in=[m.pk for m in batch], state=State.WAITING).values_list(
                "pk", flat=True
            )
        )
        for message in batch:
            _judge(message, answers.get(message.number, Answer(said=UNANSWERED)), now, figures, done)
        Message.objects.bulk_update(
            [m for m in batch if m.pk in still],
            ["state", "code", "said", "tries", "due", "ended_at", "body", "wrong"],
        )


def _judge(message: Message, answer: Answer, now: datetime, figures: Figures, done: Round) -> None:
    code, said, field = answer
    fate = code_of(code).fate if code else ""
    message.code, message.said = code, said
    if fate == TAKEN:
        message.state, message.ended_at, message.body = State.TAKEN, now, ""
        done.taken += 1
        return
    message.tries += 1
    if fate == MEND:
        message.state = State.PARKED
        message.wrong = [f"{field}:{REFUSED}"] if field else []
        done.refused += 1
    elif message.tries >= figures.tries:
        message.state, message.code, message.said = State.PARKED, GIVEN_UP, f"{code} {said}".strip()[:300]
        done.refused += 1
    else:
        message.due = now + pause(message.tries)
        done.later += 1


def _failed(state: Line, now: datetime, why: str) -> None:
    state.failures += 1
    state.until, state.said = now + pause(state.failures), why[:300]
    state.failed_since = state.failed_since or now
    state.save()


def _answered(state: Line, now: datetime) -> None:
    state.failures, state.until, state.said, state.failed_since, state.answered_at = 0, None, "", None, now
    state.save()
