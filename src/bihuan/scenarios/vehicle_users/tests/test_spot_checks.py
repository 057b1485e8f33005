"""A draw for a spot check follows from its seed; who may draw; what a check says stands on the unit's page with its score."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.spot_checks import Numbers, draw, ranked
from bihuan.errors import NotAllowed
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.registry.models import AuditEntry
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.vehicle_users import sampling
from bihuan.scenarios.vehicle_users.inspections import FORM
from bihuan.scenarios.vehicle_users.models import SpotDraw
from bihuan.scenarios.vehicle_users.tests.world import passed, unit
from tests.people import City
from tests.web.world import NOW

NUMBERS = Numbers(rows=5, days=3, periods=2, minutes=10)
DAYS = [date(2019, 1, n) for n in range(1, 11)]
START = datetime(2019, 1, 5, tzinfo=UTC)
SPAN = (START, START + timedelta(hours=2))
TODAY = NOW.astimezone(CST).date()
DAY = timedelta(days=1)


def names(n: int) -> list[str]:
    return [f"row {i}" for i in range(n)]


def test_a_seed_draws_the_same_in_any_order_and_another_seed_draws_otherwise() -> None:
    first = draw("a", names(100), DAYS, [], [SPAN], NUMBERS)
    assert draw("a", reversed(names(100)), DAYS[::-1], [], [SPAN], NUMBERS) == first
    assert draw("b", names(100), DAYS, [], [SPAN], NUMBERS) != first
    assert (len(first.rows), len(first.days), len(first.periods)) == (5, 3, 2)
    gone = draw("a", [n for n in names(100) if n != first.rows[0]], DAYS, [], [SPAN], NUMBERS)
    assert gone.rows[:4] == first.rows[1:], "a row that is missing changes no other's rank"


def test_every_row_can_be_drawn() -> None:
    assert {ranked(f"seed {n}", "row", names(10))[0] for n in range(200)} == set(names(10))


def test_all_days_under_an_order_and_some_others() -> None:
    alerts = [date(2019, 1, 4), date(2019, 1, 5), date(2019, 1, 20)]
    found = draw("a", names(3), DAYS, alerts, [SPAN], NUMBERS)
    assert [d for d, alert in found.days if alert] == alerts[:2], "one beyond the days is none of them"
    assert sum(not alert for _d, alert in found.days) == 3
    assert [d for d, _alert in found.days] == sorted(d for d, _alert in found.days)
    assert len(found.rows) == 3


def test_periods_lie_whole_within_the_spans_and_do_not_overlap() -> None:
    many = Numbers(rows=0, days=0, periods=100, minutes=10)
    spans = [(START + timedelta(seconds=30), START + timedelta(minutes=31)), (START + DAY, START + DAY + timedelta(minutes=9))]  # fmt: skip
    found = draw("a", [], DAYS, [], spans, many).periods
    assert found == tuple((START + timedelta(minutes=m), START + timedelta(minutes=m + 10)) for m in (1, 11, 21))  # fmt: skip


@pytest.fixture
def drawn(place: City) -> SpotDraw:
    unit(place)
    passed()
    return sampling.make(VehicleUser.objects.get(), TODAY - 2 * DAY, TODAY, place.person("verifier"))


def test_a_draw_is_kept_with_its_seed_and_can_be_drawn_again(drawn: SpotDraw, place: City, client: Client) -> None:  # fmt: skip
    assert len(drawn.drawn["rows"]) == 3
    assert len(drawn.drawn["days"]) == 3
    assert len(drawn.drawn["periods"]) == 3
    assert sampling.drawn_again(drawn)
    drawn.seed = "another"
    assert not sampling.drawn_again(drawn)
    client.force_login(place.person("chief"))
    page = client.get(reverse("vehicle_users:drawn", args=[drawn.pk])).content.decode()
    assert SpotDraw.objects.get().seed in page
    assert "结果一致" in page
    assert page.count("晋C1000") >= 3
    assert AuditEntry.objects.filter(action="spot_draw.make").count() == 1


def test_what_comes_later_changes_no_draw(drawn: SpotDraw) -> None:
    clock.set_replay(NOW + timedelta(hours=2), 0)
    again = sampling.make(drawn.unit, drawn.first, drawn.last, drawn.by)
    assert again.seed != drawn.seed
    assert sampling.drawn_again(SpotDraw.objects.get(pk=drawn.pk))


def test_who_draws_and_of_what(place: City, client: Client) -> None:
    found = unit(place)
    passed()
    for role, region in (("enterprise", "140321"), ("verifier", "140322"), ("handler", "140321")):
        with pytest.raises(NotAllowed):
            sampling.make(found, TODAY, TODAY, place.person(role, region))
    client.force_login(place.person("verifier"))
    url = reverse("vehicle_users:draw", args=["V001"])
    for asked in ({"from": "2018-01-01", "to": "2018-01-02"}, {"from": "2019-01-01", "to": TODAY.isoformat()}, {"from": "x"}):  # fmt: skip
        assert client.post(url, asked).status_code == 400
    assert not SpotDraw.objects.exists()
    assert client.post(url, {"from": TODAY.isoformat(), "to": TODAY.isoformat()}).status_code == 302
    assert SpotDraw.objects.count() == 1


def test_an_answer_has_a_score_and_problems_and_stands_on_the_units_page(drawn: SpotDraw, place: City, client: Client) -> None:  # fmt: skip
    by = place.person("verifier")
    said = {
        "draw": str(drawn.pk), "rows_seen": "10", "rows_full": "9", "rows_stage": "10", "days_seen": "4", "days_ok": "4", "parts_seen": "0", "parts_ok": "0", "kept": "yes",
    }  # fmt: skip
    xml = filled_in(versions.xform_of(versions.in_force(FORM)), f"uuid:{uuid4()}", said)
    answer = receive(FORM, by, place_for(FORM, by, "V001"), Sent(xml, []))
    assert answer.score == 97.1, "(18 + 20 + 30) of 70: what was not looked at counts neither way"
    assert answer.problems.count() == 1, "a row that is not complete; all else is as it should be"
    client.force_login(by)
    page = client.get(reverse("vehicle_users:unit", args=["V001"])).content.decode()
    assert "97.1" in page
    assert reverse("answer", args=[answer.pk]) in page
