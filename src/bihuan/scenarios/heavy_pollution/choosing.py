"""Which suggestions a page or a form is about: the newest advice's, narrowed by what was chosen."""

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.transitions import UNFINISHED
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Filter
from bihuan.kit.listing.shown import narrowing
from bihuan.registry.access import visible
from bihuan.registry.models import Emitter, Person
from bihuan.scenarios.heavy_pollution.models import Suggestion


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


def filters_of(rows: Sequence[Suggestion]) -> tuple[Filter, ...]:
    """By what the list is narrowed, with the choices that stand in these rows."""
    counties = {(r.region_id[:6], r.region.name) for r in rows}
    industries = {(r.emitter.industry, r.emitter.industry) for r in rows if r.emitter.industry}
    pollutants = {(r.pollutant, r.pollutant_label) for r in rows}
    return (
        Filter("kind", _("类别"), worded(Emitter.Kind.choices), lambda kind: Q(emitter__kind=kind)),
        Filter("county", _("区县"), lambda: sorted(counties), lambda code: Q(region__code__startswith=code)),
        Filter("industry", _("行业"), lambda: sorted(industries), lambda name: Q(emitter__industry=name)),
        Filter("pollutant", _("污染物"), lambda: sorted(pollutants), lambda key: Q(pollutant=key)),
    )


def chosen(rows: QuerySet[Suggestion], given: Mapping[str, str]) -> QuerySet[Suggestion]:
    """The rows that the filters of a page or of its form leave."""
    return rows.filter(narrowing(filters_of(()), given))
