"""The database refuses to change or delete a step or an attachment; tampering is found by `bihuan cases verify`."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("cases_step", "cases_attachment"), "cases_append_only", "办理记录只能追加, 不能修改或删除"
)
create, drop = _GUARD.create, _GUARD.drop
