"""Who may see what: one function scopes every query by the posts of a person. There is no second way to the data."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from bihuan.registry.models import Organisation, Person, Post, Region, prefix_of

M = TypeVar("M", bound=Model)


class Asked(HttpRequest):
    """A request of somebody who is signed in: the middleware lets nobody else through."""

    user: Person


Role = Post.Role


@dataclass(frozen=True)
class Scope:
    """What a person's posts open: whole regions (by code prefix) and single organisations."""

    person_id: int
    regions: tuple[str, ...]
    organisations: tuple[int, ...]
    roles: frozenset[str]

    def has(self, *roles: str) -> bool:
        """Does the person hold one of these roles anywhere?"""
        return bool(self.roles.intersection(roles))

    def covers(self, region_code: str) -> bool:
        """Is this region inside one of the person's regions?"""
        return any(region_code.startswith(p) for p in self.regions)


def scope_of(person: Person) -> Scope:
    """The scope of a person, computed once per loaded person."""
    cached = person.__dict__.get("_scope")
    if cached is None:
        posts = list(person.posts.select_related("region"))
        cached = Scope(
            person.pk,
            # An enterprise's contact sees the enterprise, not the county it stands in.
            tuple(sorted({prefix_of(p.region_id) for p in posts if p.role != Role.ENTERPRISE})),
            tuple(sorted({p.organisation_id for p in posts if p.organisation_id is not None})),
            frozenset(p.role for p in posts),
        )
        person.__dict__["_scope"] = cached
    assert isinstance(cached, Scope)
    return cached


def _inside(field: str, prefixes: tuple[str, ...]) -> Q:
    found = Q(pk__in=[])
    for prefix in prefixes:
        found |= Q(**{f"{field}__startswith": prefix})
    return found


def visible(queryset: QuerySet[M], person: Person) -> QuerySet[M]:
    """The rows of a query that this person may see.

    A model says how it is scoped by `region` and/or `organisation`; one without either is common to all who are
    signed in. A person without posts sees nothing.
    """
    scope = scope_of(person)
    model = queryset.model
    if model is Region:
        return queryset.filter(_inside("code", scope.regions))
    if model is Organisation:
        return queryset.filter(_inside("region__code", scope.regions) | Q(pk__in=scope.organisations))
    fields = {f.name for f in model._meta.get_fields()}
    allowed = Q(pk__in=[])
    if "region" in fields:
        allowed |= _inside("region__code", scope.regions)
    if "organisation" in fields:
        allowed |= Q(organisation__in=scope.organisations)
    if not fields & {"region", "organisation"}:
        return queryset if scope.roles else queryset.none()
    return queryset.filter(allowed)
