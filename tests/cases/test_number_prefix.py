"""What the numbers of cases begin with may be changed; those that were given stay, and stay provable."""

from bihuan.cases.chain import verify_chains
from bihuan.cases.models import Counter
from bihuan.registry.founding import set_number_prefix
from bihuan.registry.models import AuditEntry
from tests.cases.world import World


def test_numbers_begin_with_what_the_bureau_has_set(world: World) -> None:
    before = world.case().number
    admin = world.person("admin", "140300")
    set_number_prefix(admin, "并环交")
    assert (before, world.case().number) == ("环交〔2019〕0001", "并环交〔2019〕0002")
    entry = AuditEntry.objects.get(action="installation.number_prefix")
    assert (entry.person, entry.target, entry.detail) == (admin, "并环交", {"old": ""})


def test_numbers_of_before_are_whole_after_a_change(world: World) -> None:
    world.case()
    set_number_prefix(world.person("admin", "140300"), "并环交")
    world.case()
    assert verify_chains().broken == []


def test_a_number_that_was_never_given_is_found_after_a_change_too(world: World) -> None:
    first = world.case().number
    set_number_prefix(world.person("admin", "140300"), "并环交")
    second = world.case().number
    Counter.objects.update(last=1)
    assert {b.case for b in verify_chains().broken} == {second}
    Counter.objects.update(last=0)
    assert {b.case for b in verify_chains().broken} == {first, second}
