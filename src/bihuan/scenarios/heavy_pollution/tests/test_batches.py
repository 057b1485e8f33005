"""Many measures at once: accept, refuse, hand over, undo; and sums that are always those of the rows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan import clock
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.registry.models import Emitter, Measure, Organisation
from bihuan.scenarios.heavy_pollution import actions, batches
from bihuan.scenarios.heavy_pollution.in_force import Kind, warning_in_force
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions
from bihuan.scenarios.heavy_pollution.tests.world import World
from bihuan.scenarios.heavy_pollution.totals import listed_now, totals
from bihuan.scenarios.heavy_pollution.warning_actions import Wish, approve, propose

BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(client: Client, world: World, role: str = "dispatcher", region: str = "140300") -> Client:
    client.force_login(world.person(role, region), backend=BACKEND)
    return client


def post(client: Client, **data: Any) -> str:
    """The page after a batch, which goes on by itself until all is done."""
    page = client.post(reverse("heavy_pollution:batch"), data, follow=True).content.decode()
    if "data-continue" not in page:
        return page
    form = page.split("data-continue")[1].split("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return post(client, **{key: value for key, value in fields if key != "csrfmiddlewaretoken"})


def states() -> dict[str, str]:
    return dict(Suggestion.objects.values_list("emitter_id", "status"))


def test_all_are_accepted_and_handed_over_in_one_click(client: Client, world: World) -> None:
    world.suggest()
    page = post(signed_in(client, world), do="hand", scope="all")
    assert "已办理 3 条" in page
    assert states() == {"P1": "accepted", "P2": "accepted", "V1": "accepted"}
    assert {(c.state, c.organisation) for c in Case.objects.filter(region="140321")} == {
        ("dispatched", world.city.governments["140321"])
    }
    assert Case.objects.count() == 3
    assert verify_chains().broken == []


@pytest.mark.parametrize(
    ("chosen", "done"),
    [
        ({"county": "140321"}, {"P2", "V1"}),
        ({"kind": "vehicles"}, {"V1"}),
        ({"industry": "水泥"}, {"P1"}),
        ({"industry": "没有的行业"}, set()),
    ],
)
def test_what_is_filtered_is_what_is_done(
    client: Client, world: World, chosen: dict[str, str], done: set[str]
) -> None:
    Emitter.objects.filter(pk="P1").update(industry="水泥")
    world.suggest()
    post(signed_in(client, world), do="accept", scope="all", **chosen)
    assert {k for k, v in states().items() if v == "accepted"} == done


def test_picked_rows_are_refused_with_one_reason_and_taken_back(client: Client, world: World) -> None:
    rows = {s.emitter_id: s.pk for s in world.suggest()}
    signed_in(client, world)
    assert "不采纳需要写明理由" in post(client, do="refuse", scope="picked", pick=[rows["P1"]])
    assert "没有勾选任何一条" in post(client, do="refuse", scope="picked", reason="停产")
    page = post(
        client, do="refuse", scope="picked", reason="停产检修", pick=[rows["P1"], rows["V1"], "x", "²"]
    )
    assert states() == {"P1": "refused", "P2": "open", "V1": "refused"}
    assert "撤回刚才的 2 条" in page
    post(client, do="undo")
    assert set(states().values()) == {"open"}


def test_accepted_and_not_handed_over_is_taken_back_with_a_step(client: Client, world: World) -> None:
    world.suggest()
    signed_in(client, world)
    assert "撤回刚才的 3 条" in post(client, do="accept", scope="all")
    post(client, do="undo")
    assert set(states().values()) == {"open"}
    assert {c.state for c in Case.objects.all()} == {"void"}
    assert "已办理 3 条" in post(client, do="hand", scope="all")
    assert "撤回刚才的" not in post(client, do="undo")
    assert Case.objects.filter(state="dispatched").count() == 3


def test_what_waits_is_handed_over_together(client: Client, world: World) -> None:
    world.suggest()
    signed_in(client, world)
    assert "交办已采纳的 3 条" in post(client, do="accept", scope="all")
    post(client, do="dispatch", scope="all")
    assert {c.state for c in Case.objects.all()} == {"dispatched"}


def test_one_that_cannot_be_done_is_named_and_the_others_go_on(client: Client, world: World) -> None:
    world.suggest()
    Organisation.objects.filter(region="140311").update(kind="department")
    page = post(signed_in(client, world), do="hand", scope="all")
    assert "已办理 2 条" in page
    assert "1 条未办理：荫营水泥1厂：郊区没有登记县区承办单位" in page
    assert states() == {"P1": "open", "P2": "accepted", "V1": "accepted"}


@pytest.mark.parametrize(
    ("role", "region"), [("handler", "140321"), ("auditor", "140300"), ("chief", "140322")]
)
def test_nobody_else_decides_in_batches(client: Client, world: World, role: str, region: str) -> None:
    world.suggest()
    post(signed_in(client, world, role, region), do="hand", scope="all")
    assert set(states().values()) == {"open"}


def test_two_hundred_measures_need_one_click_and_short_requests(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = world.city.regions["140321"]
    units = [
        Emitter(
            code=f"X{n}", name=f"企业{n}", kind="plant", region=region, industry="试验", grade="C", lon=113.6,
            lat=37.8, simulated=True,
        )
        for n in range(97)
    ]  # fmt: skip
    Emitter.objects.bulk_create(units)
    Measure.objects.bulk_create(
        Measure(emitter=u, level="yellow", pollutant="pm", text="停产", kg_per_day=5.0, basis="清单")
        for u in units
    )
    world.suggest()
    Suggestion.objects.filter(emitter_id="X0").update(status="refused")
    Organisation.objects.filter(region="140311").update(kind="department")  # P1's county has no bureau
    monkeypatch.setattr(batches, "SECONDS", 0.2)
    page = post(signed_in(client, world), do="hand", scope="all")
    assert "已办理 98 条" in page
    assert "1 条未办理：荫营水泥1厂" in page
    assert Case.objects.filter(state="dispatched").count() == 98


def test_the_page_needs_the_same_queries_for_many_rows_as_for_few(client: Client, world: World) -> None:
    signed_in(client, world)
    rows = world.suggest()
    few = queries(client)
    Suggestion.objects.bulk_create(
        Suggestion(**{**_plain(rows[0]), "emitter": _unit(world, n), "rank": 10 + n}) for n in range(25)
    )
    assert queries(client) == few


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(reverse("heavy_pollution:index")).status_code == 200
    return len(seen)


def _unit(world: World, n: int) -> Emitter:
    return Emitter.objects.get_or_create(
        code=f"Y{n}",
        defaults={
            "name": f"企业{n}",
            "kind": "plant",
            "region": world.city.regions["140321"],
            "lon": 113.6,
            "lat": 37.8,
        },
    )[0]


def _plain(row: Suggestion) -> dict[str, Any]:
    kept = (
        "advice",
        "issued",
        "region",
        "level",
        "pollutant",
        "text",
        "kg_per_day",
        "kg",
        "why",
        "why_data",
        "basis",
    )
    return {name: getattr(row, name) for name in kept}


LEVELS = st.sampled_from(["yellow", "orange", "red"])
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("level"), LEVELS),
        st.tuples(st.just("run"), st.sampled_from(["episode", "one_day", "clean"])),
        st.tuples(
            st.sampled_from(["accept", "change", "refuse", "hand"]), st.sampled_from(["P1", "P2", "V1"])
        ),
        st.tuples(st.just("lift"), st.just("")),
    ),
    max_size=8,
)


def do(world: World, deed: str, what: str, turn: int) -> None:
    """One deed of the duty, where it is possible at all."""
    region, now = world.city.regions["140300"], clock.now()
    running = warning_in_force(region, now)
    if deed == "run":
        clock.set_replay(world.at + timedelta(hours=6 * turn), 0)
        make_suggestions(
            world.run(what, days=0).__class__(
                **{**vars(world.run(what)), "run_id": f"r{turn}", "issued": clock.now()}
            ),
            clock.now(),
        )
    elif deed in ("level", "lift"):
        kind = Kind.LIFT if deed == "lift" else Kind.CHANGE if running else Kind.START
        try:
            approve(propose(region, world.person(), Wish(kind, what, reason="会商")), world.person("chief"))
        except IllegalMove:
            return
    else:
        row = Suggestion.objects.filter(emitter=what, status="open").first()
        if row is None:
            return
        if deed == "refuse":
            actions.refuse(row, world.person(), "检修")
        else:
            kg = row.kg_per_day / 2 if deed == "change" else None
            actions.accept(row, world.person(), changed_kg=kg, hand=deed == "hand")


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_the_sums_are_always_those_of_the_rows(world: World, deeds: list[tuple[str, str]], db: None) -> None:
    with transaction.atomic():
        clock.set_replay(world.at, 0)
        make_suggestions(world.run(), clock.now())
        for turn, (deed, what) in enumerate(deeds, 1):
            do(world, deed, what, turn)
            _holds(world)
        transaction.set_rollback(True)


def _holds(world: World) -> None:
    advice = Advice.objects.filter(issued__lte=clock.now()).first()
    assert advice is not None
    if not advice.listed_level:
        assert not advice.suggestions.filter(status="open").exists()
        return
    rows = listed_now(advice.listed_level, advice.suggestions.all())
    assert len({r.emitter_id for r in rows}) == len(rows)
    for total in totals(advice.region, advice.listed_level, advice.suggestions.all()):
        assert total.suggested == pytest.approx(sum(r.kg.get(total.pollutant, 0.0) for r in rows))
        taken = [r for r in rows if r.status in ("accepted", "changed", "ongoing")]
        assert total.decided == pytest.approx(sum(r.final_kgs.get(total.pollutant, 0.0) for r in taken))
        assert total.decided <= total.suggested + 1e-9 <= total.listed + 2e-9
