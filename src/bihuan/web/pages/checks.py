"""The catalogue of checks: what each says, whether it runs, and how often people found it right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import render

from bihuan import clock
from bihuan.cases.models import CheckRun, Finding
from bihuan.registry.access import Asked, visible
from bihuan.scenarios.catalogue import Entry, every_check
from bihuan.scenarios.manifests import manifest_of
from bihuan.scenarios.resolved import every_scenario
from bihuan.web.check_times import round_times

PERIOD = timedelta(days=30)
Status = Finding.Status


@dataclass(frozen=True)
class Judged:
    """Findings of a check in the period: how many, how many people found right (confirmed, handed over) and wrong."""

    count: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def right_share(self) -> float | None:
        """Share of those judged that were right; None when nobody judged any."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def wrong_share(self) -> float | None:
        """Share of those judged that were wrong; None when nobody judged any."""
        return self.wrong / (self.right + self.wrong) if self.right + self.wrong else None


@dataclass(frozen=True)
class Row:
    """A check with its findings and its last run (None: it has not run yet)."""

    entry: Entry
    judged: Judged
    last: CheckRun | None


def catalogue(request: Asked) -> HttpResponse:
    """Every check with basis, parameters, last run, findings of 30 days, and how many people confirmed."""
    judged, last = judged_by_check(request), last_runs()
    rows = [Row(e, judged.get(e.check.key, Judged()), last.get(e.check.key)) for e in every_check()]
    scenarios = [(name, s, manifest_of(name)) for name, s in every_scenario().items()]
    context = {
        "rows": rows,
        "scenarios": scenarios,
        "troubles": troubles(last.values()),
        "times": round_times(last),
    }
    return render(request, "web/checks.html", context)


def judged_by_check(request: Asked) -> dict[str, Judged]:
    """By the key of a check: what the person may see of its findings that began within the period."""
    since = clock.now() - PERIOD
    counted = (
        visible(Finding.objects.filter(started_at__gte=since), request.user)
        .exclude(status=Status.MERGED)
        .order_by()
        .values_list("check_key")
        .annotate(
            Count("id"),
            # What only took over the verdict of another finding says nothing about its own check.
            right=Count("id", filter=Q(status__in=(Status.CONFIRMED, Status.HANDED), follows=None)),
            wrong=Count("id", filter=Q(status=Status.REJECTED)),
        )
    )
    return {key: Judged(count, right, wrong) for key, count, right, wrong in counted}


def last_runs() -> dict[str, CheckRun]:
    """The newest run of each check."""
    newest = CheckRun.objects.order_by().values("check_key").annotate(last=Max("id")).values("last")
    return {run.check_key: run for run in CheckRun.objects.filter(pk__in=newest)}


def troubles(runs: Iterable[CheckRun]) -> list[CheckRun]:
    """Of the last runs those that failed, did not run, or found something about what is not registered."""
    return [run for run in runs if run.error or run.skipped or run.unknown]
