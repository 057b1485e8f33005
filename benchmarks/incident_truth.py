"""What of the findings of a fortnight is right by the simulator's truth, and when each deed was first shown. Used by incidents.py."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from fortnight import AT, HOUR, Told

from bihuan.cases.grouping import GAP

ARRIVAL = ("arrival.", "gap", "day_invalid", "no_sample")
"""What speaks of data that did not come, or came late: true whenever the journal says so."""
SERIOUS = ("serious", "major")


class Truth:
    """What the simulator did."""

    def __init__(self, deeds: list[Told]) -> None:
        self.deeds: dict[str, list[Told]] = defaultdict(list)
        for deed in deeds:
            for site in filter(None, (deed.site, deed.other)):
                self.deeds[site].append(deed)

    def says(self, finding: Any) -> bool | None:
        """Whether a finding is right; None where the simulator knows no truth."""
        if any(part in finding.check_key for part in ARRIVAL):
            return True
        if finding.target_kind != "outlet":
            return None
        return self.during(finding) or self._over(finding) or self.traces(finding)

    def during(self, finding: Any) -> bool:
        """Whether something is done there meanwhile."""
        here = self.deeds[finding.target]
        return any(d.start < finding.until and d.until > finding.started_at for d in here)

    def traces(self, finding: Any) -> bool:
        """Whether it begins as something that was done there ends."""
        here = self.deeds[finding.target]
        return any(d.start < finding.until and d.until + GAP >= finding.started_at for d in here)

    def _over(self, finding: Any) -> bool:
        """What is measured at an honest outlet is what was: an exceedance there is one."""
        return ".limits." in finding.check_key


def by_trace(truth: Truth) -> int:
    """Incidents that are right only because they begin as a deed ends."""
    from bihuan.cases.incident_models import Incident

    rows = Incident.objects.filter(opened_at__gt=AT, root__isnull=False)
    members = [list(i.findings.exclude(status="merged")) for i in rows]
    plainly = [any(truth.says(f) and not _only_trace(truth, f) for f in found) for found in members]
    return sum(not p and any(truth.says(f) for f in found) for p, found in zip(plainly, members, strict=True))


def _only_trace(truth: Truth, finding: Any) -> bool:
    arrived = any(part in finding.check_key for part in ARRIVAL)
    return not arrived and not truth.during(finding) and ".limits." not in finding.check_key


def first_shown(truth: Truth, until: datetime) -> dict[str, dict[str, Any]]:
    """Of each deed that began within the rounds: hours until something of it was shown, and until something serious was."""
    from bihuan.cases.models import Finding

    shown = {}
    for deed in {d for deeds in truth.deeds.values() for d in deeds if AT <= d.start < until}:
        here = Finding.objects.filter(
            target__in=filter(None, (deed.site, deed.other)),
            started_at__lt=deed.until,
            until__gt=deed.start,
            found_at__gt=deed.start,
        ).exclude(severity="minor")
        hours = {
            name: min(((f.found_at - deed.start) / HOUR for f in rows), default=None)
            for name, rows in (("shown", here), ("serious", here.filter(severity__in=SERIOUS)))
        }
        shown[f"{deed.site} {deed.kind} {deed.start:%m-%d %H}"] = hours
    return dict(sorted(shown.items()))


def compared(now: dict[str, dict[str, Any]], before: dict[str, dict[str, Any]]) -> list[str]:
    """What is shown at another time than in an earlier run."""
    return [
        f"{deed}: {before[deed]} -> {now[deed]}"
        for deed in now
        if deed in before and before[deed] != now[deed]
    ]
