"""An hour's quantities and its minute records as rows of a page, of every medium."""

from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from bihuan.domain.emissions.tables import CONVERTED, POLLUTANTS, STATE
from bihuan.domain.sewage.tables import FLAGGED as SEWAGE_ITEMS
from bihuan.scenarios.plant_emissions.items import LABELS, UNITS


def of_item(row: dict[str, Any], item: str) -> dict[str, Any]:
    """A quantity of an hour: value, converted value, valid minutes, flag, amount; None for what it does not have."""
    names = {
        "value": item,
        "zs": f"{item}_zs",
        "n": f"n_{item}",
        "valid": f"valid_{item}",
        "flag": f"{item}_flag",
        "kg": f"{item}_kg",
    }
    return {"label": LABELS[item], "unit": UNITS[item], **{k: row.get(c) for k, c in names.items()}}


def minute_table(minutes: pl.DataFrame) -> dict[str, Any]:
    """What the records say, a column for each quantity that occurs."""
    known = (*POLLUTANTS, *CONVERTED, *STATE, *SEWAGE_ITEMS)
    names = [n for n in known if n in minutes.columns and minutes[n].count()]
    table = [
        (r["start"], [(r[n], r.get(f"{n}_flag"), 0 if n == "flow" else 2) for n in names], r["received"])
        for r in minutes.iter_rows(named=True)
    ]
    heads = [{"label": _head(n), "unit": UNITS[n.removesuffix("_zs")]} for n in names]
    return {"minutes": table, "heads": heads}


def _head(name: str) -> str:
    label = _(LABELS[name.removesuffix("_zs")])
    converted = _("自算折算")
    return f"{label} {converted}" if name.endswith("_zs") else label
