"""The register as the tables of domain/outlets; who may see which outlets; what findings need to know of them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from bihuan.cases.targets import Target
from bihuan.domain.outlets.quality_control import QUALITY, uncontrolled
from bihuan.domain.outlets.reading import FACTORS, default_factors
from bihuan.domain.outlets.tables import LIMITS, MARKS, OUTLETS, SPANS
from bihuan.domain.sewage.tables import LIMITS as SEWAGE_LIMITS
from bihuan.registry.access import visible
from bihuan.registry.models import Organisation, Person
from bihuan.scenarios.plant_emissions.channel_factors import factors_of
from bihuan.scenarios.plant_emissions.items import CODES, LOADED
from bihuan.scenarios.plant_emissions.models import (
    Channel,
    Limit,
    Logger,
    Mark,
    Outlet,
    QualityCheck,
    Span,
)


def outlets_seen(person: Person) -> QuerySet[Outlet]:
    """The outlets of the enterprises that a person may see."""
    return visible(Outlet.objects.select_related("emitter__region", "emitter__organisation"), person)


def listed_objects(codes: Collection[str]) -> list[tuple[str, str, str]]:
    """Of units of the reduction list, their outlets as objects of findings."""
    rows = Outlet.objects.filter(emitter__in=codes).values_list("emitter_id", "code")
    return [(emitter, "outlet", code) for emitter, code in rows]


def targets(keys: Collection[str]) -> Mapping[str, Target]:
    """Outlets as targets of findings."""
    outlets = Outlet.objects.filter(code__in=keys).select_related("emitter__region", "emitter__organisation")
    runs = _vendors(keys)
    return {
        o.code: Target(
            str(o), o.emitter.region, o.emitter.organisation, o.simulated, o.emitter.lon, o.emitter.lat, runs.get(o.code)
        )
        for o in outlets
    }  # fmt: skip


def _vendors(codes: Collection[str]) -> dict[str, Organisation]:
    """Who runs the logger of an outlet. None of any where all loggers have one vendor: its silence would be the network's."""
    every = Logger.objects.values_list("vendor").distinct()
    if every.count() < 2:
        return {}
    channels = Channel.objects.filter(outlet__in=codes, logger__vendor__isnull=False)
    return {
        c.outlet_id: c.logger.vendor for c in channels.select_related("logger__vendor") if c.logger.vendor
    }


def marks_known(at: datetime) -> QuerySet[Mark]:
    """Marks that had been set and not withdrawn by a moment."""
    withdrawn = Q(withdrawal__at__lte=at)
    return Mark.objects.filter(at__lte=at).exclude(withdrawn)


def _frame(rows: Iterable[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def outlets_table(codes: Iterable[str], *, silent: bool = False) -> pl.DataFrame:
    """OUTLETS of these; one without a logger is left out, or with `silent` it has no interval."""
    outlets = Outlet.objects.filter(pk__in=list(codes))
    rows = (outlets if silent else outlets.filter(loggers__isnull=False)).values_list(
        "code", "name", "emitter__name", "process", "ref_o2", "rated_flow", "duct_area", "loggers__interval"
    )
    return _frame(rows, OUTLETS).unique("site", keep="first").sort("site")


def fingerprint(kind: str) -> str:
    """All that hours of a kind depend on in the register: outlets, and how their loggers' records are read."""
    outlets = Outlet.objects.filter(kind=kind).order_by("pk").values_list("code", "process", "ref_o2")
    channels = (
        Channel.objects.filter(outlet__kind=kind)
        .order_by("logger_id", "outlet_id")
        .values_list("logger_id", "outlet_id", "factors", "logger__interval", "logger__load_code")
    )
    return repr((list(outlets), list(channels)))


def limits_table(codes: Iterable[str]) -> pl.DataFrame:
    """LIMITS of these outlets."""
    rows = Limit.objects.filter(outlet__in=list(codes)).values_list(
        "outlet_id", "item", "limit", "period", "ultra_low", "valid_from", "valid_until", "basis"
    )
    return _frame(rows, LIMITS)


def sewage_limits_table(codes: Iterable[str]) -> pl.DataFrame:
    """LIMITS of these sewage outlets, with the lower end of pH."""
    rows = Limit.objects.filter(outlet__in=list(codes)).values_list(
        "outlet_id", "item", "limit", "period", "ultra_low", "valid_from", "valid_until", "basis", "low"
    )
    return _frame(rows, SEWAGE_LIMITS)


def spans_table(codes: Iterable[str]) -> pl.DataFrame:
    """SPANS of these outlets."""
    return _frame(
        Span.objects.filter(outlet__in=list(codes)).values_list("outlet_id", "item", "low", "high"), SPANS
    )


def marks_table(codes: Iterable[str], start: datetime, until: datetime, known: datetime) -> pl.DataFrame:
    """MARKS of these outlets that touch [start, until), as known at a moment."""
    rows = marks_known(known).filter(outlet__in=list(codes), start__lt=until, until__gt=start)
    return _frame(
        rows.values_list(
            "outlet_id", "kind", "code", "start", "until", "reason", "who__full_name", "at"
        ).order_by("start"),
        MARKS,
    )


def quality_table(codes: Iterable[str], known: datetime) -> pl.DataFrame:
    """QUALITY of these outlets, as entered and not withdrawn by a moment."""
    rows = QualityCheck.objects.filter(outlet__in=list(codes), entered_at__lte=known)
    rows = rows.exclude(withdrawn_at__lte=known)
    return _frame(rows.values_list("outlet_id", "item", "at", "passed"), QUALITY)


def uncontrolled_table(codes: Iterable[str], known: datetime) -> pl.DataFrame:
    """UNCONTROLLED of these outlets by the quality checks that had been entered by a moment."""
    return uncontrolled(quality_table(codes, known), known)


def _spoken(channel: Channel) -> tuple[str, str]:
    """What tells by which codes a channel is read: the maker's code of the load, which stacks have, and the medium."""
    kind = channel.outlet.kind
    return (channel.logger.load_code if kind in LOADED else ""), kind


def factors_table(codes: Iterable[str]) -> pl.DataFrame:
    """FACTORS of these outlets' loggers."""
    channels = list(Channel.objects.filter(outlet__in=list(codes)).select_related("logger", "outlet"))
    own = [
        (c.logger_id, code, item, float(factor), c.outlet_id)
        for c in channels
        for code, (item, factor) in factors_of(c.factors).items()
    ]
    parts = [_frame(own, FACTORS)]
    standard = [c for c in channels if not c.factors]
    for load_code, kind in sorted({_spoken(c) for c in standard}):
        rows = [(c.logger_id, c.outlet_id) for c in standard if _spoken(c) == (load_code, kind)]
        devices = pl.DataFrame(rows, schema={"mn": pl.String, "site": pl.String}, orient="row")
        parts.append(default_factors(devices, CODES[kind], load_code=load_code or None))
    return pl.concat(parts)
