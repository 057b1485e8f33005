"""Two works of one county on one reach, what they report, who uses their reused water, and the addresses of the folder."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.sewage_works.grades import CODES
from bihuan.scenarios.sewage_works.models import Population, Term, User, Works
from bihuan.scenarios.sewage_works.reading import CONCENTRATION_OF, VOLUME_OF
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW

LON, LAT = 113.6, 37.8
LONG_AGO = date(2015, 1, 1)
JANUARY = date(2019, 1, 1)
SITES = (
    {name: (suffix, "w00000", 1 / 86.4) for suffix, name in VOLUME_OF.items()}
    | {f"{p}{item}": (s, code, 1.0) for s, p in CONCENTRATION_OF.items() for item, code in CODES.items()}
    | {"rain": ("", "rainfall", 1.0)}
)
"""By a figure of a day, the end of its site, its code, and what it is multiplied with to be sent."""


def reach(people: City) -> Reach:
    """One reach of 8 km of one river."""
    given: dict[str, Any] = {"region": people.regions["140300"], "lon": LON, "lat": LAT}
    river, _new = River.objects.get_or_create(code="R", defaults={"name": "桃河", **given})
    made, _new = Reach.objects.get_or_create(
        code="R-1", defaults={"name": "桃河一段", "river": river, "length_km": 8.0, **given}
    )
    return made


def works(people: City, code: str = "W1", *, capacity: float | None = 1000.0, **more: Any) -> Works:
    """A works that the county's government runs, serving 10,000 people; without a capacity nothing is registered of it."""
    term = {"people": more.pop("people", 10_000), "industry": more.pop("industry", 0.0)}
    given: dict[str, Any] = {
        "name": f"污水厂{code}", "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": LON, "lat": LAT,
        "kind": "county", "grade": "a1",
    }  # fmt: skip
    made = Works.objects.create(code=code, **given | more)
    if capacity is not None:
        Term.objects.create(works=made, valid_from=LONG_AGO, capacity=capacity, **term)
    return made


def user(people: City, code: str = "Z1", of: str = "W1", **more: Any) -> User:
    """A user of reused water in the county."""
    given: dict[str, Any] = {
        "name": f"用户{code}",
        "region": people.regions[MINE],
        "lon": LON,
        "lat": LAT,
        "purpose": "industry",
    }
    return User.objects.create(code=code, works_id=of, **given | more)


def people_of(people: City, count: int, region: str = MINE) -> Population:
    """The people of a county who use water."""
    return Population.objects.create(region=people.regions[region], valid_from=LONG_AGO, people=count)


def reported(
    folder: Path, called: str, rows: Iterable[Mapping[str, Any]], *, first: date = JANUARY, days_ago: int = 1
) -> None:
    """Daily figures of a works, called by its code or name, of consecutive days, received some days ago; an empty one is None."""
    lines = []
    for n, row in enumerate(rows):
        day = row.get("date", first + timedelta(days=n))
        for name, value in row.items():
            if name != "date":
                suffix, code, times = SITES[name]
                sent = None if value is None else value * times
                lines.append(
                    {
                        "site": f"{called}{suffix}",
                        "time": f"{day} 00:00",
                        "code": code,
                        "period": "day",
                        "value": sent,
                    }
                )
    path = folder / f"works{len(list(folder.iterdir()))}.csv"
    pl.DataFrame(lines, infer_schema_length=None).write_csv(path)
    (report,) = import_files(archive(), [path], received=NOW - timedelta(days=days_ago), delay=None)
    assert not report.error, report
    assert not report.quarantined, report.refused


def month(n: int = 31, **figures: Any) -> list[dict[str, Any]]:
    """Days that are alike."""
    return [dict(figures) for _ in range(n)]


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a works is seen in its county and by who runs it."""
    clock.set_replay(NOW, 0)
    works(people)
    return [
        *(Address(name, ALL) for name in ("index", "network", "reuse", "word", "book")),
        *(Address(name, IN_REGION_OR_UNIT, values={"code": "W1"}) for name in ("works", "series")),
    ]
