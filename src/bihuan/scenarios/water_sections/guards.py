"""The database refuses to change or delete an outlook."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("water_sections_outlook",), "water_sections_append_only", "断面水质展望只能追加, 不能修改或删除"
)
create, drop = _GUARD.create, _GUARD.drop
