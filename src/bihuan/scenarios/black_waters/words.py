"""How grades, items and what is lacking are called: in Chinese, told in the language of the reader where they are shown."""

from collections.abc import Mapping

from bihuan.domain.standards.surface_water.black_odorous import Grade

ITEM_NAMES: Mapping[str, str] = {"sd": "透明度", "do": "溶解氧", "orp": "氧化还原电位", "nh3n": "氨氮"}
UNITS: Mapping[str, str] = {"sd": "cm", "do": "mg/L", "orp": "mV", "nh3n": "mg/L", "depth": "cm"}
GRADES: Mapping[Grade | None, str] = {
    None: "未评价",
    Grade.NONE: "不黑臭",
    Grade.LIGHT: "轻度黑臭",
    Grade.HEAVY: "重度黑臭",
}
TONES: Mapping[Grade | None, str] = {None: "dim", Grade.NONE: "good", Grade.LIGHT: "warn", Grade.HEAVY: "bad"}


def lacking_at(name: str, times: Mapping[str, int]) -> str:
    """What is lacking at a point: `times` each item was measured, of those that were measured too seldom."""
    if len(set(times.values())) == 1 and len(times) > 1:
        (n,) = set(times.values())
        return f"{name}只测 {n} 次" if n else f"{name}未测"
    return "、".join(
        f"{name}{ITEM_NAMES[item]}只测 {n} 次" if n else f"{name}{ITEM_NAMES[item]}未测"
        for item, n in times.items()
    )
