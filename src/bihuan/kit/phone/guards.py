"""The database refuses to change or delete what a phone sent and what became of it."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("phone_item", "phone_itemfile"), "phone_append_only", "手机提交的记录只能追加, 不能修改或删除"
)
create, drop = _GUARD.create, _GUARD.drop
