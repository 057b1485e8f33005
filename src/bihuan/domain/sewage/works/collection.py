"""城市生活污水集中收集率: the people whose sewage arrives at works, by its BOD5, over the people who use water.

    rate = (BOD5 that arrives - of it from industry, where known) [g/d] / (45 g/(person·d) x people who use water)

as 建城〔2019〕52号 and the statistics of towns reckon it (formula as it is commonly quoted; the text was not at hand). Of a span the mass of a
day is the mean of the days reported, so a day without a report is left out and not counted as nothing; how many days that were is told.
A works without a BOD5 adds nothing to the sum: then the rate is at least the one given, and the works are named.
"""

from dataclasses import dataclass

import polars as pl

from bihuan.domain.sewage.works.rules import Rules

MASSES = pl.Schema(
    {
        "works": pl.String(),
        "bod_kg": pl.Float64(),  # kg/d, mean of the days reported in months with a BOD5; null: none
        "industry": pl.Float64(),  # kg/d; null: not known
        "reported": pl.Int32(),  # days that the mass stands for
        "due": pl.Int32(),
    }
)


@dataclass(frozen=True)
class Collected:
    """Of a county, or of several together.

    people: who use water, None where not known. arrived: kg/d of BOD5 at the works; industry: kg/d of it that is known to come from
    industry. unmeasured: works without a BOD5. unsplit: works of which the industry is not known. reported of `due` days of works.
    """

    people: float | None
    arrived: float
    industry: float
    measured: tuple[str, ...]
    unmeasured: tuple[str, ...]
    unsplit: tuple[str, ...]
    reported: int
    due: int
    person_bod: float

    @property
    def served(self) -> float | None:
        """How many people the sewage that arrives is of; None where nothing was measured."""
        if not self.measured:
            return None
        return max(self.arrived - self.industry, 0.0) * 1000 / self.person_bod

    @property
    def rate(self) -> float | None:
        """0..1, above 1 where more arrives than the people let out; None where it cannot be said."""
        if self.served is None or not self.people:
            return None
        return self.served / self.people

    @property
    def missing(self) -> float | None:
        """People whose sewage does not arrive; negative where more arrives."""
        return None if self.served is None or self.people is None else self.people - self.served


def masses(months: pl.DataFrame) -> pl.DataFrame:
    """MONTHS of a span -> MASSES: each month weighs as many days as were reported in it."""
    with_bod = pl.col("bod_kg").is_not_null()
    days = pl.col("reported")
    mass = (pl.col("bod_kg") * days).filter(with_bod).sum() / days.filter(with_bod).sum()
    industry = (pl.col("industry") * days).filter(with_bod).sum() / days.filter(with_bod).sum()
    split = pl.col("industry").filter(with_bod).null_count() == 0
    made = months.group_by("works").agg(
        mass.fill_nan(None).alias("bod_kg"),
        pl.when(split).then(industry.fill_nan(None)).alias("industry"),
        days.filter(with_bod).sum().alias("reported"),
        pl.col("due").sum(),
    )
    return made.select(list(MASSES)).cast(MASSES).sort("works")


def collected(
    masses: pl.DataFrame, works: list[str], people: float | None, due: int, rules: Rules
) -> Collected:
    """Of some works and the people of their area. due: days that each of them should have reported."""
    rows = masses.filter(pl.col("works").is_in(works))
    known = rows.filter(pl.col("bod_kg").is_not_null())
    measured = set(known["works"])
    return Collected(
        people,
        float(known["bod_kg"].sum()),
        float(known["industry"].sum()),
        tuple(code for code in works if code in measured),
        tuple(code for code in works if code not in measured),
        tuple(known.filter(pl.col("industry").is_null())["works"]),
        int(known["reported"].sum()),
        due * len(works),
        rules.person_bod,
    )
