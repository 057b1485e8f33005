"""Which city the installation is for. It follows from what is registered, not from the shape of a code."""

from django.db.models import QuerySet

from bihuan.registry.models import Emitter, Organisation, Post, Region


def evaluated_cities() -> QuerySet[Region]:
    """The cities that have evaluation stations, by code: one, but for an installation of a province."""
    return Region.objects.filter(city_sites__evaluated=True).distinct()


def evaluated_city() -> Region | None:
    """The city whose stations are evaluated; the first by code of several."""
    return evaluated_cities().first()


def own_city() -> Region | None:
    """The region that a post must cover to act on the whole installation.

    The city that the evaluation stations belong to. Before any is registered: the smallest registered region that
    holds all posts, organisations and emitters, so that a post of a part never counts for the whole. None when
    nothing is registered.
    """
    return evaluated_city() or _common()


def _common() -> Region | None:
    named = (
        rows.order_by().values_list("region_id", flat=True).distinct()
        for rows in (Post.objects, Organisation.objects, Emitter.objects)
    )
    codes = {code for each in named for code in each}
    around = [r for r in Region.objects.all() if all(code.startswith(r.prefix) for code in codes)]
    return max(around, key=lambda r: len(r.prefix), default=None) if codes else None
