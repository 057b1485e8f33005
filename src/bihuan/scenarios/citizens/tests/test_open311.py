"""GeoReport v2 as the client of others meets it; and what it never gives."""

from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from georeport import GeoReport

from bihuan import clock
from bihuan.scenarios.citizens import deciding, open311
from bihuan.scenarios.citizens.models import Report
from bihuan.scenarios.citizens.services import SERVICES
from bihuan.scenarios.citizens.tests.world import INSIDE, sent
from tests.cases.world import photo
from tests.people import City
from tests.web.world import MINE, NOW

BASE = "/s/citizens/open311/v2"
GIVEN = {
    "service_code": "dust",
    "lat": INSIDE[MINE][0],
    "long": INSIDE[MINE][1],
    "description": "料场没有苫盖",
    "first_name": "三",
    "last_name": "张",
}


class Wire:
    """What `requests` does, by the test client: the client of others is run as it is, without a socket of ours."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, url: str, params: dict[str, str]) -> Any:
        """The answer as that library gives it."""
        answer: Any = self.client.get(url.removeprefix("http://test"), params)

        def raise_for_status() -> None:
            assert answer.status_code == 200, answer.content

        answer.raise_for_status = raise_for_status
        return answer


@pytest.fixture(params=["json", "xml"])
def theirs(
    request: pytest.FixtureRequest, place: City, client: Client, monkeypatch: pytest.MonkeyPatch
) -> GeoReport:
    """Their client, in either form."""
    from georeport import georeport

    monkeypatch.setattr(georeport, "requests", Wire(client))
    return GeoReport(f"http://test{BASE}", jurisdiction="140300", output_format=request.param)


def test_their_client_lists_services_and_their_definition(theirs: GeoReport) -> None:
    found = theirs.get_service_list()
    assert [s["service_code"] for s in found] == [s.code for s in SERVICES]
    assert {str(s["metadata"]).lower() for s in found} == {"false"}
    assert theirs.get_service_definition("smoke")["service_code"] == "smoke"


def test_their_client_follows_reports_by_code_status_and_service(theirs: GeoReport, place: City) -> None:
    waits, refused = sent(), sent(service="noise")
    deciding.refuse(refused, place.person("chief", MINE), "属城管职责")
    one = theirs.get_service_request(waits.code)
    assert (one["service_request_id"], one["status"], one["service_code"]) == (waits.code, "open", "smoke")
    both = theirs.get_service_requests(service_request_id=f"{waits.code},{refused.code}")
    assert {r["service_request_id"] for r in both} == {waits.code, refused.code}
    for asked, expected in (({"status": "closed"}, refused), ({"service_code": "smoke"}, waits)):
        found = theirs.get_service_requests(**asked)
        rows = found if isinstance(found, list) else [found]
        assert [r["service_request_id"] for r in rows] == [expected.code]
    assert "属城管职责" in theirs.get_service_request(refused.code)["status_notes"]


def test_a_report_that_another_program_sends_is_taken_in_with_its_photo(place: City, client: Client) -> None:
    file = SimpleUploadedFile("a.jpg", photo().content, "image/jpeg")
    answer = client.post(f"{BASE}/requests.json", GIVEN | {"media": file, "phone": "139"})
    (row,) = answer.json()
    made = Report.objects.get()
    assert (answer.status_code, row["service_request_id"]) == (200, made.code)
    assert (made.service, made.region_id, made.contact.name, made.contact.phone) == (
        "dust",
        MINE,
        "张 三",
        "139",
    )
    assert made.photos.count() == 1


def test_what_was_written_names_photos_and_the_exact_place_are_never_given(
    place: City, client: Client
) -> None:
    sent(lat="37.80123", lon="113.70456", files=(photo(),), name="张某", place="某小区 3 号楼")
    said = (
        client.get(f"{BASE}/requests.json").content.decode()
        + client.get(f"{BASE}/requests.xml").content.decode()
    )
    for secret in ("砖厂", "张某", "现场", "3 号楼", "37.80123", "113.70456", "http://", "media/"):
        assert secret not in said
    assert '"lat": 37.801' in said


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        ({"service_code": "politics"}, 400, "请选择类别"),
        ({"lat": "", "long": ""}, 400, "address_string"),
        ({"lat": "39.9", "long": "116.4"}, 400, "不在阳泉市范围内"),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_wrong_report_gets_the_errors_of_the_protocol(
    place: City, client: Client, data: dict[str, str], status: int, sentence: str, form: str
) -> None:
    answer = client.post(f"{BASE}/requests.{form}", GIVEN | data)
    assert answer.status_code == status
    if form == "json":
        ((code, why),) = [(e["code"], e["description"]) for e in answer.json()]
    else:
        root = fromstring(answer.content)
        (error,) = root.findall("error")
        code, why = int(error.findtext("code") or 0), error.findtext("description") or ""
    assert (code, sentence in why) == (status, True)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/politics.json", 404), ("/requests/AAAAAAAAAA.json", 404), ("/services.csv", 404),
        ("/services.json?jurisdiction_id=110000", 404), ("/requests.json?start_date=gestern", 400),
        ("/requests.json?start_date=2019-01-01T00:00:00Z&end_date=2019-06-01T00:00:00Z", 400),
        ("/requests.json?start_date=2018-12-01T00:00:00Z&end_date=2019-01-01T00:00:00Z", 200),
    ],
)  # fmt: skip
def test_questions_that_have_no_answer_say_so(place: City, client: Client, path: str, status: int) -> None:
    assert client.get(f"{BASE}{path}").status_code == status


def test_a_span_holds_what_came_in_it_and_at_most_ninety_days(place: City, client: Client) -> None:
    sent()
    day = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert len(client.get(f"{BASE}/requests.json", {"start_date": day}).json()) == 1
    after = f"{NOW + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    assert client.get(f"{BASE}/requests.json", {"start_date": after}).json() == []
    clock.set_replay(NOW + open311.SPAN + timedelta(days=1), 0)
    assert client.get(f"{BASE}/requests.json").json() == []


def test_too_many_reports_are_answered_429(place: City, client: Client) -> None:
    for _number in range(5):
        assert client.post(f"{BASE}/requests.json", GIVEN).status_code == 200
    answer = client.post(f"{BASE}/requests.json", GIVEN)
    assert (answer.status_code, answer.json()[0]["code"]) == (429, 429)
