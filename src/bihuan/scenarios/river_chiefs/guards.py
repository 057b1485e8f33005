"""The database refuses to change or delete rules, finds, links and progress that were written once."""

from bihuan.registry.append_only import AppendOnly

_TABLES = ("dutyrules", "disorder", "rivercase", "goalentry")
_GUARD = AppendOnly(
    tuple(f"river_chiefs_{name}" for name in _TABLES),
    "river_chiefs_append_only",
    "河长制记录只能追加, 不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
