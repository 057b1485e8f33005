"""The database refuses to change or delete a bulletin, an act or guidance; tampering is found by `bihuan cases verify`."""

from bihuan.registry.append_only import AppendOnly

_GUARD = AppendOnly(
    ("forecast_desk_bulletin", "forecast_desk_act", "forecast_desk_guidance"),
    "forecast_desk_append_only",
    "会商预报只能追加新版本, 不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
