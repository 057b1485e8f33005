"""The database refuses to change or delete an entry of the log, of the audit log, or a reviewer's decision."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("registry_logentry", "registry_auditentry", "registry_valuedecision"),
    "registry_append_only",
    "日志和审核决定只能追加, 不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
