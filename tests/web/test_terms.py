"""The pages of terms: what a rule would say, what is set through them, and what is said of years that nobody knows."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.deadlines import CHINA
from bihuan.cases.models import Case
from bihuan.cases.term_settings import rulebook
from bihuan.cases.terms import Term, Unit
from bihuan.cases.transitions import State
from bihuan.registry.models import CalendarDay
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE

RULE = {
    "name": "热线限时办", "unit": "hours", "length": "16", "level_minor": "on", "source": "complaint",
    "sign_length": "2", "sign_unit": "hours", "since": "2019-01-01", "basis": "本局规定", "enabled": "on", "reason": "热线并入",
}  # fmt: skip


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def office(client: Client, world: World) -> Client:
    """The dispatcher of the whole city, on 2019-01-31 at 16:00."""
    clock.set_replay(datetime(2019, 1, 31, 16, tzinfo=CHINA), 0)
    client.force_login(world.person("dispatcher", CITY_CODE))
    return client


def send(client: Client, key: str, action: str, **data: str) -> str:
    return text(client.post(reverse("term_change", args=[key, action]), data, follow=True))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("level=moderate&check=cems.limits", "到 2019-02-01 24:00（1 天），依据规则 <a href=\"/terms/cems-limits/\">废气超标，较重以下</a>"),
        ("level=serious&check=cems.limits.hour_over", "到 2019-01-31 24:00（立即）"),
        ("level=serious&source=patrol", "到 2019-03-02 24:00（30 天）"),
        ("level=serious&source=patrol&urgent=on", "到 2019-02-03 24:00（3 天），依据规则 <a href=\"/terms/at-once/\">立行立改</a>"),
    ],
)  # fmt: skip
def test_the_page_says_when_a_problem_would_be_due_and_why(office: Client, asked: str, said: str) -> None:
    assert said in text(office.get(f"{reverse('terms')}?{asked}"))


def test_a_rule_is_tried_before_it_is_set_and_nothing_is_set_by_that(office: Client) -> None:
    page = send(office, "new", "try", **RULE)
    assert "7 天 到 2019-02-07 24:00" in page
    assert "16 个工作小时 到 2019-02-02 12:00" in page
    assert 'value="热线限时办"' in page
    assert len(rulebook().offered()) == 7


def test_a_rule_set_on_the_page_decides_and_stands_in_the_form_of_the_hand_over(
    office: Client, world: World
) -> None:
    assert "已记录" in send(office, "new", "set", **RULE)
    made = rulebook().rules[-1]
    assert (made.name, made.term, made.levels) == ("热线限时办", Term(Unit.HOURS, 16), ("minor",))
    assert 'name="sign_length" inputmode="numeric" value="2"' in text(
        office.get(reverse("term", args=[made.key]))
    )
    world.wait(seconds=(clock.now() - world.at).total_seconds())
    case = world.case(State.PENDING, level="minor")
    Case.objects.update(source="complaint")
    form = text(office.get(reverse("case", args=[case.number])))
    assert 'value="hours-16" checked' in form
    assert "按规则“热线限时办”为 16 个工作小时，现在交办到 2019-02-02 12:00" in form
    unit = str(world.city.governments[COUNTY].pk)
    office.post(
        reverse("case_step", args=[case.number, "dispatch"]), {"organisation": unit, "term": "hours-16"}
    )
    case.refresh_from_db()
    assert case.due == datetime(2019, 2, 2, 12, tzinfo=CHINA)
    page = text(office.get(reverse("case", args=[case.number])))
    assert "期限 16 个工作小时（规则：热线限时办）" in page
    assert "，2019-01-31 18:00 前签收" in page


def test_a_refused_rule_comes_back_as_it_was_typed_with_the_reason_at_its_field(office: Client) -> None:
    page = send(office, "new", "set", **(RULE | {"length": "十六", "since": "明天"}))
    assert "时限的长度请填整数" in page
    assert 'value="十六"' in page
    assert "时限的长度请填整数" in send(office, "new", "set", **(RULE | {"sign_length": "二"}))
    assert "生效日“明天”不是日期" in send(office, "new", "set", **(RULE | {"since": "明天"}))
    assert "与“13710 一般事项”条件相同" in send(
        office, "new", "try", **(RULE | {"source": "", "since": "2016-09-01"})
    )
    assert len(rulebook().rules) == len(rulebook().with_rule(rulebook().rules[0]).rules)
    assert not any(r.name == "热线限时办" for r in rulebook().rules)


def test_a_rule_goes_back_to_the_version_before(office: Client) -> None:
    given = {k: v for k, v in RULE.items() if k != "source"} | {
        "unit": "days", "length": "5", "level_moderate": "on", "since": "2016-09-01", "name": "13710 一般事项",
    }  # fmt: skip
    assert "已记录" in send(office, "general", "set", **given)
    page = text(office.get(reverse("term", args=["general"])))
    assert "热线并入" in page
    assert "请写明理由" in send(office, "general", "undo")
    assert "已记录" in send(office, "general", "undo", reason="改错了")
    assert Term(Unit.DAYS, 7) in {r.term for r in rulebook().rules if r.key == "general"}


def test_office_hours_are_set_on_the_page(office: Client) -> None:
    assert "写成 08:00-12:00 14:30-18:00 的样子" in send(
        office, "office-hours", "set", office="八点到六点", reason="试"
    )
    assert "已记录" in send(office, "office-hours", "set", office="08:00-12:00 14:30-18:00", reason="午休")
    assert 'value="08:00-12:00 14:30-18:00"' in text(office.get(reverse("terms")))


def test_a_year_that_nobody_knows_is_said_where_terms_are_set_and_where_one_hands_over(
    office: Client, world: World
) -> None:
    send(office, "new", "set", **RULE)
    world.wait(seconds=(datetime(2026, 12, 31, 10, tzinfo=CHINA) - world.at).total_seconds())
    case = world.case(State.PENDING, level="minor")
    Case.objects.update(source="complaint")
    page = text(office.get(reverse("terms")))
    assert '<b class="grow">2027</b> <span class="warn">放假安排尚未公布或未导入' in page
    form = text(office.get(reverse("case", args=[case.number])))
    assert "2027 年放假安排尚未公布或未导入" in form
    assert 'value="hours-16" checked' not in form
    unit = str(world.city.governments[COUNTY].pk)
    step = reverse("case_step", args=[case.number, "dispatch"])
    refused = text(office.post(step, {"organisation": unit}, follow=True))
    assert "请在“登记-放假安排”导入该年通知, 或直接填写日期" in refused
    office.post(step, {"organisation": unit, "due": "2027-01-05"})
    case.refresh_from_db()
    assert case.due == datetime(2027, 1, 6, tzinfo=CHINA)


def test_a_list_that_is_not_complete_is_said_to_be_so(office: Client, world: World) -> None:
    world.wait(seconds=(datetime(2026, 12, 31, 10, tzinfo=CHINA) - world.at).total_seconds())
    CalendarDay.objects.create(day="2027-01-01", kind="off", source="试")
    assert "只导入放假 1 天，不全，缺 2027-05-01" in text(office.get(reverse("terms")))


@pytest.mark.parametrize(
    ("role", "where"), [("dispatcher", COUNTY), ("auditor", CITY_CODE), ("ranger", COUNTY)]
)
def test_others_read_the_rules_and_set_none(client: Client, world: World, role: str, where: str) -> None:
    client.force_login(world.person(role, where))
    assert "13710 一般事项" in text(client.get(reverse("terms")))
    assert "新增规则" not in text(client.get(reverse("terms")))
    assert "保存</button>" not in text(client.get(reverse("term", args=["general"])))
    for key, action in (("new", "set"), ("general", "undo"), ("office-hours", "set"), ("general", "try")):
        assert client.post(reverse("term_change", args=[key, action]), RULE).status_code == 403


@pytest.mark.parametrize("key", ["nothing", "office-hours"])
def test_a_rule_that_is_not_there_is_not_found(office: Client, key: str) -> None:
    assert office.get(reverse("term", args=[key])).status_code == 404


@pytest.mark.parametrize(
    "query", ["level=grave", "level=%00", "level=minor&source=x&kind=y&check=%F0%9F%98%80"]
)
def test_an_odd_question_gets_an_answer_or_a_sentence(office: Client, query: str) -> None:
    assert office.get(f"{reverse('terms')}?{query}").status_code in (200, 400)


def test_a_new_problem_leaves_the_term_to_the_rules_unless_one_is_chosen(
    office: Client, world: World
) -> None:
    assert 'name="term" value="" checked> 按规则' in text(office.get(reverse("case_new")))
    unit = str(world.city.governments[COUNTY].pk)
    filled = {
        "title": "裸土",
        "source": "patrol",
        "level": "serious",
        "region": COUNTY,
        "organisation": unit,
        "term": "",
    }
    office.post(reverse("case_new"), filled)
    assert Case.objects.get().due == datetime(2019, 3, 3, tzinfo=CHINA)


def test_the_form_of_an_extension_says_in_what_it_counts(client: Client, world: World) -> None:
    world.wait(seconds=(datetime(2019, 1, 31, 16, tzinfo=CHINA) - world.at).total_seconds())
    case = world.case(State.PENDING)
    for action, given in (("dispatch", {"due": Term(Unit.WORKDAYS, 5)}), ("sign", {}), ("plan", {})):
        world.go(case, action, **given)
    client.force_login(world.person("handler"))
    assert '天数 <span class="dim">个工作日</span>' in text(client.get(reverse("case", args=[case.number])))
