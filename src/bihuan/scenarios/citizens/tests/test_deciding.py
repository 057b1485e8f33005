"""What the office does with a report, who learns what of it, and how long names are kept."""

from datetime import timedelta

import pytest

from bihuan import clock
from bihuan.cases import actions
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.models import Case
from bihuan.cases.route_settings import alike as setting
from bihuan.cases.transitions import State
from bihuan.errors import NotAllowed
from bihuan.registry.log import is_intact
from bihuan.registry.models import AuditEntry
from bihuan.scenarios.citizens import contacts, deciding
from bihuan.scenarios.citizens.models import Act, Contact, Report
from bihuan.scenarios.citizens.places import alike, cases_near
from bihuan.scenarios.citizens.settings import in_force
from bihuan.scenarios.citizens.standing import standing
from bihuan.scenarios.citizens.tests.world import OTHER, sent
from bihuan.scenarios.citizens.waiting import waiting
from tests.cases.world import photo
from tests.people import City
from tests.web.world import MINE, NOW


def handed(city: City, report: Report) -> Case:
    """The case that the county's dispatcher makes of a report."""
    return deciding.hand_over(
        report, city.person("dispatcher", MINE), city.governments[MINE], "已交办，请等待"
    )


def test_handed_over_it_is_a_case_with_text_place_photos_and_source(place: City) -> None:
    report = sent(files=(photo(),), place="娘子关镇")
    case = handed(place, report)
    assert (case.source, case.description, case.place, case.region_id) == (
        "complaint",
        "砖厂烟囱冒黄烟",
        "娘子关镇",
        MINE,
    )
    assert (case.lat, case.lon, case.title) == (report.lat, report.lon, "冒烟：砖厂烟囱冒黄烟")
    assert case.state == State.DISPATCHED
    files = [file.sha256 for step in case.steps.all() for file in step.files.all()]
    assert files == [report.photos.get().sha256]


def test_a_report_is_decided_once_and_a_second_decision_leaves_no_case(place: City) -> None:
    report = sent()
    handed(place, report)
    before = Case.objects.count()
    for again in (
        lambda: handed(place, report),
        lambda: deciding.refuse(report, place.person("chief", MINE), "不属于"),
    ):
        with pytest.raises(ChangedMeanwhile, match="已受理"):
            again()
    assert (Case.objects.count(), Act.objects.count()) == (before, 1)


def test_it_can_be_joined_to_an_open_case_but_to_none_that_is_over(place: City) -> None:
    case, second = handed(place, sent()), sent()
    by = place.person("dispatcher", MINE)
    assert deciding.join(second, by, f" {case.number} ", "已有单位办理") == case
    assert second.acts.get().case == case
    actions.take(case, "void", place.person("chief", MINE), note="重复")
    with pytest.raises(IllegalMove, match=f"{case.number} 已是“作废”"):
        deciding.join(sent(), by, case.number, "并入")
    with pytest.raises(NotVisible):
        deciding.join(sent(), by, "没有这个编号", "并入")


@pytest.mark.parametrize(
    ("role", "county"), [("dispatcher", OTHER), ("verifier", MINE), ("handler", MINE), ("auditor", "140300")]
)
def test_only_the_office_of_the_region_decides(place: City, role: str, county: str) -> None:
    report = sent()
    with pytest.raises(IllegalMove, match="由所在区域的调度岗或负责人受理"):
        deciding.refuse(report, place.person(role, county), "不属于")
    assert not report.acts.exists()


@pytest.mark.parametrize(("answer", "sentence"), [(" ", "请写明给举报人的答复"), ("字" * 401, "最多 400 字")])
def test_an_answer_is_needed_and_has_a_limit(place: City, answer: str, sentence: str) -> None:
    with pytest.raises(IllegalMove, match=sentence):
        deciding.refuse(sent(), place.person("chief", MINE), answer)


