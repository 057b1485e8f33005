"""What people do with a bulletin stands in the audit log in words."""

from bihuan.reasons.deeds import deeds
from bihuan.scenarios.forecast_desk.models import Act


def test_every_act_on_a_bulletin_has_words() -> None:
    assert {f"bulletin.{kind}" for kind in Act.Kind} - set(deeds()) == set()
