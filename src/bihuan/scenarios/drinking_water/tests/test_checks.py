"""A month beyond class III is a finding about the source, worked by hand; what was not received yet says nothing."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.checking import check
from bihuan.scenarios.drinking_water.checks import SOURCES, exceeds, inputs
from bihuan.scenarios.drinking_water.scenario import SCENARIO
from bihuan.scenarios.drinking_water.tests.test_quality import rows
from bihuan.scenarios.drinking_water.tests.world import source
from tests.people import City
from tests.web.world import MINE, NOW


def fixture(name: str) -> pl.DataFrame:
    """Laboratory values by day of China, as observations."""
    day = pl.col("day").str.to_datetime(time_zone="Asia/Shanghai").cast(INSTANT).alias("start")
    table = pl.read_csv(Path(__file__).parent / "fixtures" / name, schema_overrides={"value": pl.Float64})
    return table.select("site", "quantity", day, "value", flag=pl.lit(None, pl.String))


def found(values: pl.DataFrame, kind: str = "ground", **parameters: int) -> list[dict[str, object]]:
    return exceeds.run(values, pl.DataFrame([("W", kind)], SOURCES, orient="row"), **parameters).to_dicts()


def test_a_month_beyond_its_limit_is_one_finding_with_multiple_and_numbers() -> None:
    """Sulphate of ground water, 250 mg/L: 280 and 300 make 290 in February, 0.16 times beyond; ammonia stands at its limit."""
    (row,) = found(fixture("episode.csv"))
    assert (row["target_kind"], row["target"], row["item"], row["unit"]) == (
        "water_source",
        "W",
        "w21038",
        "倍",
    )
    assert row["magnitude"] == pytest.approx(0.16)
    assert row["start"] == datetime(2019, 2, 1, tzinfo=CST)
    assert row["until"] == datetime(2019, 3, 1, tzinfo=CST)
    assert "2019-02 均值 290 mg/L，超过 III 类限值 250 mg/L" in str(row["title"])
    said = json.loads(str(row["evidence"]))
    assert (said["月均值"], said["限值"], said["样品数"]) == (290.0, 250.0, 2)
    assert "14848" in said["限值出处"]


def test_a_mean_at_the_limit_another_source_and_an_item_without_limit_are_nothing() -> None:
    assert found(fixture("near_miss.csv")) == []
    assert found(fixture("episode.csv"), least_samples=3) == []


def test_a_value_below_its_bound_tells_the_distance() -> None:
    """Dissolved oxygen of class III is 5 mg/L or more."""
    (row,) = found(rows(("W", "w01009", 12, 4.6)), "river")
    assert (row["magnitude"], row["unit"]) == (pytest.approx(0.4), "mg/L")
    assert "低于 III 类限值 5 mg/L" in str(row["title"])
    assert row["until"] == datetime(2020, 1, 1, tzinfo=CST)


def test_what_had_been_received_is_filed_about_the_source_and_once(place: City, tmp_path: Path) -> None:
    """Sulphate of January, received a day before the clock's now."""
    source(place)
    table = pl.DataFrame(
        [{"site": "W1", "time": "2019-01-01 00:00", "code": "w21038", "period": "month", "value": 290.0}]
    )
    table.write_csv(tmp_path / "water.csv")
    import_files(archive(), [tmp_path / "water.csv"], received=NOW - timedelta(days=1), delay=None)
    assert exceeds.run(*inputs(NOW - timedelta(days=2), SCENARIO.look_back)).is_empty()
    for _ in range(2):
        check(NOW, lambda *_: None, looks_at="values")
    finding = Finding.objects.get(check_key="water_source.exceeds")
    assert (finding.target, finding.organisation, finding.region_id) == ("W1", place.governments[MINE], MINE)
    assert finding.title.startswith("硫酸盐 2019-01 均值 290 mg/L")
