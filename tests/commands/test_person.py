"""`bihuan person add` on a bare installation."""

import pytest

from bihuan.errors import NothingDone
from bihuan.registry.accounts import add_person
from bihuan.registry.models import AuditEntry
from tests.people import City

GOOD = "violet-harbour-42"


def test_the_first_account_can_be_made_where_nothing_is_registered(db: None, data_dir: object) -> None:
    made = add_person("zhang", GOOD, name="张三", role="admin", region="140300", region_name="阳泉市")
    assert made.check_password(GOOD)
    assert [str(p) for p in made.posts.all()] == ["阳泉市 系统管理员"]
    assert AuditEntry.objects.get().action == "person.add"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"role": "king"}, "unknown"),
        ({"region": "999999"}, "--region-name"),
        ({"role": "handler"}, "--organisation"),
        ({"organisation": "没有的单位"}, "没有的单位"),
        ({"password": "1234567890"}, "password"),
        ({"username": "admin_140300"}, "already"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_made(
    city: City, data_dir: object, changes: dict[str, str], word: str
) -> None:
    given = {
        "username": "li",
        "password": GOOD,
        "name": "",
        "role": "dispatcher",
        "region": "140300",
        **changes,
    }
    with pytest.raises(NothingDone, match=word):
        add_person(given.pop("username"), given.pop("password"), **given)
