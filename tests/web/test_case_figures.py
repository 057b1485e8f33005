"""The statistics of cases: every number leads to its cases, periods and groups can be chosen, all can be taken away."""

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from bihuan.cases.models import Case
from bihuan.cases.statistics import COUNTED, RATES
from bihuan.cases.transitions import State
from bihuan.web.figures import question
from tests.cases.conftest import world as world  # the fixture
from tests.cases.test_statistics import counted as counted  # six cases counted by hand
from tests.cases.world import World
from tests.pages import flat
from tests.web.test_case_steps import signed_in

PAGE = "/cases/figures/"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Every test has a database of its own, in which the same keys mean other cases."""
    question._folded.cache_clear()


def links(page: str) -> list[tuple[str, int]]:
    """Every address of a number, with the number."""
    found = re.findall(r'<a href="(/cases/figures/behind\?[^"]*)">(\d+)</a>', flat(page))
    return [(unescape(address), int(n)) for address, n in found]


@pytest.mark.parametrize("by", ["region", "unit", "level", "source", "check"])
def test_every_number_leads_to_as_many_cases(client: Client, counted: World, by: str) -> None:
    signed_in(client, counted.person("chief", "140300"))
    found = links(client.get(f"{PAGE}?by={by}").content.decode())
    assert len(found) == 2 * (9 + 2 * len(RATES))  # all, and the one group there is
    for address, number in found:
        listed = client.get(address).content.decode()
        # Verifications count several times in one case: B was verified twice.
        expected = {4: 3, 1: 1}[number] if "verifications" in address or "failures" in address else number
        assert listed.count("data-row") == expected, address


def test_the_numbers_are_those_counted_by_hand(client: Client, counted: World) -> None:
    page = signed_in(client, counted.person("chief", "140300")).get(PAGE).content.decode()
    assert {n for a, n in links(page) if a.endswith("?count=dispatched&group=%E5%90%88%E8%AE%A1")} == {5}
    assert {n for a, n in links(page) if "count=overdue_open" in a and "closed_late" not in a} == {1}
    assert "75.0%" in page


def test_a_period_holds_the_cases_that_entered_in_it(client: Client, counted: World) -> None:
    signed_in(client, counted.person("chief", "140300"))
    counted.case(State.DISPATCHED)  # on the 22nd; the other five on the 12th
    for asked, number in (
        ("from=2019-01-22", 1), ("to=2019-01-21", 5), ("from=2019-01-12&to=2019-01-12", 5), ("period=month", 6), ("period=quarter", 6),
        ("period=year", 6), ("from=2019-01-22&to=2019-01-22", 1),
    ):  # fmt: skip
        page = client.get(f"{PAGE}?{asked}").content.decode()
        assert {n for a, n in links(page) if "count=dispatched" in a} >= {number}, asked
    for asked in ("period=last", "from=2019-01-13&to=2019-01-20"):
        assert "这个时段没有交办或登记的问题" in client.get(f"{PAGE}?{asked}").content.decode()


def test_another_county_sees_only_its_own(client: Client, counted: World) -> None:
    signed_in(client, counted.person("chief", "140322"))
    assert "这个时段没有" in client.get(PAGE).content.decode()
    assert "data-row" not in client.get(f"{PAGE}behind?count=dispatched").content.decode()


def test_it_can_be_taken_away_with_the_mark_of_what_is_simulated(client: Client, counted: World) -> None:
    signed_in(client, counted.person("chief", "140300"))
    Case.objects.filter(pk=Case.objects.earliest("pk").pk).update(simulated=True)
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"{PAGE}?as=csv&by=level").content.decode("utf-8-sig")))
    )
    assert [(r["级别"], r["交办"], r["整改完成率(到期) %"], r["模拟"]) for r in rows] == [
        ("合计", "5", "75.0", "含模拟"), ("较重", "5", "75.0", "含模拟")
    ]  # fmt: skip
    sheet = load_workbook(io.BytesIO(client.get(f"{PAGE}?as=xlsx").content)).active
    assert sheet is not None
    assert [c.value for c in sheet[2]][:5] == ["合计", None, None, "2019-01-22 14:00", 5]
    listed = client.get(f"{PAGE}behind?count=closed&as=csv").content.decode("utf-8-sig")
    assert len(listed.splitlines()) == 1 + 3


def test_every_rate_says_what_it_means(client: Client, counted: World) -> None:
    page = signed_in(client, counted.person("chief", "140300")).get(PAGE).content.decode()
    for rate in RATES:
        assert f'title="{rate.meaning}"' in page
        assert {*rate.part, rate.whole} <= set(COUNTED)


@pytest.mark.parametrize(
    "asked",
    ["by=x", "period=x", "from=abc", "to=2019-02-30", "from=0001-01-01", "to=9999-12-31", "from=²", "from=2019-02-01&to=2019-01-01", "from=%00"],
)  # fmt: skip
def test_what_cannot_be_meant_gets_a_sentence(client: Client, counted: World, asked: str) -> None:
    signed_in(client, counted.person("chief", "140300"))
    for page in (PAGE, f"{PAGE}behind?count=closed&"):
        answer = client.get(f"{page}{'' if '?' in page else '?'}{asked}")
        assert answer.status_code == 400
        assert "这一步没有完成" in answer.content.decode()


@pytest.mark.parametrize("count", ["", "x", "state", "__class__"])
def test_an_unknown_number_gets_a_sentence(client: Client, counted: World, count: str) -> None:
    signed_in(client, counted.person("chief", "140300"))
    assert client.get(reverse("figure_cases"), {"count": count}).status_code == 400


def test_a_post_that_is_taken_away_is_felt_at_once(client: Client, counted: World) -> None:
    chief = counted.person("chief", "140300")
    signed_in(client, chief)
    assert links(client.get(PAGE).content.decode())
    chief.posts.all().delete()
    assert not links(client.get(PAGE).content.decode())


def test_as_of_a_past_moment_later_steps_do_not_count(client: Client, counted: World) -> None:
    signed_in(client, counted.person("chief", "140300"))
    page = client.get(f"{PAGE}?as_of=2019-01-17T14:00").content.decode()
    assert {n for a, n in links(page) if "count=closed&" in a} == {2}
    assert {n for a, n in links(page) if "count=overdue_open&" in a and "closed_late" not in a} == {0}
    behind = next(a for a, n in links(page) if "count=awaiting_verification" in a)
    assert "as_of=2019-01-17T14" in behind
    assert client.get(behind).content.decode().count("data-row") == 1
    for moment in ("2019-02-30T12:00", "x", "2030-01-01T00:00"):
        assert client.get(PAGE, {"as_of": moment}).status_code == 400


def test_by_person_it_is_who_acted_for_the_unit(client: Client, counted: World) -> None:
    signed_in(client, counted.person("chief", "140300"))
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"{PAGE}?as=csv&by=handler").content.decode("utf-8-sig")))
    )
    assert {r["经办人"]: r["交办"] for r in rows} == {"合计": "5", "—": "1", "handler_140321": "4"}


def test_the_board_ranks_and_its_numbers_lead_to_their_cases(client: Client, counted: World) -> None:
    signed_in(client, counted.person("chief", "140300"))
    page = client.get("/cases/board/?by=unit").content.decode()
    assert "平定县人民政府" in page
    assert {n for a, n in links(page) if "count=due&" in a} == {4}
    taken = client.get("/cases/board/?by=unit&as=csv").content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(taken))
    assert (row["名次"], row["升降"], row["按期完成率 %"]) == ("1", "", "50.0")
    assert client.get("/cases/board/?by=level").status_code == 400


def test_the_weekly_letter_says_what_was_done_and_what_is_late(client: Client, counted: World) -> None:
    signed_in(client, counted.person("chief", "140300"))
    paper = Document(io.BytesIO(client.get("/cases/letter/2019-01-14.docx").content))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "2019年第3周 01-14 至 01-20" in text
    assert "周末未销号 3 件，其中超期 2 件；待核查 1 件" in text  # B was closed on Monday
    assert "存证根：日志" in text
    done = {
        h.text: n.text
        for h, n in zip(paper.tables[0].rows[0].cells, paper.tables[0].rows[1].cells, strict=True)
    }
    assert done == dict.fromkeys(done, "0")  # all was done on Saturday, Sunday and Monday
    week = Document(io.BytesIO(client.get("/cases/letter/2019-01-21.docx").content)).tables[0]
    done = {h.text: n.text for h, n in zip(week.rows[0].cells, week.rows[1].cells, strict=True)}
    assert (done["申请销号"], done["核查不通过"], done["销号"]) == ("2", "1", "1")
    for monday in ("2019-01-15", "2019-01-28", "x", "2019-02-30"):
        assert client.get(f"/cases/letter/{monday}.docx").status_code == 400
