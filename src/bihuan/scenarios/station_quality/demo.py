"""What the practice city has: one real stuck run, reviewed as a worked example (the reviewer is simulated)."""

from datetime import datetime, timedelta

from bihuan.domain.outages import no_outages
from bihuan.registry.access import may
from bihuan.registry.decisions import decide, decisions_of
from bihuan.registry.hours import hours_of
from bihuan.registry.models import Person, Post, Site, ValueDecision
from bihuan.registry.roles import JUDGES
from bihuan.scenarios.catalogue import check_of

LOOK_BACK = timedelta(days=10)


def _reviewer(site: Site) -> Person | None:
    people = Person.objects.filter(posts__role=Post.Role.VERIFIER).order_by("id").distinct()
    return next((p for p in people if may(p, *JUDGES, region=site.region_id)), None)


def build(now: datetime) -> str:
    """Exclude the longest stuck run of the last days once; one line about what was done."""
    sites = {s.code: s for s in Site.objects.filter(evaluated=True)}
    if not decisions_of(sites).is_empty():
        return "审核示例已存在"
    end = now.replace(minute=0, second=0, microsecond=0)
    hours = hours_of(sites, end - LOOK_BACK, end, decided=False)
    stations = hours.select("site").unique()
    found = check_of("air.stuck").run(hours, stations, no_outages()).sort("magnitude", descending=True)
    reviewer = _reviewer(sites[found["target"][0]]) if found.height else None
    if reviewer is None:
        return "没有可作审核示例的数据"
    row = found.row(0, named=True)
    exclude = ValueDecision.Verdict.EXCLUDE
    reason = f"{row['title']}（模拟审核）"
    made = decide(sites[row["target"]], [row["item"]], row["start"], row["until"], exclude, reason, reviewer)
    return f"审核示例：{made}"
