"""The database refuses to change or delete plans, patrols, what was sent, stops, signs and verdicts, and rules."""

from bihuan.registry.append_only import AppendOnly

_TABLES = (
    "plan", "planend", "patrol", "batch", "stop", "stopfile", "sign", "signverdict", "rulesversion",
)  # fmt: skip
_GUARD = AppendOnly(
    tuple(f"patrol_{name}" for name in _TABLES), "patrol_append_only", "巡查记录只能追加, 不能修改或删除"
)
create, drop = _GUARD.create, _GUARD.drop
