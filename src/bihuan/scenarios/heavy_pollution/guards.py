"""The database refuses to change or delete a step of a warning, and to delete what somebody may have decided."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("heavy_pollution_warningstep",),
    "heavy_pollution_append_only",
    "预警办理记录只能追加, 不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
_KEPT = AppendOnly(
    ("heavy_pollution_advice", "heavy_pollution_suggestion"),
    "heavy_pollution_kept",
    "预警建议和管控建议不能删除",
    ("DELETE",),
)
keep, let_go = _KEPT.create, _KEPT.drop
