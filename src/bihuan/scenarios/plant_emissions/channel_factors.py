"""How a logger's own factor codes are written in the register: `a21026=so2 a19001=o2 w01018=cod*1000`.

Left the code that is sent, right the quantity and, where the unit differs, by how much the sent number is multiplied.
"""

import re

from django.utils.translation import gettext as _

from bihuan.scenarios.plant_emissions.items import LABELS, SPANNED

LOAD = "load"
"""The load of the plant [%], which loggers of stacks may send."""
ITEMS = (*dict.fromkeys(item for own in SPANNED.values() for item in own), LOAD)
ENTRY = re.compile(r"(?P<code>[0-9A-Za-z_-]{1,20})=(?P<item>[a-z0-9_]+)(?:\*(?P<factor>\d+(?:\.\d+)?))?")
APART = re.compile(r"[\s;；,，]+")


def factors_of(text: str) -> dict[str, tuple[str, float]]:
    """Quantity and multiplier by the code that is sent. Raises ValueError, in the reader's language."""
    found: dict[str, tuple[str, float]] = {}
    for entry in filter(None, APART.split(text)):
        read = ENTRY.fullmatch(entry)
        if read is None or read["item"] not in ITEMS or float(read["factor"] or 1) == 0:
            raise ValueError(
                _("“%(entry)s”不是“编码=项目”或“编码=项目*倍数”；项目可选 %(all)s")
                % {
                    "entry": entry[:40],
                    "all": "、".join(f"{i}（{_(LABELS[i])}）" if i in LABELS else i for i in ITEMS),
                }
            )
        if read["code"] in found:
            raise ValueError(_("编码 %(code)s 写了两次") % {"code": read["code"]})
        found[read["code"]] = (read["item"], float(read["factor"] or 1))
    return found


def written(factors: dict[str, tuple[str, float]]) -> str:
    """As `factors_of` reads it."""
    return " ".join(
        f"{code}={item}" + ("" if factor == 1 else f"*{factor:.15g}")
        for code, (item, factor) in factors.items()
    )
