"""Splitting and merging by hand: with a reason, for ever on record, respected by later rounds, and taken back."""

import pytest

from bihuan.cases import incident_judging
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.incident_models import Incident, Regrouping
from bihuan.cases.models import Finding
from bihuan.cases.regrouping import merge, regroupings_of, split, take_back
from bihuan.registry.models import AuditEntry, Person
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE


@pytest.fixture
def officer(world: World) -> Person:
    """A dispatcher of the city."""
    return world.person("dispatcher", CITY_CODE)


def home(finding: Finding) -> Incident:
    return Incident.objects.get(findings=finding)


def test_what_is_split_off_stays_apart_and_each_side_gets_what_is_closest_to_it(
    world: World, officer: Person
) -> None:
    over, ultra = world.facet("over"), world.facet("ultra", item="so2")
    made = split(home(over), [ultra.pk], officer, "两台炉子")
    assert (home(over).root, made.root, home(ultra)) == (over, ultra, made)
    world.wait(hours=1)
    assert home(world.facet("ultra", item="pm")) == made
    assert home(over) != home(ultra)


def test_a_split_is_audited_and_taken_back_once(world: World, officer: Person) -> None:
    over, ultra = world.facet("over"), world.facet("ultra")
    made = split(home(over), [ultra.pk], officer, "两台炉子")
    (done,) = regroupings_of(made)
    assert (done.kind, done.reason, done.by, done.findings) == ("split", "两台炉子", officer, [ultra.pk])
    assert take_back(done, officer, "看错了") == home(over) == home(ultra)
    made.refresh_from_db()
    assert (made.merged_into, home(over).by_hand) == (home(over), False)
    with pytest.raises(IllegalMove, match="已撤销"):
        take_back(done, officer, "再来一次")
    actions = AuditEntry.objects.filter(action__startswith="incident.").values_list("action", flat=True)
    assert sorted(actions) == ["incident.split", "incident.undo"]
    assert verify_chains().broken == []


def test_two_incidents_become_one_by_hand_and_two_again(world: World, officer: Person) -> None:
    one, other = world.facet("over"), world.facet("ultra", target="P2")
    emptied = home(other)
    into = merge(home(one), emptied, officer, "共用烟道")
    assert home(other) == into == home(one)
    assert incident_judging.incident_for(officer, emptied.pk) == into
    take_back(regroupings_of(into)[0], officer, "不共用")
    assert home(other) == emptied
    assert Incident.objects.get(pk=emptied.pk).merged_into is None


def test_a_merge_cannot_be_taken_back_when_its_findings_have_gone_on(world: World, officer: Person) -> None:
    one, other = world.facet("over"), world.facet("ultra", target="P2")
    into = merge(home(one), home(other), officer, "共用烟道")
    split(into, [other.pk], officer, "又不对")
    with pytest.raises(ChangedMeanwhile, match="又被移动"):
        take_back(Regrouping.objects.get(kind="merge"), officer, "撤销")


def test_what_only_followed_a_verdict_waits_again_when_it_is_split_off(world: World, officer: Person) -> None:
    over = world.facet("over")
    incident_judging.confirm(home(over), officer)
    mild = world.facet("likely")
    assert mild.status == "confirmed"
    split(home(over), [mild.pk], officer, "无关")
    mild.refresh_from_db()
    assert (mild.status, mild.decided_by, mild.follows) == ("new", None, None)
    assert verify_chains().broken == []


def test_hand_made_incidents_are_never_united_by_a_round(world: World, officer: Person) -> None:
    over, ultra = world.facet("over"), world.facet("ultra")
    split(home(over), [ultra.pk], officer, "两台炉子")
    for _ in range(3):
        world.wait(hours=1)
        for name in ("over", "ultra", "likely"):
            world.facet(name)
    assert Incident.objects.filter(merged_into=None).count() == 2


@pytest.mark.parametrize("reason", ["", "  ", "字" * 401])
def test_a_reason_is_needed_and_has_400_characters_at_most(
    world: World, officer: Person, reason: str
) -> None:
    over, ultra = world.facet("over"), world.facet("ultra")
    with pytest.raises(IllegalMove):
        split(home(over), [ultra.pk], officer, reason)
    assert Regrouping.objects.count() == 0


def test_no_side_of_a_split_is_empty_and_nothing_is_merged_with_itself(world: World, officer: Person) -> None:
    over, ultra = world.facet("over"), world.facet("ultra")
    with pytest.raises(IllegalMove, match="不能把全部"):
        split(home(over), [over.pk, ultra.pk], officer, "全部")
    with pytest.raises(IllegalMove, match="请选择要拆出"):
        split(home(over), [world.facet("over", target="P2").pk], officer, "别处的")
    with pytest.raises(IllegalMove, match="另一个事件"):
        merge(home(over), home(ultra), officer, "自己")


def test_a_county_regroups_nothing(world: World) -> None:
    over, ultra = world.facet("over"), world.facet("ultra")
    with pytest.raises(IllegalMove, match="市级"):
        split(home(over), [ultra.pk], world.person("dispatcher", COUNTY), "本县")
