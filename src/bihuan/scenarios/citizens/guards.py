"""The database refuses to change or delete a report, its photos and what was done with it."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("citizens_report", "citizens_photo", "citizens_act"),
    "citizens_append_only",
    "举报及其受理记录不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
