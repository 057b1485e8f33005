"""The two jobs: filling and sending, every ten minutes; comparing, every day."""

from datetime import datetime, timedelta

from bihuan.jobs import Say
from bihuan.scenarios.vehicle_reporting.link import Away, Link
from bihuan.scenarios.vehicle_reporting.outbox import fill, tidy
from bihuan.scenarios.vehicle_reporting.reconciling import agrees, compare, days_due, resend_lost
from bihuan.scenarios.vehicle_reporting.sending import send
from bihuan.scenarios.vehicle_reporting.settings import in_force, upward

OFF = "联网上报没有启用"


def report(now: datetime, _say: Say = lambda _text: None) -> str:
    """Fill the outbox, send what is due, drop what is settled long ago."""
    to, numbers = upward(), in_force()
    if not to.ready:
        return OFF
    made = sum(fill(to, kind, now) for kind in to.kinds)
    with Link(to) as link:
        done = send(link, to.kinds, now, numbers)
    tidy(now - timedelta(days=numbers.keep_days))
    said = f"新增 {made} 条，确认 {done.taken} 条，退回 {done.refused} 条，稍后再发 {done.later} 条"
    return f"{said}；{done.trouble}" if done.trouble else said


def reconcile(now: datetime, _say: Say = lambda _text: None) -> str:
    """Compare the last days, and send again what is lost and little."""
    to, numbers = upward(), in_force()
    if not to.ready:
        return OFF
    days = different = again = 0
    with Link(to) as link:
        for kind, day in days_due(to, now, numbers):
            try:
                rows = compare(link, to, kind, day, now)
            except Away as error:
                return f"对账 {days} 天后中断：{error}"
            days += 1
            different += any(not agrees(row) for row in rows)
            again += resend_lost(to, rows, now, numbers.by_itself)
    return f"对账 {days} 天，不一致 {different} 天，重发 {again} 条"
