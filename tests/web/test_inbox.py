"""The inbox: counts, links, marking as read; an entry is one person's own."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.judging import may_judge, propose, reject
from bihuan.cases.models import Finding
from bihuan.cases.reminders import unread
from bihuan.cases.transitions import State
from bihuan.cases.turns import todo
from bihuan.web.decisions_waiting import decisions_waiting
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE, ROLES
from tests.web.test_case_steps import signed_in


def test_an_entry_leads_to_its_case_and_opening_it_reads_it(client: Client, world: World) -> None:
    case, other = world.case(State.DISPATCHED), world.case(State.DISPATCHED)
    handler = world.person("handler")
    page = signed_in(client, handler).get(reverse("inbox")).content.decode()
    assert "2 条未读" in page
    address = reverse("case", args=[case.number])
    assert f'href="{address}"' in page
    client.get(address)
    assert [n.case for n in unread(handler)] == [other]
    assert f'href="{address}"' not in client.get(reverse("inbox")).content.decode()
    assert f'href="{address}"' in client.get(reverse("inbox") + "?show=all").content.decode()


def test_the_frame_counts_what_is_unread(client: Client, world: World) -> None:
    world.case(State.DISPATCHED)
    page = signed_in(client, world.person("handler")).get(reverse("cases")).content.decode()
    assert '<span class="tag warn">1</span>' in page
    client.post(reverse("inbox_read"))
    assert '<span class="tag warn">1</span>' not in client.get(reverse("cases")).content.decode()


def test_one_entry_is_read_and_nobody_elses(client: Client, world: World) -> None:
    world.case(State.DISPATCHED)
    handler, colleague = world.person("handler"), world.person("enterprise")
    theirs = unread(colleague).get()
    signed_in(client, handler)
    client.post(reverse("inbox_read"), {"note": theirs.pk})
    assert unread(colleague).count() == 1
    mine = unread(handler).get()
    client.post(reverse("inbox_read"), {"note": mine.pk})
    assert unread(handler).count() == 0


@pytest.mark.parametrize("note", ["", "abc", "²", "-1", "9" * 19, "9" * 5000, "\x00"])
def test_an_odd_entry_reads_nothing(client: Client, world: World, note: str) -> None:
    world.case(State.DISPATCHED)
    handler = world.person("handler")
    answer = signed_in(client, handler).post(reverse("inbox_read"), {"note": note})
    assert answer.status_code == 302
    assert unread(handler).count() == 1


def test_what_waits_for_me_holds_only_what_i_may_act_on(world: World) -> None:
    case = world.case(State.RETURNED)
    assert list(todo(world.person("dispatcher"))) == [case]
    world.go(case, "redispatch")
    world.go(case, "return", world.person("handler", "140322"))
    # After two returns only the chief decides.
    assert list(todo(world.person("dispatcher"))) == []
    assert list(todo(world.person("chief"))) == [case]
    verifying = world.case(State.VERIFYING)
    assert list(todo(world.person("verifier", COUNTY))) == []
    assert list(todo(world.person("verifier", "140300"))) == [verifying]


def proposed(world: World, *, reason: str = "已电话核实") -> Finding:
    """A finding of the county, on which the county proposed a verdict."""
    finding = world.finding()
    propose(finding, world.person("dispatcher", COUNTY), "rejected", reason)
    return finding


@pytest.mark.parametrize("region", [CITY_CODE, COUNTY])
@pytest.mark.parametrize("role", ROLES)
def test_a_countys_proposal_waits_for_those_who_judge(world: World, role: str, region: str) -> None:
    finding = proposed(world)
    waits = decisions_waiting(world.person(role, region), clock.now())
    assert bool(waits) == may_judge(world.person(role, region))
    assert all(line.url == reverse("incident", args=[finding.incident_id]) for line in waits)


def test_the_newest_proposal_on_a_finding_is_one_line_with_its_reason(client: Client, world: World) -> None:
    finding = proposed(world, reason="第一次的理由")
    propose(finding, world.person("dispatcher", COUNTY), "silenced", "第二次的理由")
    page = signed_in(client, world.person("dispatcher", CITY_CODE)).get(reverse("inbox")).content.decode()
    assert page.count("判定建议：") == 1
    assert "第二次的理由" in page
    assert "第一次的理由" not in page
    assert '<span class="tag warn">1</span>' in page


def test_a_judged_finding_waits_no_more(world: World) -> None:
    finding, officer = proposed(world), world.person("dispatcher", CITY_CODE)
    reject(finding, officer, "同意县区意见")
    assert decisions_waiting(officer, clock.now()) == []
