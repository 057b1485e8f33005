"""The database refuses to change or delete a step of a warning."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("heavy_pollution_warningstep",),
    "heavy_pollution_append_only",
    "预警办理记录只能追加, 不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
