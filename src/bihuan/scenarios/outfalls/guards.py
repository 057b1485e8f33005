"""The database refuses to change or delete a step and a milestone."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("outfalls_step", "outfalls_milestone"), "outfalls_append_only", "排污口办理记录不能修改或删除"
)
create, drop = _GUARD.create, _GUARD.drop
