"""The pages of rounds: setting one, skipping, my list on the phone, and the reminder near the end."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.models import Case, Finding
from bihuan.kit.inspection.models import Round, RoundStep
from bihuan.kit.inspection.problems import to_case
from bihuan.kit.inspection.rounds.planning import skip
from bihuan.registry.models import Person
from bihuan.scenarios.resolved import every_form
from bihuan.web.decisions_waiting import decisions_waiting
from tests.kit.inspection.rounds.world import COUNTY, OTHER, Field
from tests.people import City


@pytest.fixture
def field(city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    """The county of the rounds; its form stands beside those of the lines of business."""
    made = Field(city, data_dir)
    with_ours = {**every_form(), "f": made.form}
    for module in ("pages.forms", "pages.rounds", "inspection.round_list"):
        monkeypatch.setattr(f"bihuan.web.{module}.every_form", lambda: with_ours)
    return made


def signed_in(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def words(answer: Any) -> str:
    """The page of an answer, its white space collapsed."""
    return " ".join(answer.content.decode().split())


TYPED = {"title": "春季检查", "since": "2019-02-25", "until": "2019-03-04"}
NEW = {"form": "f", "region": COUNTY}


def posted(client: Client, data: dict[str, object]) -> Any:
    address = f"{reverse('round_new')}?form=f&region={COUNTY}"
    return client.post(address, data, follow=True)


def test_the_office_sets_a_round_and_gives_each_object_to_somebody(client: Client, field: Field) -> None:
    signed_in(client, field.person("dispatcher"))
    offered = words(client.get(reverse("round_new"), NEW))
    assert "厂E1" in offered
    assert "厂F1" not in offered
    ranger, verifier = field.person(), field.person("verifier")
    shares = {"object": ["E1", "E2"], "who": str(ranger.pk), "who:E2": str(verifier.pk)}
    page = words(posted(client, TYPED | shares))
    assert "已制定检查轮次，2 个对象" in page
    given = RoundStep.objects.values_list("task__target", "person")
    assert set(given) == {("E1", ranger.pk), ("E2", verifier.pk)}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"until": "2019-02-01"}, "截止日应在开始日之后"),
        ({"until": "明天"}, "输入一个有效的日期"),
        ({"object": []}, "请至少选一个检查对象"),
        ({"object": ["F1"]}, "F1 不是该区划的检查对象"),
    ],
)
def test_a_refused_round_comes_back_as_it_was_typed(
    client: Client, field: Field, change: dict[str, object], says: str
) -> None:
    signed_in(client, field.person("dispatcher"))
    answer = posted(client, TYPED | {"object": ["E2"]} | change)
    page = words(answer)
    assert says in page
    assert 'value="春季检查"' in page
    assert not Round.objects.exists()


def test_a_county_plans_for_no_other_and_no_ranger_plans(client: Client, field: Field) -> None:
    signed_in(client, field.person("dispatcher"))
    assert client.get(reverse("round_new"), NEW | {"region": OTHER}).status_code == 403
    assert client.get(reverse("round_new"), {"form": "x", "region": COUNTY}).status_code == 404
    signed_in(client, field.person("ranger"))
    assert client.get(reverse("round_new")).status_code == 403


def test_a_skip_without_a_reason_is_refused_and_with_one_stands_on_the_page(
    client: Client, field: Field
) -> None:
    found = field.round()
    signed_in(client, field.person())
    address = reverse("round_task", args=[found.pk, field.task(found, "E1").pk, "skip"])
    assert "请写明跳过的理由" in words(client.post(address, {"reason": ""}, follow=True))
    page = words(client.post(address, {"reason": "停产封存"}, follow=True))
    assert "停产封存 · ranger_140321" in page
    assert client.post(address.replace("skip", "sk1p"), {}).status_code == 404


def test_the_page_tells_results_cases_and_what_changed(client: Client, field: Field) -> None:
    field.round(title="冬季检查")
    field.inspected("E1", fence="no")
    found = field.round(first=10)
    field.at(10)
    answer = field.inspected("E1", sign="no")
    case = to_case(answer.problems.get(), field.person())
    page = words(signed_in(client, field.person("chief")).get(reverse("round", args=[found.pk])))
    for part in ("冬季检查", case.number, "待交办", "已整改", "新问题", "得分 10 / 20"):
        assert part in page
    assert words(client.get(reverse("rounds"))).count("春季检查") == 1


def test_my_list_leads_to_the_form_of_each_object(client: Client, field: Field) -> None:
    field.round({"E1": field.person(), "E2": field.person("verifier")})
    page = words(signed_in(client, field.person()).get(reverse("round_mine")))
    assert f"{reverse('form_fill', args=['f'])}?target=E1" in page
    assert "厂E2" not in page
    assert 'data-lat="37.800000" data-lon="113.600000"' in page


def reminded(field: Field, role: str, region: str = COUNTY) -> list[str]:
    lines = decisions_waiting(field.person(role, region), clock.now())
    return [f"{line.what} {line.reason}" for line in lines]


def test_what_is_left_near_the_end_is_told_to_who_inspects_it_and_to_who_set_the_round(field: Field) -> None:
    found = field.round({"E1": field.person(), "E2": None, "E3": field.person("verifier")}, days=7)
    field.at(3)
    assert reminded(field, "ranger") == []
    field.at(4)
    assert reminded(field, "ranger") == ["未检查 2 个对象 还有 3 天截止"]
    assert reminded(field, "chief") == ["未检查 3 个对象 还有 3 天截止"]
    assert reminded(field, "ranger", OTHER) == []
    field.at(9)
    assert reminded(field, "verifier") == ["未检查 2 个对象 已逾期 2 天"]
    for code in ("E1", "E2", "E3"):
        skip(field.person("chief"), field.task(found, code), "停产")
    assert reminded(field, "chief") == []


def test_the_word_and_excel_files_hold_what_the_person_may_see(client: Client, field: Field) -> None:
    found = field.round({"E1": None})
    signed_in(client, field.person())
    for name in ("round_word", "round_book"):
        answer = client.get(reverse(name, args=[found.pk]))
        assert answer.status_code == 200
        assert answer.content[:2] == b"PK"


def test_all_problems_of_a_round_become_cases_at_once_and_what_was_rejected_does_not(
    client: Client, field: Field
) -> None:
    found = field.round()
    field.inspected("E1", fence="no", sign="no")
    field.inspected("E2", fence="no")
    Finding.objects.filter(target="E2").update(status=Finding.Status.REJECTED)
    signed_in(client, field.person())
    assert "交办未交办的 2 个问题" in words(client.get(reverse("round", args=[found.pk])))
    address = reverse("round_hand", args=[found.pk])
    assert "已登记 2 个问题" in words(client.post(address, follow=True))
    assert {f.target for c in Case.objects.all() for f in c.findings.all()} == {"E1"}
    assert "没有未交办的问题" in words(client.post(address, follow=True))
    signed_in(client, field.person("auditor"))
    assert "交办未交办的" not in words(client.get(reverse("round", args=[found.pk])))


def test_who_may_not_register_problems_hands_none_of_them_over(client: Client, field: Field) -> None:
    found = field.round()
    field.inspected("E1", fence="no")
    signed_in(client, field.person("auditor"))
    client.post(reverse("round_hand", args=[found.pk]))
    assert not Case.objects.exists()
