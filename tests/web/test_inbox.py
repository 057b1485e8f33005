"""The inbox: counts, links, marking as read; an entry is one person's own."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.actions import todo
from bihuan.cases.reminders import unread
from bihuan.cases.transitions import State
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World
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
