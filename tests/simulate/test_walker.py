"""The simulated phone of a patrol sends what the entrance takes, and walks an honest, effective day with a gap."""

from datetime import UTC, date, datetime

import polars as pl

from bihuan.domain.patrol.batches import read
from bihuan.domain.patrol.effective import counts, judge
from bihuan.domain.patrol.rules import rules_on
from bihuan.domain.patrol.signs import signs
from bihuan.domain.patrol.track import GAP, steps
from bihuan.simulate.walker import batches

KEY = "00000000-0000-4000-8000-000000000001"
START = datetime(2019, 1, 11, 0, tzinfo=UTC)


def test_its_batches_are_an_honest_walk() -> None:
    rules = rules_on(date(2019, 1, 11))
    read_ = [read(raw, START, KEY) for raw in batches(KEY, START, [(113.6, 37.8)] * 2)]
    assert all(not batch.refused for batch in read_)
    points = pl.concat([batch.points for batch in read_])
    made = steps(points, rules)
    assert made.filter(pl.col("kind") == GAP).height == 1
    assert counts(judge(made, rules, None))
    assert signs(points, rules) == []
