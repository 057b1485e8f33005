"""The league table counts what cannot be earned by driving past."""

from datetime import date, timedelta

import polars as pl
import pytest
import shapely

from bihuan.domain.patrol.coverage import cells, fresh, visits
from bihuan.domain.patrol.effective import counts, judge
from bihuan.domain.patrol.league import PATROLS, table
from bihuan.domain.patrol.track import steps
from tests.patrol.made import EAST, LAT, LON, RULES, START, points, straight, to_and_fro

DAY = date(2019, 2, 25)


def row(person: str, patrol: str = "1", day: date = DAY, **more: object) -> dict[str, object]:
    empty = {"effective": False, "km": 0.0, "fresh": 0.0, "stops": 0, "found": 0, "confirmed": 0}
    return {"person": person, "patrol": patrol, "day": day} | empty | more


def test_the_points_are_the_sum_of_what_counts() -> None:
    found = table(
        pl.DataFrame(
            [
                row("a", effective=True, fresh=20.0, stops=3, confirmed=1),
                row("a", "2", effective=True),  # the same day again
                row("a", "3", DAY + timedelta(days=1), effective=True),
                row("b", km=900.0, found=99),
            ],
            schema=PATROLS,
        ),
        RULES,
    )
    # 2 days of 10, 20 cells at 5 for ten, 3 stops of 2, one confirmed find of 5
    assert found.select("person", "days", "points").rows() == [("a", 2, 41.0), ("b", 0, 0.0)]


def test_who_drives_the_line_at_sixty_or_walks_a_hundred_metres_over_and_over_gains_nothing() -> None:
    river = cells({"river": shapely.LineString([(LON, LAT), (LON + 20_000 / EAST, LAT)])}, 100)
    ways = {
        "walker": straight(9000, 1.2), "car": straight(160_000, 60 / 3.6)[:1200], "circler": to_and_fro(100, 90),
    }  # fmt: skip
    made = [steps(points(way), RULES).with_columns(patrol=pl.lit(who)) for who, way in ways.items()]
    later = steps(points(ways["circler"], start=START + timedelta(days=1)), RULES).with_columns(
        patrol=pl.lit("again")
    )
    new = dict(
        fresh(river, visits(river, pl.concat([*made, later]), RULES.buffer_m), RULES.fresh_days).iter_rows()
    )
    assert new.get("car", 0) == new.get("again", 0) == new.get("circler", 0) == 0
    assert new["walker"] == pytest.approx(90, abs=2)
    effective = dict(zip(ways, (counts(judge(m, RULES, None)) for m in made), strict=True))
    assert effective == {"walker": True, "car": False, "circler": False}
    scored = table(
        pl.DataFrame(
            [row(w, w, effective=effective[w], fresh=float(new.get(w, 0))) for w in ways], schema=PATROLS
        ),
        RULES,
    )
    assert dict(scored.select("person", "points").iter_rows()) == {
        "walker": pytest.approx(55, abs=2),
        "car": 0,
        "circler": 0,
    }


def test_nobody_is_on_an_empty_table() -> None:
    assert table(pl.DataFrame(schema=PATROLS), RULES).is_empty()
