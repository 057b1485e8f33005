"""Days compared in both directions, and what is done about them."""

from datetime import timedelta
from pathlib import Path

from bihuan.domain.vehicles.upward.reconcile import Compared, compared
from bihuan.scenarios.vehicle_reporting import settings
from bihuan.scenarios.vehicle_reporting.jobs import reconcile, report
from bihuan.scenarios.vehicle_reporting.link import Link
from bihuan.scenarios.vehicle_reporting.models import ComparedDay, Message
from bihuan.scenarios.vehicle_reporting.reconciling import compare, resend_lost
from bihuan.scenarios.vehicle_reporting.tests.world import YESTERDAY, imported
from bihuan.simulate.province import Kept, Province
from tests.web.world import NOW

HOUR = timedelta(hours=1)


def day() -> ComparedDay:
    return ComparedDay.objects.get(day=YESTERDAY, kind="tests", site="SIM-JC01")


def test_keys_are_compared_in_both_directions_and_what_our_outbox_explains_is_told_apart() -> None:
    ours = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
    theirs = {"a": 1, "b": 1, "x": 9}
    said = compared(ours, theirs, waiting={"c"}, refused={"d"})
    assert said == Compared(waiting=("c",), refused=("d",), lost=("e",), older=("b",), extra=("x",))
    assert said.again == ("e", "b")
    assert compared(ours, ours, (), ()).agrees
    assert not said.agrees


def test_a_day_that_agrees_and_one_of_which_the_province_lost_some(
    province: Province, data_dir: Path
) -> None:
    imported(data_dir, [f"T{n}" for n in range(5)])
    report(NOW)
    assert reconcile(NOW).endswith("不一致 0 天，重发 0 条")
    assert (day().ours, day().taken, day().theirs) == (5, 5, 5)
    del province.books["tests", "T3"]
    assert reconcile(NOW + HOUR).endswith("不一致 1 天，重发 1 条")
    assert (day().theirs, day().lost) == (4, ["T3"])
    report(NOW + 2 * HOUR)
    assert len(province.books) == 5
    assert reconcile(NOW + 3 * HOUR).endswith("不一致 0 天，重发 0 条")


def test_what_the_province_has_and_we_have_not_is_named_and_never_deleted(
    province: Province, data_dir: Path
) -> None:
    imported(data_dir, ["T0"])
    report(NOW)
    province.books["tests", "ALIEN"] = Kept("tests", "ALIEN", YESTERDAY.isoformat(), "SIM-JC01", 1, {})
    province.books["tests", "OTHER"] = Kept("tests", "OTHER", YESTERDAY.isoformat(), "SIM-JC99", 1, {})
    reconcile(NOW)
    assert (day().ours, day().theirs, day().extra, day().lost) == (1, 2, ["ALIEN"], [])
    other = ComparedDay.objects.get(site="SIM-JC99")
    assert (other.ours, other.theirs, other.extra) == (0, 1, ["OTHER"])


def test_records_that_were_refused_are_explained_and_not_sent_again(
    province: Province, data_dir: Path
) -> None:
    province.judge = lambda r: "205" if r["key"] == "T0" else ""
    imported(data_dir, ["T0", "T1"])
    report(NOW)
    assert reconcile(NOW).endswith("重发 0 条")
    assert (day().ours, day().theirs, day().refused, day().lost) == (2, 1, 1, [])
    assert Message.objects.get(key="T0").state == "parked"


def test_a_province_that_does_not_say_has_an_unknown_count_and_not_none(
    province: Province, data_dir: Path
) -> None:
    imported(data_dir, ["T0"])
    report(NOW)
    province.away = True
    assert "上级平台回答 HTTP 503" in reconcile(NOW)
    assert not ComparedDay.objects.filter(theirs__isnull=False).exists()


def test_days_of_a_long_outage_are_compared_when_it_is_over(province: Province, data_dir: Path) -> None:
    imported(data_dir, ["T0"])
    report(NOW)
    province.away = True
    reconcile(NOW)
    province.away = False
    later = NOW + timedelta(days=20)
    reconcile(later)
    assert (day().theirs, day().at) == (1, later)


def test_more_than_a_few_lost_wait_for_a_press(province: Province, data_dir: Path) -> None:
    imported(data_dir, [f"T{n}" for n in range(5)])
    report(NOW)
    province.books.clear()
    compared_day = [row for row in _compared() if row.day == YESTERDAY]
    to = settings.upward()
    assert resend_lost(to, compared_day, NOW, most=4) == 0
    assert resend_lost(to, compared_day, NOW, most=5) == 5


def _compared() -> list[ComparedDay]:
    with Link(settings.upward()) as link:
        return compare(link, settings.upward(), "tests", YESTERDAY, NOW)
