"""The sign and its public page, which shows nothing else; and the counties against their goals."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
import segno
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from bihuan.english import told
from bihuan.scenarios.outfalls.models import Goal, Outfall
from bihuan.scenarios.outfalls.progress import Share, year_of
from bihuan.scenarios.outfalls.report import sentences
from bihuan.scenarios.outfalls.tests.world import LAT, TODAY, in_days, outfall, reach, step
from bihuan.scenarios.outfalls.transitions import SIGNED, State
from tests.people import City
from tests.web.world import MINE

ON_THE_SIGN = (
    "一号排口",
    "HB-140321-0001-GY-00",
    "工矿企业排污口",
    "桃河",
    "平定县人民政府",
    "张某",
    "阳泉市生态环境指挥中心",
    "12369",
)


def signed(place: City, **more: Any) -> Outfall:
    given: dict[str, Any] = {
        "name": "一号排口", "official_code": ON_THE_SIGN[1], "reach": reach(place), "person": "张某", "stage": State.ACCEPTED,
        "supervisor": place.governments["140300"], "approval": "批复 7 号", "cod": 50.5,
    }  # fmt: skip
    return outfall(place, **given | more)


def test_the_sign_says_whose_it_is_and_its_code_opens_the_public_page(client: Client, place: City) -> None:
    signed(place)
    client.force_login(place.person("ranger"))
    shown = client.get(reverse("outfalls:sign", args=["P1"])).content.decode()
    for part in ON_THE_SIGN:
        assert part in shown
    address = f"http://testserver{reverse('outfalls:public', args=['P1'])}"
    squares = segno.make(address, error="m", micro=False).svg_inline(scale=4, light="#fff")
    assert squares in shown
    assert "才对外开放" not in shown


def test_everybody_reads_what_stands_on_the_sign_and_nothing_else(client: Client, place: City) -> None:
    signed(place)
    shown = client.get(reverse("outfalls:public", args=["P1"])).content.decode()
    for part in ON_THE_SIGN:
        assert part in shown
    for hidden in ("批复 7 号", "50.5", str(LAT), "P1<", "已验收销号"):
        assert hidden not in shown


@pytest.mark.parametrize("stage", State)
def test_only_what_was_accepted_once_is_public(client: Client, place: City, stage: State) -> None:
    signed(place, stage=stage)
    status = client.get(reverse("outfalls:public", args=["P1"])).status_code
    assert status == (200 if stage in SIGNED else 404)
    client.force_login(place.person("ranger"))
    warned = "才对外开放" in client.get(reverse("outfalls:sign", args=["P1"])).content.decode()
    assert warned is (stage not in SIGNED)


def test_a_sign_stays_public_while_a_relapse_is_put_right_and_ends_with_the_outfall(
    client: Client, place: City
) -> None:
    found = signed(place, stage=State.RELAPSED)
    step(found, "plan", place, way="ban", due=in_days(9))
    public = reverse("outfalls:public", args=["P1"])
    assert client.get(public).status_code == 404  # it was registered so, and nobody accepted it here
    done = found.steps.get()
    done.pk, done._state.adding, done.seq, done.action = None, True, 2, "accept"
    done.save()
    assert client.get(public).status_code == 200
    Outfall.objects.update(until=TODAY)
    assert client.get(public).status_code == 404


@pytest.mark.parametrize(
    ("done", "total", "goal", "missing"),
    [(7, 10, 70, 0), (6, 10, 70, 1), (0, 3, 50, 2), (0, 0, 90, 0), (1, 9, None, 0)],
)
def test_what_is_missing_to_a_goal_is_whole_outfalls(
    done: int, total: int, goal: float | None, missing: int
) -> None:
    assert Share(done, total, goal).missing == missing


@pytest.fixture
def counted(place: City) -> City:
    """Of five of 平定县 one is a duplicate; 盂县 has one and no goal."""
    stages = (State.FOUND, State.CHECKED, State.TRACED, State.SUPERVISED, State.DUPLICATE)
    for n, stage in enumerate(stages):
        clear = "clear" if stage in (State.SUPERVISED, State.CHECKED) else "partly"
        outfall(place, f"P{n}", lat=LAT + n, stage=stage, clarity=clear)
    outfall(
        place, "Q", region=place.regions["140322"], organisation=None, stage=State.RELAPSED, clarity="clear"
    )
    Goal.objects.create(year=TODAY.year, region=place.regions[MINE], surveyed=100, traced=50, treated=25)
    Goal.objects.create(year=TODAY.year - 1, region=place.regions["140322"], surveyed=1, traced=1, treated=1)
    return place


def test_the_counties_stand_against_the_goals_of_the_year(counted: City) -> None:
    year = year_of(counted.person("chief", "140300"))
    mine, other = year.rows
    assert [(s.done, s.total, s.missing) for s in mine.shares] == [(3, 4, 1), (1, 4, 1), (1, 4, 0)]
    assert [(s.done, s.goal) for s in other.shares] == [(1, None), (1, None), (0, None)]
    assert [(s.done, s.total, s.goal) for s in year.whole.shares] == [
        (4, 5, None),
        (2, 5, None),
        (1, 5, None),
    ]
    assert [row.region for row in year_of(counted.person("chief", "140322")).rows] == [
        counted.regions["140322"]
    ]


def test_the_goal_of_the_whole_is_what_the_counties_come_to(counted: City) -> None:
    Goal.objects.create(year=TODAY.year, region=counted.regions["140322"], surveyed=50, traced=100, treated=0)
    whole = year_of(counted.person("chief", "140300")).whole
    assert [s.goal for s in whole.shares] == [
        pytest.approx((400 + 50) / 5),
        pytest.approx((200 + 100) / 5),
        pytest.approx(20),
    ]


def test_page_paper_and_workbook_have_the_same_numbers(client: Client, counted: City) -> None:
    client.force_login(counted.person("chief", "140300"))
    said = [
        "在册入河排污口 5 个，排查完成 4 个（80.0%），溯源完成 2 个（40.0%），整治完成 1 个（20.0%）。",
        "平定县：距年度目标排查还差 1 个，溯源还差 1 个。", "没有登记年度目标的：盂县。",
    ]  # fmt: skip
    shown = client.get(reverse("outfalls:progress")).content.decode()
    paper = Document(BytesIO(client.get(reverse("outfalls:word")).content))
    text = "\n".join(p.text for p in paper.paragraphs)
    for sentence in said:
        assert sentence in shown
        assert sentence in text
    assert [c.text for c in paper.tables[0].rows[1].cells] == [
        "平定县",
        "4",
        "3",
        "75.0%",
        "100%",
        "1",
        "25.0%",
        "50%",
        "1",
        "25.0%",
        "25%",
    ]
    (sheet,) = openpyxl.load_workbook(BytesIO(client.get(reverse("outfalls:book")).content)).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1] == ("平定县", 4, 3, 0.75, 100, 1, 1, 0.25, 50, 1, 1, 0.25, 25, 0)
    assert rows[3][:3] == ("合计", 5, 4)


def test_the_progress_is_told_in_english(counted: City) -> None:
    with override("en"):
        said = [told(s) for s in sentences(year_of(counted.person("chief", "140300")))]
    assert said[0] == "5 outfalls; surveyed 4 (80.0%), traced 2 (40.0%), put right 1 (20.0%)."
    assert said[1].endswith("to the goal of the year 1 to survey, 1 to trace.")