def test_everybody_reads_how_it_stands_and_nothing_that_was_written(place: City) -> None:
    waits, refused, taken = sent(), sent(), sent()
    deciding.refuse(refused, place.person("chief", MINE), "属城管职责")
    case = handed(place, taken)
    assert (standing(waits).text, standing(waits).closed) == ("已收到，等待受理", False)
    assert (standing(refused).text, standing(refused).closed, standing(refused).answer) == (
        "不受理",
        True,
        "属城管职责",
    )
    now = standing(taken)
    assert (now.text, now.closed, now.unit, now.due) == ("办理中", False, "平定县人民政府", case.due)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (State.CLOSED, "已办结"),
        (State.VOID, "已结束，未立案"),
        (State.TRANSFERRED, "已移交其他部门"),
        (State.VERIFYING, "办理中"),
    ],
)
def test_the_words_follow_the_state_of_the_case(place: City, state: State, text: str) -> None:
    report = sent()
    case = handed(place, report)
    Case.objects.filter(pk=case.pk).update(state=state, closed_at=NOW)
    now = standing(Report.objects.get(pk=report.pk))
    assert (now.text, now.closed) == (text, text != "办理中")


def test_the_contact_is_for_the_office_and_then_for_the_unit_alone(place: City) -> None:
    report = sent(name="张某", phone="139")
    office, unit = place.person("dispatcher", MINE), place.person("handler", MINE)
    assert getattr(contacts.of(report, office), "name", "") == "张某"
    with pytest.raises(NotAllowed):
        contacts.of(report, unit)
    handed(place, report)
    report = Report.objects.get(pk=report.pk)
    assert getattr(contacts.of(report, unit), "phone", "") == "139"
    for other in (
        office,
        place.person("handler", OTHER),
        place.person("chief", "140300"),
        place.person("auditor", "140300"),
    ):
        with pytest.raises(NotAllowed, match="只给正在办理"):
            contacts.of(report, other)
    looks = AuditEntry.objects.filter(action="report.contact")
    assert [entry.person for entry in looks.order_by("pk")] == [office, unit]


def test_nobody_sees_the_contact_of_what_was_not_taken_up(place: City) -> None:
    report = sent(name="张某")
    deciding.refuse(report, place.person("chief", MINE), "属城管职责")
    assert not contacts.may_see(place.person("dispatcher", MINE), Report.objects.get())


def test_contacts_are_forgotten_a_time_after_the_answer_and_the_report_stays(place: City) -> None:
    refused, closed, running = (sent(name=name) for name in ("甲", "乙", "丙"))
    deciding.refuse(refused, place.person("chief", MINE), "属城管职责")
    case = handed(place, closed)
    handed(place, running)
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, closed_at=NOW + timedelta(days=1))
    keep = in_force().contacts
    said = [contacts.forget(NOW + keep + timedelta(days=d), print) for d in (0, 0.5, 1.5)]
    assert said == [f"清除 {n} 条举报人联系方式" for n in (0, 1, 1)]
    assert Contact.objects.get().name == "丙"
    assert Report.objects.count() == 3
    assert is_intact(refused)


def test_what_is_near_in_kind_place_and_time_is_suggested(place: City) -> None:
    mine = sent()
    near, far, other, late = sent(lat="37.80200"), sent(lat="37.81000"), sent(service="odour"), None
    clock.set_replay(NOW + setting().span + timedelta(minutes=1), 0)
    late = sent(address="192.0.2.9")
    (found,) = alike(mine)
    assert found.row == near
    assert found.metres is not None
    assert 0 < found.metres <= setting().metres
    assert {far, other, late}.isdisjoint({n.row for n in alike(near)})


def test_open_cases_near_by_are_suggested_and_closed_ones_are_not(place: City) -> None:
    case, mine = handed(place, sent()), sent(lat="37.80100")
    assert [n.row for n in cases_near(mine)] == [case]
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED)
    assert cases_near(mine) == []
    assert cases_near(sent(lat="", lon="")) == []


def test_what_waits_stands_in_the_inbox_of_those_who_may_take_it_up(place: City) -> None:
    report = sent(place="娘子关镇")
    (line,) = waiting(place.person("dispatcher", MINE), NOW)
    assert (line.subject, line.reason, line.at) == ("冒烟：砖厂烟囱冒黄烟", "娘子关镇", NOW)
    for other in (
        place.person("dispatcher", OTHER),
        place.person("ranger", MINE),
        place.person("handler", MINE),
    ):
        assert waiting(other, NOW) == []
    handed(place, report)
    assert waiting(place.person("dispatcher", MINE), NOW) == []


def test_nothing_of_a_report_is_changed_or_deleted(place: City) -> None:
    report = sent(files=(photo(),))
    for row in (report, report.photos.get()):
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.delete()
