"""Marks: from when to when, by whom, what they take out of judgement, and what stays of them."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.registry.models import AuditEntry
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Mark, Outlet, Withdrawal
from bihuan.scenarios.plant_emissions.tests.asking import KG, as_, at, book, of_month, page, sheet, six, text
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, lines, receive
from tests.people import City

FEBRUARY = date(2019, 2, 1)
REASON = "更换滤芯，见工单 7"


def mark(
    client: Client, start: datetime, until: datetime, what: str = "device:维护", code: str = "E1-1"
) -> str:
    """Send the form of a mark; the page that comes of it."""
    said = {
        "what": what,
        "start": f"{start:%Y-%m-%dT%H:%M}",
        "until": f"{until:%Y-%m-%dT%H:%M}",
        "reason": f" {REASON} ",
    }
    address = reverse("plant_emissions:mark", args=[code])
    return client.post(address, said, follow=True).content.decode()  # fmt: skip


def withdraw(client: Client, pk: int, reason: str = "误标", code: str = "E1-1") -> str:
    """Withdraw a mark; the page that comes of it."""
    address = reverse("plant_emissions:withdraw", args=[code, pk])
    return client.post(address, {"reason": reason}, follow=True).content.decode()


def test_what_was_marked_by_whom_and_why_is_in_the_audit(client: Client, plants: City) -> None:
    as_(client, plants, "enterprise", "140321")
    mark(client, at(2, 25, 3), at(2, 25, 4))
    made = Mark.objects.get()
    assert (made.start, made.until, made.reason) == (at(2, 25, 3), at(2, 25, 4), REASON)
    entry = AuditEntry.objects.get(action="mark.set")
    assert (entry.person, entry.target, entry.at) == (plants.person("enterprise", "140321"), "E1-1", NOW)
    assert entry.detail["reason"] == REASON
    assert datetime.fromisoformat(entry.detail["start"]) == at(2, 25, 3)
    clock.set_replay(NOW + timedelta(minutes=2), 0)
    withdraw(client, made.pk)
    entry = AuditEntry.objects.get(action="mark.withdraw")
    assert (entry.detail["mark"], entry.detail["reason"], entry.target) == (made.pk, "误标", "E1-1")
    assert Withdrawal.objects.get().at == NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("start", "until", "says"),
    [
        (at(1, 25, 0), at(2, 25, 0), "已标记"),  # 31 days
        (at(1, 25, 0), at(2, 25, 0, 1), "最长 31 天"),
        (NOW, NOW + timedelta(days=7), "已标记"),
        (NOW, NOW + timedelta(days=7, minutes=1), "最多提前 7 天"),
        (at(2, 25, 3), at(2, 25, 3, 1), "已标记"),
        (at(2, 25, 3, 1), at(2, 25, 3), "晚于"),
    ],
)
def test_the_ends_of_what_may_be_marked(
    client: Client, plants: City, start: datetime, until: datetime, says: str
) -> None:
    zone = at(2, 25).tzinfo
    assert says in mark(as_(client, plants), start.astimezone(zone), until.astimezone(zone))
    assert Mark.objects.exists() == (says == "已标记")


def test_a_mark_covers_the_hours_that_it_touches_and_not_the_one_that_it_ends_at(
    client: Client, plants: City
) -> None:
    receive(lines("near_miss"))
    as_(client, plants)
    mark(client, at(2, 25, 1, 30), at(2, 25, 3, 0))
    days = dict(page(client, "calendar", "E1-1").context["days"])
    assert [c.state for c in days[date(2019, 2, 25)][:5]] == ["valid", "marked", "marked", "valid", "valid"]
    assert days[date(2019, 2, 25)][1].said == "标记 (维护)"
    counts = {title: n for _state, title, n in page(client, "calendar", "E1-1").context["counts"]}
    assert (counts["有效"], counts["标记"], counts["缺失"]) == (4, 2, 0)


def test_a_marked_hour_is_over_no_limit_and_does_not_count_for_ultra_low(
    client: Client, plants: City
) -> None:
    receive(lines("episode"))
    before = of_month("E1-1", FEBRUARY, NOW)
    assert (before["over_hours"], before["ultra_low_share"]) == (1, pytest.approx(5 / 6))
    mark(as_(client, plants), at(2, 25, 3), at(2, 25, 4))
    after = of_month("E1-1", FEBRUARY, NOW)
    assert (after["over_hours"], after["ultra_low_share"]) == (0, 1.0)
    # The data stay: what was sent is still on the page of the hour.
    assert "111.0" in text(client, "hour", "E1-1", "2019022503")


def test_a_stop_explains_silence(client: Client, plants: City) -> None:
    """Without the mark the two hours lack their amounts; stopped, they have emitted nothing."""
    receive([*six("E1-1", at(2, 25, 0), 60), *six("E1-1", at(2, 25, 3), 60)])
    now = at(2, 25, 4, 10)
    clock.set_replay(now, 0)
    assert of_month("E1-1", FEBRUARY, now)["hours_missing"] == 2
    as_(client, plants)
    mark(client, at(2, 25, 1), at(2, 25, 3), "condition:停运")
    row = of_month("E1-1", FEBRUARY, now)
    assert (row["hours_missing"], row["hours_stopped"], row["capture"]) == (0, 2, 1.0)
    assert row["kg"] == pytest.approx(120 * KG)
    days = dict(page(client, "calendar", "E1-1").context["days"])
    assert [c.letter for c in days[date(2019, 2, 25)][:4]] == ["", "停", "停", ""]
    hours = [h.said for d in page(client, "amounts", "E1-1").context["days"] for h in d.hours if h]
    assert hours == ["实测", "停运", "停运", "实测"]


@pytest.mark.parametrize(
    ("what", "state"),
    [("condition:停运", "stopped"), ("condition:启炉", "marked"), ("device:校准", "marked")],
)
def test_a_mark_that_covers_the_moment_is_the_state(
    client: Client, plants: City, what: str, state: str
) -> None:
    receive(six("E1-1", at(2, 25, 3), 900))
    clock.set_replay(at(2, 25, 4, 5), 0)
    mark(as_(client, plants), at(2, 25, 3), at(2, 25, 5), what)

    def now() -> tuple[str, str]:
        (standing,) = MEDIA[GAS].standings([Outlet.objects.get(pk="E1-1")], clock.now())
        return standing.state, standing.mark

    assert now() == (state, what.partition(":")[2])
    assert what.partition(":")[2] in text(client, "index")
    withdraw(client, Mark.objects.get().pk)
    assert now() == ("over", "")


def test_a_mark_is_withdrawn_once_by_somebody_who_may_and_at_its_own_outlet(
    client: Client, plants: City
) -> None:
    mark(as_(client, plants), at(2, 25, 3), at(2, 25, 4))
    made = Mark.objects.get()
    address = reverse("plant_emissions:withdraw", args=["E2-1", made.pk])
    assert client.post(address, {"reason": "误标"}).status_code == 404
    assert "标记由本企业联系人" in withdraw(as_(client, plants, "auditor", "140321"), made.pk)
    assert not Withdrawal.objects.exists()
    assert "已撤销：设备·维护" in withdraw(as_(client, plants, "chief", "140321"), made.pk)
    assert "这条标记已撤销" in withdraw(as_(client, plants), made.pk, "再撤一次")
    assert Withdrawal.objects.get().reason == "误标"
    assert client.get(address).status_code == 405


def test_the_report_lists_the_marks_that_hold(client: Client, plants: City) -> None:
    as_(client, plants)
    mark(client, at(2, 25, 3), at(2, 25, 4))
    mark(client, at(2, 25, 1), at(2, 25, 2))
    withdraw(client, Mark.objects.get(start=at(2, 25, 1)).pk)
    (row,) = sheet(book(client, "ledger", month="2019-02"), "标记")
    assert row == {
        "企业": "测试厂E1", "排放口": "1号锅炉", "类别": "设备", "标记": "维护", "开始": "2019-02-25 03:00",
        "结束": "2019-02-25 04:00", "理由": REASON, "标记人": "dispatcher_140300", "标记时间": "2019-02-25 06:10",
    }  # fmt: skip
    # Both stay on the page of the outlet, the withdrawn one with its reason.
    shown = text(client, "outlet", "E1-1")
    assert shown.count(REASON) == 2
    assert "误标" in shown


def test_an_enterprise_marks_its_own_outlets_alone(client: Client, plants: City) -> None:
    as_(client, plants, "enterprise", "140322")
    address = reverse("plant_emissions:mark", args=["E1-1"])
    said = {"what": "device:维护", "start": "2019-02-25T03:00", "until": "2019-02-25T04:00", "reason": REASON}
    assert client.post(address, said).status_code == 404
    assert "已标记" in mark(client, at(2, 25, 3), at(2, 25, 4), code="E2-1")
    assert [m.outlet_id for m in Mark.objects.all()] == ["E2-1"]
