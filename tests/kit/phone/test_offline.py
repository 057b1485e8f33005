"""What a phone keeps: the cases of its person with the steps that may be taken, and nothing of others."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases import actions
from bihuan.cases.models import Case
from bihuan.cases.transitions import BY_KEY, Need, State
from bihuan.kit.phone.offline import kept_for
from bihuan.registry.models import Person
from tests.cases.world import World, photo
from tests.kit.phone.device import Device


def cases_of(person: Person) -> dict[str, dict[str, Any]]:
    return {case["number"]: case for case in kept_for(person)["cases"]}


def test_a_handler_has_the_units_cases_with_the_steps_of_the_table(world: World) -> None:
    case, handler = world.case(State.RECTIFYING), world.person("handler")
    kept = cases_of(handler)[case.number]
    assert (kept["state_label"], kept["version"], kept["turn"]) == ("整改中", case.version, True)
    allowed = {m.transition.action for m in actions.moves(case, handler) if m.allowed}
    assert set(kept["moves"]) == allowed - {"node"} == {"apply_close", "progress", "ask_extension"}
    assert cases_of(world.person("handler", "140322")) == {}


def test_the_rows_that_come_along_are_those_of_the_table_for_the_roles(world: World) -> None:
    rows = kept_for(world.person("verifier", "140300"))["table"]
    assert {r["action"] for r in rows} == {"submit", "pass", "fail", "confirm", "reopen"}
    for row in rows:
        found = BY_KEY[State(row["source"]), row["action"]]
        assert (row["target"], row["unit"]) == (found.target, found.by_unit)
        assert [n["key"] for n in row["needs"] if n["required"]] == [n.key for n in found.needs]


def test_no_step_is_offered_that_a_phone_cannot_fill_in(world: World) -> None:
    case = world.case(State.PENDING)
    kept = cases_of(world.person("dispatcher"))[case.number]
    assert "dispatch" not in kept["moves"]
    keys = {n["key"] for row in kept_for(world.person("chief"))["table"] for n in row["needs"]}
    assert keys.isdisjoint({Need.ORGANISATION.key, Need.DUE.key})


def test_a_verifier_has_what_waits_for_verification_with_its_photos(world: World) -> None:
    case = world.case(State.VERIFYING)
    kept = cases_of(world.person("verifier", "140300"))[case.number]
    assert set(kept["moves"]) == {"pass", "fail"}
    (file,) = [f for s in kept["steps"] for f in s["files"]]
    client = Client()
    client.force_login(world.person("verifier", "140300"))
    answer = client.get(reverse("phone_thumb", args=[file["id"]]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    client.force_login(world.person("verifier", "140322"))
    assert client.get(reverse("phone_thumb", args=[file["id"]])).status_code == 404


def test_a_grid_worker_has_what_they_reported_until_it_is_finished(world: World) -> None:
    ranger = Device(world.person("ranger"))
    number = ranger.settled(ranger.report())["case"]
    assert list(cases_of(ranger.person)) == [number]
    world.go(Case.objects.get(number=number), "decline")
    assert cases_of(ranger.person) == {}


def test_who_may_not_register_a_problem_gets_no_form(world: World) -> None:
    assert kept_for(world.person("handler"))["report"] is None
    form = kept_for(world.person("ranger"))["report"]
    assert form is not None
    assert [r["label"] for r in form["regions"]] == ["平定县"]


def test_a_phone_keeps_the_most_urgent_and_not_an_archive(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bihuan.kit.phone.offline.MOST_CASES", 2)
    last, *urgent = (world.case(State.DISPATCHED, level=level) for level in ("serious", "minor", "minor"))
    assert all(case.due < last.due for case in urgent if case.due and last.due)
    assert set(cases_of(world.person("handler"))) == {case.number for case in urgent}


@pytest.mark.parametrize("name", ["phone_me", "phone_data", "phone_grid"])
def test_who_is_not_signed_in_is_told_so_without_a_page(world: World, name: str) -> None:
    answer = Client().get(reverse(name))
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")


def test_the_entrance_says_who_is_signed_in(world: World, device: Device) -> None:
    told = device.client.get(reverse("phone_me")).json()
    assert told["person"]["id"] == device.person.pk
    assert len(told["csrf"]) >= 32


def test_a_photo_of_a_case_is_small_on_a_phone(world: World, device: Device) -> None:
    case = world.case(State.RECTIFYING)
    step = world.go(case, "progress", files=[photo()])
    answer = device.client.get(reverse("phone_thumb", args=[step.files.get().pk]))
    assert answer.content[:2] == b"\xff\xd8"
