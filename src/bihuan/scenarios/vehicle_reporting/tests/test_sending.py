"""From an imported record to the province's books: once, whatever breaks; what came back is named; corrections follow."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from bihuan.scenarios.vehicle_reporting import link as links
from bihuan.scenarios.vehicle_reporting import outbox, sending
from bihuan.scenarios.vehicle_reporting.jobs import OFF, reconcile, report
from bihuan.scenarios.vehicle_reporting.models import Line, Message, Reading
from bihuan.scenarios.vehicle_reporting.settings import Figures
from bihuan.scenarios.vehicle_reporting.tests.world import DAY, TODAY, YESTERDAY, imported, settle
from bihuan.simulate.province import Province
from tests.web.world import NOW

MINUTE = timedelta(minutes=1)
SMALL = Figures(batch=5, most=1000, tries=3, days=7, keep_days=90, by_itself=200)


@pytest.fixture(autouse=True)
def small() -> object:
    """Batches of five, three tries."""
    with patch("bihuan.scenarios.vehicle_reporting.jobs.in_force", return_value=SMALL):
        yield


def states() -> dict[str, int]:
    rows = Message.objects.order_by("pk").values_list("state", flat=True)
    return {state: list(rows).count(state) for state in rows}


def names(n: int) -> list[str]:
    return [f"T{i:02d}" for i in range(n)]


def once_each(above: Province, n: int) -> None:
    assert len(above.books) == n
    assert set(above.taken.values()) == {1}
    assert sum(above.taken.values()) == n


def test_what_was_imported_is_in_the_books_above_in_their_words(province: Province, data_dir: Path) -> None:
    imported(data_dir, names(12))
    assert report(NOW) == "新增 12 条，确认 12 条，退回 0 条，稍后再发 0 条"
    once_each(province, 12)
    data = province.books["tests", "T03"].data
    assert (data["testNo"], data["beginTime"], data["co5025"]) == ("T03", f"{YESTERDAY} 09:03:00", 0.41)
    assert (data["testMethod"], data["result"], data["plateColour"], data["hc5025"]) == ("2", "1", "1", None)
    assert report(NOW + 10 * MINUTE) == "新增 0 条，确认 0 条，退回 0 条，稍后再发 0 条"
    assert province.requests == 3
    assert not Message.objects.exclude(body="").exists()


@pytest.mark.parametrize("fault", ["down", "slow", "lost", "cut", "silent"])
def test_a_line_that_breaks_loses_nothing_and_doubles_nothing(
    province: Province, data_dir: Path, fault: str
) -> None:
    """The second batch meets the fault; ten minutes later all is there, each once."""
    imported(data_dir, names(12))
    province.faults = ["", fault]
    with patch.object(links.Link.__init__, "__defaults__", (0.3,)):
        report(NOW)
        assert states()["waiting"] >= 1
        report(NOW + 10 * MINUTE)
    assert states() == {"taken": 12}
    once_each(province, 12)


def test_a_sender_that_dies_between_answer_and_note_sends_the_same_numbers_again(
    province: Province, data_dir: Path
) -> None:
    imported(data_dir, names(12))
    with patch.object(sending, "settle", side_effect=SystemExit), pytest.raises(SystemExit):
        report(NOW)
    assert (states(), len(province.books)) == ({"waiting": 12}, 5)
    assert report(NOW).startswith("新增 0 条，确认 12 条")
    once_each(province, 12)


def test_a_filler_that_dies_has_filled_nothing_or_all(province: Province, data_dir: Path) -> None:
    imported(data_dir, names(12))
    with patch.object(Reading, "save", side_effect=SystemExit), pytest.raises(SystemExit):
        report(NOW)
    assert not Message.objects.exists()
    report(NOW)
    once_each(province, 12)


def test_a_province_away_for_days_gets_all_of_it_in_the_order_of_days(
    province: Province, data_dir: Path
) -> None:
    province.away = True
    for n in range(3):
        imported(data_dir, [f"{n}{name}" for name in names(6)], TODAY - (3 - n) * DAY, NOW + n * DAY)
        for hour in range(0, 24, 2):
            report(NOW + n * DAY + timedelta(hours=hour))
    assert states() == {"waiting": 18}
    assert Line.objects.get().failed_since == NOW
    assert province.requests == 21  # it is asked seldom: after 5, 10, 30 min ... at last every four hours
    province.away = False
    report(NOW + 4 * DAY)
    once_each(province, 18)
    assert province.days == sorted(province.days)
    assert Line.objects.get().failures == 0


def test_a_key_that_the_province_does_not_take_is_a_fault_of_the_line(
    province: Province, data_dir: Path
) -> None:
    settle(province.url, key="cd" * 32)
    imported(data_dir, names(2))
    assert report(NOW).endswith("上级平台回答 HTTP 401")
    assert states() == {"waiting": 2}


def test_codes_part_what_waits_from_what_a_person_mends(province: Province, data_dir: Path) -> None:
    codes = {"T00": "101", "T01": "204", "T02": "777"}
    province.judge = lambda r: codes.get(r["key"], "")
    imported(data_dir, names(5))
    assert report(NOW) == "新增 5 条，确认 2 条，退回 2 条，稍后再发 1 条"
    parked = dict(Message.objects.filter(state="parked").values_list("key", "code"))
    assert parked == {"T01": "204", "T02": "777"}
    report(NOW + MINUTE)
    assert province.requests == 1  # the one that waits is not due
    report(NOW + 10 * MINUTE)
    report(NOW + 30 * MINUTE)
    given_up = Message.objects.get(key="T00")
    assert (given_up.state, given_up.code, given_up.tries) == ("parked", "L2", 3)
    province.judge = lambda _r: ""
    assert outbox.parked_again(settle(province.url), "tests", NOW) == 3
    report(NOW + 40 * MINUTE)
    once_each(province, 5)


def test_a_record_without_a_must_is_not_sent_and_its_correction_is(
    province: Province, data_dir: Path
) -> None:
    imported(data_dir, ["T00"], vin="")
    imported(data_dir, ["T01"])
    report(NOW)
    held = Message.objects.get(key="T00")
    assert (held.state, held.code, held.wrong) == ("parked", "L1", ["vin:missing"])
    assert ("tests", "T00") not in province.books
    imported(data_dir, ["T00"])
    report(NOW + 10 * MINUTE)
    once_each(province, 2)
    held.refresh_from_db()
    assert held.state == "overtaken"


def test_a_corrected_record_is_sent_as_a_newer_version_and_an_old_one_never_after_it(
    province: Province, data_dir: Path
) -> None:
    imported(data_dir, ["T00"])
    province.away = True
    report(NOW)
    imported(data_dir, ["T00"], co_5025=0.33)
    province.away = False
    report(NOW + 10 * MINUTE)
    assert province.books["tests", "T00"].data["co5025"] == 0.33
    assert province.days == [YESTERDAY.isoformat()]  # the first version was overtaken before it could go
    before = province.books["tests", "T00"].revision
    imported(data_dir, ["T00"], co_5025=0.25)
    report(NOW + 20 * MINUTE)
    assert (province.books["tests", "T00"].data["co5025"], len(province.books)) == (0.25, 1)
    assert province.books["tests", "T00"].revision > before


def test_nothing_is_read_or_sent_before_it_is_switched_on_nor_of_earlier_days(
    province: Province, data_dir: Path
) -> None:
    settle(province.url, enabled=False)
    imported(data_dir, names(2))
    imported(data_dir, ["OLD"], TODAY - 40 * DAY)
    assert (report(NOW), reconcile(NOW)) == (OFF, OFF)
    settle(province.url, kinds=["sensed"])
    report(NOW)
    assert not Message.objects.exists()
    settle(province.url)
    report(NOW)
    once_each(province, 2)


def test_history_that_counts_as_received_later_is_sent_when_its_time_comes(
    province: Province, data_dir: Path
) -> None:
    imported(data_dir, ["T00"])
    imported(data_dir, ["T01"], TODAY + DAY, received=NOW + 2 * DAY)
    report(NOW)
    assert len(province.books) == 1
    report(NOW + 2 * DAY)
    once_each(province, 2)


def test_cities_and_versions_have_numbers_of_their_own() -> None:
    assert outbox.number_of("140300", "tests", "T1", 4) != outbox.number_of("140400", "tests", "T1", 4)
    assert outbox.number_of("140300", "tests", "T1", 4) != outbox.number_of("140300", "tests", "T1", 5)
