"""Incidents in the database: how findings come into them, how verdicts reach all of them, and when one comes back."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from bihuan.cases import incident_judging as judging
from bihuan.cases.actions import take
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.incident_models import Incident
from bihuan.cases.judging import confirm as confirm_finding
from bihuan.cases.models import Finding
from bihuan.domain.checks import Belonging
from bihuan.registry.models import AuditEntry, Organisation, Person
from bihuan.web.incident_list import lines_with
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE

DAY = timedelta(days=1)


@pytest.fixture
def officer(world: World) -> Person:
    """A dispatcher of the city."""
    return world.person("dispatcher", CITY_CODE)


def incident_of(finding: Finding) -> Incident:
    return Incident.objects.get(findings=finding)


def states(incident: Incident) -> dict[str, str]:
    return dict(incident.findings.values_list("check_key", "status"))


def test_three_facets_that_three_checks_file_stand_in_one_incident_under_the_most_serious(
    world: World,
) -> None:
    facets = [world.facet(name) for name in ("likely", "ultra", "over")]
    (incident,) = Incident.objects.all()
    assert {f.incident_id for f in facets} == {incident.pk}
    assert (incident.root, incident.cause) == (facets[2], "target")


def test_a_platform_that_is_down_is_one_incident_that_names_its_vendor(world: World) -> None:
    region = world.city.regions[CITY_CODE]
    vendors = [Organisation.objects.create(name=name, kind="vendor", region=region) for name in "甲乙"]
    silent = {
        "check_key": "offline", "item": "", "belonging": Belonging("arrival", (), "line"), "severity": "moderate", "unit": "h",
    }  # fmt: skip
    found = [world.facet("over", target=f"P{n}", vendor=vendors[n >= 5], **silent) for n in (*range(5), 5, 6)]
    platform = incident_of(found[0])
    assert (platform.cause, platform.root, platform.findings.count()) == ("vendor", found[0], 5)
    assert platform.root.vendor == vendors[0]
    assert [incident_of(f).findings.count() for f in found[5:]] == [1, 1]
    [line] = lines_with([(platform, found[:5])], world.person("ranger"), world.at)
    assert line.headline.startswith("运维单位平台（甲）：5 个对象")


def test_a_verdict_is_written_to_all_of_them_and_is_undone_as_a_whole(world: World, officer: Person) -> None:
    incident = incident_of(world.facet("over"))
    world.facet("likely")
    judging.reject(incident, officer, "仪器校准")
    assert states(incident) == {"over": "rejected", "likely": "rejected"}
    judging.undo(incident, officer, "看错了")
    assert states(incident) == {"over": "new", "likely": "new"}
    judging.silence(incident, officer, world.at + DAY, "计划检修")
    assert states(incident) == {"over": "silenced", "likely": "silenced"}
    assert verify_chains().broken == []


def test_a_verdict_that_one_of_them_refuses_is_written_to_none(world: World, officer: Person) -> None:
    incident = incident_of(world.facet("over"))
    world.facet("likely")
    with pytest.raises(IllegalMove, match="必须晚于现在"):
        judging.silence(incident, officer, world.at - DAY, "计划检修")
    with pytest.raises(IllegalMove, match="理由"):
        judging.reject(incident, officer, " ")
    assert set(states(incident).values()) == {"new"}


def test_handing_over_makes_one_case_with_every_finding_and_the_root_first(
    world: World, officer: Person
) -> None:
    world.facet("likely")
    root = world.facet("over")
    case = judging.hand(incident_of(root), officer, world.city.governments[COUNTY])
    assert case.findings.count() == 2
    assert case.title == str(root)
    assert states(incident_of(root)) == {"over": "handed", "likely": "handed"}


def test_what_comes_later_and_is_no_worse_goes_with_the_case_while_it_is_open(
    world: World, officer: Person
) -> None:
    root = world.facet("over")
    case = judging.hand(incident_of(root), officer, world.city.governments[COUNTY])
    world.wait(hours=2)
    later = world.facet("ultra")
    assert (later.incident_id, later.status, later.follows) == (root.incident_id, "handed", root)
    assert verify_chains().broken == []
    take(case, "void", world.person("chief"), note="重复")
    world.wait(hours=1)
    assert world.facet("likely").status == "new"


def test_what_is_silenced_takes_in_milder_sides_and_unfolds_for_a_worse_one(
    world: World, officer: Person
) -> None:
    mild = world.facet("ultra")
    judging.silence(incident_of(mild), officer, world.at + DAY, "检修")
    world.wait(hours=1)
    milder = world.facet("likely")
    assert (milder.status, milder.silenced_until, milder.follows) == (
        "silenced",
        world.at - timedelta(hours=1) + DAY,
        mild,
    )
    assert AuditEntry.objects.filter(action="finding.followed", target=str(milder.pk)).exists()
    worse = world.facet("over")
    assert (worse.incident_id, worse.status) == (mild.incident_id, "new")
    assert incident_of(mild).root == worse
    assert states(incident_of(mild)) == {"ultra": "silenced", "likely": "silenced", "over": "new"}


def test_what_took_over_a_silence_comes_back_at_its_end(world: World, officer: Person) -> None:
    over = world.facet("over")
    judging.silence(incident_of(over), officer, world.at + DAY, "检修")
    mild = world.facet("likely", start=world.at)
    world.wait(hours=25)
    back = world.facet("likely", start=mild.started_at)
    assert (back.pk != mild.pk, back.status, back.incident_id) == (True, "new", over.incident_id)


def test_after_a_rejection_another_check_is_a_matter_of_its_own(world: World, officer: Person) -> None:
    rejected = world.facet("over")
    judging.reject(incident_of(rejected), officer, "误报")
    other = world.facet("ultra")
    assert (other.status, other.incident_id != rejected.incident_id) == ("new", True)


def test_nobody_judges_what_came_while_he_read(world: World, officer: Person) -> None:
    seen = world.facet("ultra")
    world.facet("over")
    with pytest.raises(ChangedMeanwhile, match="刚有新发现"):
        judging.confirm(incident_of(seen), officer, seen=seen.pk)
    assert set(states(incident_of(seen)).values()) == {"new"}


def test_a_verdict_passes_over_what_is_in_a_case_already(world: World, officer: Person) -> None:
    mild = world.facet("ultra")
    judging.hand(incident_of(mild), officer, world.city.governments[COUNTY])
    world.facet("over")
    judging.confirm(incident_of(mild), officer)
    assert states(incident_of(mild)) == {"ultra": "handed", "over": "confirmed"}
    judging.undo(incident_of(mild), officer)
    judging.hand(incident_of(mild), officer, world.city.governments[COUNTY])
    with pytest.raises(IllegalMove, match="没有可以这样处理的发现"):
        judging.confirm(incident_of(mild), officer)


def test_a_county_hands_over_no_incident_of_which_it_sees_a_part(world: World) -> None:
    here = world.facet("over")
    world.facet("ultra", region=world.city.regions["140322"])
    county = world.person("dispatcher", COUNTY)
    assert [f.pk for f in judging.members_of(incident_of(here), county)] == [here.pk]
    with pytest.raises(IllegalMove, match="1 条发现不在您的职务范围内"):
        judging.hand(incident_of(here), county, world.city.governments[COUNTY])
    assert judging.incident_for(county, here.incident_id) == incident_of(here)


def test_who_sees_none_of_its_findings_does_not_see_the_incident(world: World) -> None:
    incident = incident_of(world.facet("over"))
    with pytest.raises(NotVisible):
        judging.incident_for(world.person("dispatcher", "140322"), incident.pk)


def test_one_finding_can_still_be_judged_apart_from_the_others(world: World, officer: Person) -> None:
    over, mild = world.facet("over"), world.facet("likely")
    confirm_finding(mild, officer)
    assert states(incident_of(over)) == {"over": "new", "likely": "confirmed"}


def test_when_findings_become_one_its_incident_goes_with_it(world: World) -> None:
    first = world.facet("over", start=world.at, until=world.at + timedelta(hours=1))
    second = world.facet("over", start=world.at + timedelta(hours=9), until=world.at + timedelta(hours=10))
    assert first.incident_id != second.incident_id
    gone = second.incident_id
    world.facet("over", start=world.at, until=world.at + timedelta(hours=9))
    assert Incident.objects.get(pk=gone).merged_into_id == first.incident_id
    second.refresh_from_db()
    assert (second.status, second.incident_id) == ("merged", first.incident_id)


def test_findings_of_an_older_database_each_come_into_an_incident(world: World) -> None:
    old, other = world.facet("over"), world.facet("ultra", target="P2")
    merged = world.facet("over", target="P3")
    Finding.objects.filter(pk=merged.pk).update(status="merged", merged_into=other)
    before = set(Incident.objects.values_list("pk", flat=True))
    import_module("bihuan.cases.migrations.0011_incidents").give_incidents(apps, None)
    made = {f.pk: f.incident for f in Finding.objects.select_related("incident")}
    assert not before & {i.pk for i in made.values()}
    assert (made[old.pk].root, made[other.pk].root) == (old, other)
    assert made[merged.pk] == made[other.pk]


def test_a_county_proposes_for_an_incident_until_all_of_it_is_judged(world: World, officer: Person) -> None:
    over, ultra = world.facet("over"), world.facet("ultra")
    incident, county = incident_of(over), world.person("dispatcher", COUNTY)
    confirm_finding(over, officer)
    judging.propose(incident, county, "rejected", "检修，有记录")
    assert [(p.finding_id, p.verdict) for p in ultra.proposals.all()] == [(ultra.pk, "rejected")]
    assert not over.proposals.exists()
    confirm_finding(ultra, officer)
    with pytest.raises(IllegalMove, match="不再需要建议"):
        judging.propose(incident, county, "confirmed", "属实")
