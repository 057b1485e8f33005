"""How often a rule spoke in the last 30 days, and what people said of it: on the page of the rule."""

from dataclasses import dataclass
from datetime import datetime

from bihuan.cases.alarm_rules import PERIOD
from bihuan.cases.models import Finding
from bihuan.domain.alarm_rules import LEAST_JUDGED, MOST_WRONG
from bihuan.domain.timeaxis import CST
from bihuan.registry.access import Asked, visible
from bihuan.web.pages.checks import Judged, judged_by_check


@dataclass(frozen=True)
class Days:
    """counts: findings that began on each of the last 30 local days, the oldest first; of those that the person may see."""

    counts: list[float]
    judged: Judged

    @property
    def most(self) -> int:
        """The worst day."""
        return int(max(self.counts))

    @property
    def enough(self) -> bool:
        """Did people judge so many that the rule can be proposed for change?"""
        return self.judged.right + self.judged.wrong >= LEAST_JUDGED

    @property
    def often_wrong(self) -> bool:
        """Should the rule be changed, by what people rejected?"""
        return self.enough and (self.judged.wrong_share or 0.0) > MOST_WRONG


def days_of(request: Asked, check_key: str, now: datetime) -> Days:
    """The days of a rule up to `now`, as the person may see them."""
    rows = visible(Finding.objects.filter(check_key=check_key, started_at__gt=now - PERIOD), request.user)
    today = now.astimezone(CST).date()
    counts = [0.0] * PERIOD.days
    for start in rows.exclude(status=Finding.Status.MERGED).values_list("started_at", flat=True):
        ago = (today - start.astimezone(CST).date()).days
        if 0 <= ago < len(counts):
            counts[-1 - ago] += 1
    return Days(counts, judged_by_check(request).get(check_key, Judged()))
