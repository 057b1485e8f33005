"""Which suggestions a page or a form is about: the newest advice's, narrowed by what was chosen."""

from collections.abc import Mapping

from django.db.models import QuerySet

from bihuan import clock
from bihuan.cases.transitions import UNFINISHED
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.heavy_pollution.models import Suggestion

CHOICES = ("kind", "county", "industry", "pollutant")


def current(person: Person) -> QuerySet[Suggestion]:
    """The suggestions of the newest run up to now that a person may see, best first."""
    rows = visible(Suggestion.objects.filter(issued__lte=clock.now()), person)
    newest = rows.order_by("-issued").first()
    related = rows.select_related("region", "emitter__organisation", "case", "decided_by", "advice__region")
    return related.filter(issued=newest.issued).order_by("rank", "pk") if newest else related.none()


def running_otherwise(person: Person, level: str) -> list[Suggestion]:
    """Accepted measures that are still carried out and are not of the level listed now, whichever run they came from."""
    rows = visible(Suggestion.objects.filter(issued__lte=clock.now()), person)
    rows = rows.filter(case__state__in=UNFINISHED).exclude(level=level).exclude(status__in=Suggestion.GONE)
    newest = {row.case_id: row for row in rows.select_related("emitter", "case").order_by("issued", "pk")}
    return list(newest.values())


def chosen(rows: QuerySet[Suggestion], given: Mapping[str, str]) -> QuerySet[Suggestion]:
    """The rows of a kind, a county, an industry and a main pollutant, each where one is given."""
    kind, county, industry, pollutant = (given.get(key, "") for key in CHOICES)
    if kind:
        rows = rows.filter(emitter__kind=kind)
    if county:
        rows = rows.filter(region__code__startswith=county)
    if industry:
        rows = rows.filter(emitter__industry=industry)
    return rows.filter(pollutant=pollutant) if pollutant else rows
