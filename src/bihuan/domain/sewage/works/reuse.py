"""再生水水量平衡: what works made, what they sent, and who used how much for what; what does not close is shown with its sign.

A user's month without a figure is not known and never 0: then what is left over is at most unaccounted for, and the use is at least the one given.
Reuse rate (再生水利用率) = water used / sewage treated, as the statistics of towns (城市建设统计) reckon it; the text was not at hand.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

USED = pl.Schema(
    {
        "works": pl.String(),
        "user": pl.String(),
        "purpose": pl.String(),
        "month": pl.Date(),
        "volume": pl.Float64(),  # m³, null: nobody said
    }
)


@dataclass(frozen=True)
class Balance:
    """Of some works over a span [m³]; None where nothing is known of it.

    unknown: (user, month) without a figure. gaps: days of the span on which a works that makes or sends water did not say how much.
    """

    treated: float | None
    made: float | None
    sent: float | None
    used: float | None
    by_purpose: dict[str, float]
    unknown: tuple[tuple[str, date], ...]
    gaps: int

    @property
    def complete(self) -> bool:
        """Did every user and every day say how much?"""
        return not self.unknown and not self.gaps

    @property
    def kept(self) -> float | None:
        """Made and not sent: used at the works, stored, let out; negative where more was sent than made."""
        return None if self.made is None or self.sent is None else self.made - self.sent

    @property
    def given(self) -> float | None:
        """What users could have used: what was sent, or made where nobody says what was sent."""
        return self.made if self.sent is None else self.sent

    @property
    def unclosed(self) -> float | None:
        """Given and not used by anybody who is registered; negative where users say more than was given."""
        return None if self.given is None or self.used is None else self.given - self.used

    @property
    def share(self) -> float | None:
        """The unclosed share of what was given, with its sign."""
        return None if self.unclosed is None or not self.given else self.unclosed / self.given

    @property
    def rate(self) -> float | None:
        """Used of what was treated [0..1]."""
        return None if self.used is None or not self.treated else self.used / self.treated


def balance(months: pl.DataFrame, used: pl.DataFrame) -> Balance:
    """The balance of the works and months of MONTHS with USED of the same. Treated is what left the works, or came in where that is not said."""
    makes = months.group_by("works").agg(m=pl.col("made_days").sum(), s=pl.col("sent_days").sum())
    gaps = sum(
        _gaps(months.filter(pl.col("works").is_in(makes.filter(pl.col(days) > 0)["works"].to_list())), name)
        for days, name in (("m", "made_days"), ("s", "sent_days"))
    )
    known = used.filter(pl.col("volume").is_not_null())
    lacking = used.filter(pl.col("volume").is_null()).sort("user", "month").select("user", "month")
    treated = months.select(pl.coalesce("outflow", "inflow"))["outflow"]
    by_purpose = (
        known.group_by("purpose")
        .agg(pl.col("volume").sum())
        .sort("volume", "purpose", descending=[True, False])
    )
    return Balance(
        _sum(treated), _sum(months["made"]), _sum(months["sent"]), _sum(known["volume"]), dict(by_purpose.iter_rows()),
        tuple(lacking.iter_rows()), gaps,
    )  # fmt: skip


def _gaps(months: pl.DataFrame, name: str) -> int:
    return int((months["due"] - months[name]).clip(lower_bound=0).sum())


def _sum(values: pl.Series) -> float | None:
    known = values.drop_nulls()
    return float(known.sum()) if known.len() else None
