"""The database refuses to change or delete an entry of the log or the audit log, a decision, a change of a register."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("registry_logentry", "registry_auditentry", "registry_valuedecision"),
    "registry_append_only",
    "日志和审核决定只能追加, 不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
_CHANGES = AppendOnly(
    ("registry_batch", "registry_change"),
    "registry_changes_append_only",
    "登记的变更记录只能追加, 不能修改或删除",
)
guard_changes, free_changes = _CHANGES.create, _CHANGES.drop
