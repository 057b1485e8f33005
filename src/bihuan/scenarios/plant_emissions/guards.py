"""The database refuses to change or delete a mark or its withdrawal, and to delete a quality check."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("plant_emissions_mark", "plant_emissions_withdrawal"),
    "plant_emissions_append_only",
    "标记和撤销只能追加, 不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
_KEPT = AppendOnly(
    ("plant_emissions_qualitycheck",), "plant_emissions_kept", "质控记录不能删除, 只能撤销", ("DELETE",)
)
keep, let_go = _KEPT.create, _KEPT.drop
