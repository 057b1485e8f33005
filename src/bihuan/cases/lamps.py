"""The lamp (灯) that shows how near a deadline is: in words, and in a colour that follows the ladder of reminders."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bihuan.cases.deadlines import span_text
from bihuan.cases.ladders import Timing
from bihuan.cases.terms import Unit


@dataclass(frozen=True)
class Lamp:
    """`colour` is green, yellow, red or grey; `text` says the same in words."""

    colour: str
    text: str


def standing(due: datetime, stopped_at: datetime, state_label: str) -> Lamp:
    """The lamp of a case whose clock stands since `stopped_at`."""
    late = stopped_at > due
    how = _("逾期 %(span)s") % {"span": span_text(stopped_at - due)} if late else _("未逾期")
    return Lamp("grey", f"{_(state_label)}, {how}")


def running(unit: Unit, start: datetime | None, due: datetime, now: datetime, timing: Timing) -> Lamp:
    """The lamp of a case whose clock runs: yellow once the first reminder is due. start: the hand-over."""
    if now > due:
        return Lamp("red", _("超期 %(span)s") % {"span": timing.text(unit, due, now)})
    colour = "yellow" if timing.warned(unit, start, due, now) else "green"
    return Lamp(colour, _("还剩 %(span)s") % {"span": timing.text(unit, now, due)})
