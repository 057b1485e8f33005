"""Minutes of the local calendar (China Standard Time) and instants."""

from datetime import UTC, date, datetime, timedelta, timezone

CST = timezone(timedelta(hours=8))
DAY_MINUTES = 1440
_EPOCH = date(1970, 1, 1).toordinal() * DAY_MINUTES
MICROSECONDS = 60_000_000


def minute_of(instant: datetime) -> int:
    """Local minutes since the calendar's day one, as physics counts them."""
    local = instant.astimezone(CST)
    return local.toordinal() * DAY_MINUTES + local.hour * 60 + local.minute


def instant_of(minute: int) -> datetime:
    """The instant (UTC) of a local minute."""
    local = datetime.fromordinal(minute // DAY_MINUTES).replace(tzinfo=CST)
    return (local + timedelta(minutes=minute % DAY_MINUTES)).astimezone(UTC)


def epoch_us(minute: int) -> int:
    """Microseconds since 1970 (UTC) of a local minute; works on arrays of them too."""
    return (minute - _EPOCH - 480) * MICROSECONDS


def local_day(instant: datetime) -> date:
    """The local day of an instant."""
    return instant.astimezone(CST).date()
