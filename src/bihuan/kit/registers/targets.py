"""The objects of a register as what findings are about."""

from collections.abc import Collection

from bihuan.cases.targets import Kind, Target
from bihuan.kit.registers.declared import BadRegister, Register
from bihuan.registry.subjects import Subject


def kind_of(register: Register) -> Kind:
    """The kind of target that a register declares. Raises BadRegister for one whose model is no Subject."""
    model = register.model
    if not issubclass(model, Subject):
        raise BadRegister(
            f"{register.kind}: findings are about a Subject; give the kind {register.target} itself"
        )

    def targets(keys: Collection[str]) -> dict[str, Target]:
        rows = model._default_manager.filter(pk__in=keys).select_related("region", "organisation")
        return {
            row.code: Target(row.name, row.region, row.organisation, row.simulated, row.lon, row.lat)
            for row in rows
        }

    return Kind(targets, register.page or "register_object", () if register.page else (register.kind,))
