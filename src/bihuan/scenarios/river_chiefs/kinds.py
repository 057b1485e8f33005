"""What findings are about here: rivers and reaches with their page, and the duty of a chief."""

from collections.abc import Callable, Collection

from bihuan.cases.targets import Kind, Target
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.river_chiefs.models import Duty


def _waters(of: type[River] | type[Reach]) -> Callable[[Collection[str]], dict[str, Target]]:
    """Look up rivers, or reaches, by their code."""

    def found(keys: Collection[str]) -> dict[str, Target]:
        rows = of._default_manager.filter(pk__in=keys).select_related("region", "organisation")
        return {r.pk: Target(r.name, r.region, r.organisation, r.simulated, r.lon, r.lat) for r in rows}

    return found


def _duties(keys: Collection[str]) -> dict[str, Target]:
    rows = Duty.objects.filter(pk__in=keys).select_related("region", "organisation", "reach")
    return {
        d.pk: Target(
            f"{d.name}（{d.get_level_display()}{d.get_role_display()}）", d.region, d.organisation, d.simulated, d.reach.lon,
            d.reach.lat,
        )
        for d in rows
    }  # fmt: skip


KINDS = {
    "river": Kind(_waters(River), "river_chiefs:river"),
    "reach": Kind(_waters(Reach), "river_chiefs:reach"),
    "river_duty": Kind(_duties, "register_object", ("river_duties",)),
}
