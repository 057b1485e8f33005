"""Who may see what, and who may do what. Both follow from a person's posts, and from nothing else.

`visible` scopes every query by the `SCOPE` of its model (registry.scopes); there is no second way to the data. `may` is
the one question before every change.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

from bihuan.registry.city import own_city
from bihuan.registry.models import Organisation, Person, Post, Region, prefix_of
from bihuan.registry.roles import UNIT
from bihuan.registry.roles import Role as Role
from bihuan.registry.scopes import AnyScope, Common, Holders, Own, Within, forks, paths

M = TypeVar("M", bound=Model)


class Asked(HttpRequest):
    """A request of somebody who is signed in: the middleware lets nobody else through."""

    user: Person


class NoScope(TypeError):
    """A model does not say who may see its rows."""


class Whole(Enum):
    """A place that is no region of its own."""

    CITY = "city"


CITY = Whole.CITY
"""As a region: the whole city of the installation (`city.own_city`)."""


@dataclass(frozen=True)
class Scope:
    """What a person holds: the posts in force, and the code of the installation's city, read once per loaded person."""

    posts: tuple[Post, ...]
    city: str

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the person holds, anywhere."""
        return frozenset(p.role for p in self.posts)

    @property
    def organisations(self) -> list[int]:
        """The organisations that the person holds a post in."""
        return sorted({p.organisation_id for p in self.posts if p.organisation_id is not None})

    def has(self, *roles: str) -> bool:
        """Does the person hold one of these roles anywhere? For what a page offers; `may` decides what is done."""
        return bool(self.roles.intersection(roles))

    def prefixes(self, roles: Collection[str] = Role.values) -> list[str]:
        """Prefixes of the regions of the posts with these roles; an enterprise's contact sees only the enterprise."""
        return sorted(
            {prefix_of(p.region_id) for p in self.posts if p.role in roles and p.role != Role.ENTERPRISE}
        )


def scope_of(person: Person) -> Scope:
    """The scope of a person, computed once per loaded person."""
    cached = person.__dict__.get("_scope")
    if cached is None:
        city = own_city()
        posts = tuple(person.posts.in_force().select_related("region", "organisation").order_by("pk"))
        cached = person.__dict__["_scope"] = Scope(posts, city.code if city else "")
    assert isinstance(cached, Scope)
    return cached


def posts_for(
    person: Person,
    *roles: str,
    region: Region | str | Whole | None,
    organisation: Organisation | int | None = None,
) -> list[Post]:
    """The posts by which a person may act on something of a region and an organisation.

    Roles of a unit (roles.UNIT) act for their own organisation, wherever it is; all others for what lies inside their
    region. `CITY` asks for posts that cover the whole city.
    """
    scope = scope_of(person)
    code = scope.city if region is CITY else region.code if isinstance(region, Region) else region or ""
    unit = organisation.pk if isinstance(organisation, Organisation) else organisation

    def fits(post: Post) -> bool:
        if post.role in UNIT:
            return post.organisation_id == unit is not None
        return code.startswith(prefix_of(post.region_id))

    return [post for post in scope.posts if post.role in roles and fits(post)]


def may(
    person: Person,
    *roles: str,
    region: Region | str | Whole | None,
    organisation: Organisation | int | None = None,
) -> bool:
    """May the person act in one of these roles on something of this region and organisation (see `posts_for`)?"""
    return bool(posts_for(person, *roles, region=region, organisation=organisation))


def scope_of_model(model: type[Model]) -> AnyScope:
    """What a model says of who may see it. Raises NoScope for one that says nothing."""
    scope = getattr(model, "SCOPE", None)
    if scope is None:
        raise NoScope(f"{model.__name__} has no SCOPE: say who may see its rows (registry.scopes)")
    assert isinstance(scope, AnyScope)
    return scope


def visible(queryset: QuerySet[M], person: Person) -> QuerySet[M]:
    """The rows of a query that this person may see, by the SCOPE of its model. Raises NoScope.

    A person without posts sees nothing but what is the person's own.
    """
    model, held = queryset.model, scope_of(person)
    scope = scope_of_model(model)
    if isinstance(scope, Own):
        return queryset.filter(**{scope.person: person})
    if isinstance(scope, Common):
        return queryset if held.posts else queryset.none()
    if isinstance(scope, Holders):
        if may(person, *scope.roles, region=CITY):
            return queryset
        if scope.region is None:
            return queryset.none()
    allowed = _allowed(scope, held)
    if any(forks(model, path) for _, path in paths(scope)):
        allowed = Q(pk__in=model._default_manager.filter(allowed).values("pk"))
    return queryset.filter(allowed)


def _allowed(scope: Within | Holders, held: Scope) -> Q:
    found = Q(pk__in=[])
    prefixes = held.prefixes(scope.roles) if isinstance(scope, Holders) else held.prefixes()
    for prefix in prefixes if scope.region is not None else ():
        found |= Q(**{_key(scope.region, "startswith"): prefix})
    if isinstance(scope, Within) and scope.organisation is not None:
        found |= Q(**{_key(scope.organisation, "in"): held.organisations})
    return found


def _key(path: str | None, lookup: str) -> str:
    return LOOKUP_SEP.join(filter(None, (path, "pk", lookup)))
