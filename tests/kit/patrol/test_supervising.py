"""Signs are for supervisors alone, never for who patrolled; each says what was seen and what may be innocent behind it."""

from datetime import timedelta

import polars as pl
import pytest

from bihuan.cases.errors import IllegalMove, NotVisible
from bihuan.domain.patrol import signs as domain
from bihuan.errors import NotAllowed
from bihuan.jobs import NotAll
from bihuan.kit.patrol import supervising
from bihuan.kit.patrol.models import Patrol, Sign
from bihuan.kit.patrol.supervising import INNOCENT, TITLES, look, look_at_new, settle, sign_for, signs_for
from bihuan.registry.models import Person
from tests.kit.patrol.world import Field
from tests.patrol.made import honest

MOCKED = honest(4).with_columns(mock=pl.lit(value=True))


def test_the_signs_of_a_patrol_are_found_once_by_the_round_of_the_worker(field: Field) -> None:
    field.walked(MOCKED)
    assert look_at_new() == 1
    assert look_at_new() == 0
    assert [s.kind for s in Sign.objects.all()] == ["mock"]


def test_a_patrol_that_cannot_be_looked_at_keeps_no_other_from_being(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = field.walked(honest(5)), field.walked(MOCKED)

    def fails_for_one(patrol: Patrol) -> list[Sign]:
        if patrol == broken:
            raise RuntimeError("broken")
        return look(patrol)

    monkeypatch.setattr(supervising, "look", fails_for_one)
    with pytest.raises(NotAll):
        look_at_new()
    assert Sign.objects.get().patrol == fine


def test_a_track_of_another_day_and_person_that_is_sent_again_is_recognised(field: Field) -> None:
    original = honest(7)
    first = field.walked(original, by="verifier")
    copy = field.walked(original.with_columns(at=pl.col("at") + timedelta(days=2)))
    assert look(first) == []
    (sign,) = look(copy)
    assert (sign.kind, sign.other) == ("repeat", first)


def test_an_honest_patrol_has_none(field: Field) -> None:
    for seed in range(3):
        assert look(field.walked(honest(seed, start=field.at))) == []
        field.wait(days=1)


@pytest.fixture
def sign(field: Field) -> Sign:
    return look(field.walked(MOCKED))[0]


def test_only_supervising_posts_see_a_sign(field: Field, sign: Sign) -> None:
    def sees(who: Person) -> bool:
        return signs_for(who).filter(pk=sign.pk).exists()

    assert {role for role in ("dispatcher", "chief", "auditor", "ranger", "verifier", "handler", "admin", "enterprise")
            if sees(field.person(role))} == {"dispatcher", "chief", "auditor"}  # fmt: skip
    assert sees(field.person("chief", "140300"))
    assert not sees(field.person("chief", "140322"))


def test_nobody_sees_or_settles_the_signs_of_ones_own_patrols(field: Field) -> None:
    (own,) = look(field.walked(MOCKED, by="chief"))
    chief = field.person("chief")
    with pytest.raises(NotVisible):
        sign_for(chief, own.pk)
    with pytest.raises(NotAllowed):
        settle(chief, own, "explained", "没有问题")
    assert sign_for(field.person("chief", "140300"), own.pk) == own


def test_a_sign_is_settled_with_a_reason_and_the_newest_verdict_counts(field: Field, sign: Sign) -> None:
    chief = field.person("chief")
    for verdict, reason in (("guilty", "x"), ("confirmed", " ")):
        with pytest.raises(IllegalMove):
            settle(chief, sign, verdict, reason)
    settle(chief, sign, "confirmed", "问过本人")
    settle(chief, sign, "explained", "手机统一装了修正软件")
    assert [v.verdict for v in sign.verdicts.all()] == ["explained", "confirmed"]
    with pytest.raises(NotAllowed):
        settle(field.person("auditor"), sign, "explained", "x")


def test_every_sign_is_called_suspected_and_has_an_innocent_explanation() -> None:
    kinds = {domain.MOCK, domain.SPEED, domain.JUMP, domain.REPEAT, domain.PHOTO}
    assert set(TITLES) == set(INNOCENT) == kinds
    assert all(title.startswith("疑似") for title in TITLES.values())
