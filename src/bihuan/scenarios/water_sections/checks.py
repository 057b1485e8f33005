"""The checks of this scenario: whether what the stations of sections sent can be believed."""

from bihuan.domain.checks import Check, check
from bihuan.scenarios.water_sections.quality import single, together

OURS = "自有方法"
FACET = "water_data"
"""Sides of one matter: a station whose data cannot be believed."""


CHECKS: tuple[Check, ...] = (
    check("water.range", title="水质数据超出合理范围", basis=OURS, severity="moderate", looks_at="readings", facet=FACET)(single.beyond_range),
    check("water.stuck", title="水质数据长时间不变", basis=OURS, severity="minor", looks_at="readings", facet=FACET)(single.stuck),
    check("water.jump", title="水质数据突变", basis=OURS, severity="minor", looks_at="readings", facet=FACET)(single.jump),
    check("water.oxygen", title="溶解氧过饱和", basis="HJ 506-2009（饱和值，条款待核）；自有方法", severity="minor", looks_at="readings", facet=FACET)(together.oxygen),
    check("water.acid", title="pH 与溶解氧变化不一致", basis=OURS, severity="minor", looks_at="readings", facet=FACET)(together.acid),
    check("water.nitrogen", title="氨氮高于总氮", basis=OURS, severity="moderate", looks_at="readings", facet=FACET)(together.nitrogen),
    check("water.phosphorus", title="总磷与浊度不符", basis=OURS, severity="minor", looks_at="readings", facet=FACET)(together.phosphorus),
    check("water.neighbours", title="与上游断面关系异常", basis=OURS, severity="minor", looks_at="readings", facet=FACET)(together.neighbours),
    check("water.leftovers", title="维护停运期间沿用旧数据", basis=OURS, severity="minor", looks_at="readings", facet=FACET)(together.leftovers),
)  # fmt: skip
