"""What loggers had sent, as known at a moment: the last version counts, silence of all is judged as of then, old reports say their factor."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from bihuan.scenarios.plant_emissions import register
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.received import as_of, seen, versions, watched, with_subjects
from bihuan.scenarios.plant_emissions.tests.asking import at, six
from bihuan.scenarios.plant_emissions.tests.conftest import MN, NOW, START, lines, receive
from tests.feeds.hj212.packets import pack
from tests.people import City

GAS, HOUR = MEDIA["gas"], timedelta(hours=1)


def report(number: int, factor: str, slope: float) -> bytes:
    """What an analyser of E1-1 reports of itself at so many minutes past three: its slope."""
    moment = f"2019022503{number:02}00"
    return pack(
        f"QN={moment}000;ST=31;CN=3020;PW=123456;MN={MN['E1-1']};Flag=5;CP=&&DataTime={moment};PolId={factor},"
        f"i13008-Info={slope}&&"
    )


def reports() -> pl.DataFrame:
    """The rows of all reports of a slope as they are stored."""
    rows = versions(register.factors_table(["E1-1"]), START, NOW, NOW).collect()
    return rows.filter(pl.col("code") == "i13008").sort("start", "field")


def test_a_report_of_an_older_journal_is_known_by_its_packet(plants: City) -> None:
    """Rows of before 2026-12 do not say of which factor a report is; the packet in the journal does."""
    receive([report(1, "a21002", 1.02), report(2, "a21026", 0.97)])
    told = reports()
    assert told["subject"].unique().sort().to_list() == ["a21002", "a21026"]
    silent = told.with_columns(subject=pl.lit(""))
    assert with_subjects(silent).equals(told)
    half = told.with_columns(
        subject=pl.when(pl.col("subject") == "a21026").then("subject").otherwise(pl.lit(""))
    )
    assert with_subjects(half).equals(told), "what is said stays"
    assert with_subjects(silent.clear()).is_empty()


def test_the_checks_get_each_report_at_its_pollutant(plants: City) -> None:
    receive([report(1, "a21002", 1.02), report(2, "a21026", 0.97)])
    found = watched(GAS, ["E1-1"], START, NOW).parameters
    assert found.filter(name="slope").select("item", "value").rows() == [("nox", 1.02), ("so2", 0.97)]


def test_a_packet_that_was_sent_again_counts_as_it_was_sent_last(plants: City) -> None:
    receive(six("E1-1", at(2, 25, 1), 60))
    receive(six("E1-1", at(2, 25, 1), 90), late=timedelta(hours=2))

    def nox(known: datetime) -> set[float]:
        data = seen(GAS, ["E1-1"], START, START + 6 * HOUR, known)
        return set(data.minutes["nox"].drop_nulls())

    assert nox(NOW - timedelta(hours=4)) == {60.0}, "what came later was not known"
    assert nox(NOW) == {90.0}
    rows = versions(register.factors_table(["E1-1"]), START, START + 6 * HOUR, NOW).collect()
    assert set(rows.filter(code="a21002", field="Avg")["value"]) == {"60", "90"}


@pytest.mark.parametrize(("after", "judged"), [(0.5, 0.5), (1.0, 1.0), (1.5, 1.0), (72.0, 1.0)])
def test_when_nothing_at_all_comes_outlets_are_judged_an_hour_after_the_last_receipt(
    after: float, judged: float
) -> None:
    rows = pl.DataFrame({"received": [START, START - HOUR]})
    assert as_of(rows, START + after * HOUR) == START + judged * HOUR


def test_without_any_row_the_moment_itself_counts() -> None:
    assert as_of(pl.DataFrame(schema={"received": pl.Datetime("us", "UTC")}), NOW) == NOW


def test_six_hours_are_made_of_their_records_and_none_of_an_outlet_that_sent_nothing(plants: City) -> None:
    receive(lines("near_miss"))
    data = seen(GAS, ["E1-1"], START, START + 6 * HOUR, NOW)
    assert (data.hours.height, data.hours["valid_nox"].all()) == (6, True)
    assert data.minutes.height == 36
    assert seen(GAS, ["E2-1", "nowhere"], START, START, NOW).hours.is_empty()
