"""What has arrived of everything that is not ambient hours, by medium: water, dust, noise, flue gas."""

from datetime import datetime
from typing import Any

import polars as pl
from django.utils.translation import gettext_lazy as _

from bihuan.archive.observations import Asked
from bihuan.domain.quantities import LONG
from bihuan.registry.hours import archive

MEDIA = {
    "water": _("水质"),
    "dust": _("扬尘"),
    "noise": _("噪声"),
    "gas": _("废气"),
    "ambient": _("环境空气"),
    "weather": _("气象"),
    "road": _("道路"),
}


def long_sources(now: datetime) -> list[dict[str, Any]]:
    """Per medium: sites, series (a site's quantity and period), the newest start and the newest receipt; known at `now`."""
    media = {code: quantity.medium for code, quantity in LONG.items()}
    newest = archive().observations.latest(Asked(as_of=now))
    found = (
        newest.group_by(medium=pl.col("quantity").replace_strict(media))
        .agg(
            pl.col("site").n_unique().alias("sites"),
            pl.len().alias("series"),
            pl.col("start", "received").max(),
        )
        .sort("received", descending=True)
    )
    return [{**row, "name": MEDIA[row["medium"]]} for row in found.to_dicts()]
