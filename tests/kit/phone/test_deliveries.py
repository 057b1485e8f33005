"""Whatever the net does between phone and server, the database holds everything once and in order."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.cases.chain import verify_chains
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.kit.phone.models import Item
from tests.cases.world import World, photo
from tests.kit.phone.device import Device, named

WAY = ("sign", "plan", "progress", "progress", "apply_close")
"""What a handler writes in the valley, one after the other."""
PHOTO = photo("green")
START = datetime(2019, 1, 12, 6, tzinfo=UTC)
deed = st.sampled_from(("write", "send", "lose", "repeat", "jump", "log out", "urge"))
script = st.lists(st.tuples(deed, st.integers(0, 1), st.integers(0, 1)), min_size=10, max_size=40)


@dataclass
class Phone:
    """A device with its queue: what was written, by case; what the server said of it."""

    device: Device
    queue: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def write(self, case: Case) -> None:
        """The next step of the way; the version is the one seen, plus what this phone has written since."""
        mine = self.queue[case.pk]
        if len(mine) < len(WAY):
            photos = [named(PHOTO)] if WAY[len(mine)] == "apply_close" else []
            item = self.device.step(
                case, WAY[len(mine)], *photos, seq=len(mine) + 1, note=f"{self.device.id} {len(mine)}"
            )
            mine.append({**item, "version": case.version + len(mine)})

    def send(self, case: Case, *, ahead: int = 0, lost: bool = False) -> None:
        """Send the first that has no answer (or a later one); `lost`: the answer never comes back."""
        waiting = [i for i in self.queue[case.pk] if i["id"] not in self.answers]
        if ahead < len(waiting):
            self.deliver(waiting[ahead], lost=lost)

    def deliver(self, item: dict[str, Any], *, lost: bool = False) -> None:
        """One request, and photos when they are asked for; who is signed out signs in again."""
        status, answer = self.device.send(item)
        if status == 401:
            self.device.sign_in()
            status, answer = self.device.send(item)
        if answer["state"] == "lacks":
            self.device.photo(PHOTO)
            status, answer = self.device.send(item)
        assert status == 200 or answer["state"] == "order"
        if status == 200 and not lost:
            assert self.answers.setdefault(item["id"], answer) == answer


def run(world: World, name: str, phone: Phone, case: Case) -> None:
    """One deed of the script."""
    match name:
        case "write":
            phone.write(case)
        case "send":
            phone.send(case)
        case "lose":
            phone.send(case, lost=True)
        case "repeat":
            for item in phone.queue[case.pk]:
                if item["id"] in phone.answers:
                    phone.deliver(item)
        case "jump":
            phone.send(case, ahead=1)
        case "log out":
            phone.device.client.logout()
        case "urge":  # somebody else changes the case
            now = Case.objects.get(pk=case.pk)
            world.wait(days=40)
            if now.state in (State.DISPATCHED, State.SIGNED, State.RECTIFYING):
                world.go(now, "urge")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script)
def test_everything_arrives_once_and_in_order(world: World, deeds: list[tuple[str, int, int]]) -> None:
    world.at = START  # an example must not depend on the one before
    world.wait()
    cases = [world.case(State.DISPATCHED), world.case(State.DISPATCHED)]
    phones = [Phone(Device(world.person("handler"))) for _ in range(2)]
    for name, who, which in deeds:
        run(world, name, phones[who], cases[which])
    for phone in phones:
        for case in cases:
            for _ in WAY:
                phone.send(case)
    for phone in phones:
        for case in cases:
            arrived(phone, case)
    assert {b.case for b in verify_chains().broken}.isdisjoint({c.number for c in cases})


def arrived(phone: Phone, case: Case) -> None:
    """All that a phone wrote for a case is there, once, in the order of writing; only what was done became a step."""
    written = phone.queue[case.pk]
    kept = list(Item.objects.filter(device=phone.device.id, chain=case.number).order_by("seq"))
    assert [i.id for i in kept] == [i["id"] for i in written]
    assert {i["id"] for i in written} <= phone.answers.keys()
    steps = list(case.steps.filter(note__startswith=phone.device.id).order_by("seq"))
    done = [i for i in kept if phone.answers[i.id]["state"] == "done"]
    assert [s.pk for s in steps] == [i.step_id for i in done]
    assert [s.note for s in steps] == [i.written["note"] for i in done]
    assert all(i.step is None for i in kept if i.outcome != "done")
