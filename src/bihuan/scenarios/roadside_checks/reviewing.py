"""Captures of black smoke, looked at by a person: confirmed or not. A verdict can be taken back by another verdict."""

from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.registry.access import may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import JUDGES
from bihuan.scenarios.roadside_checks.models import SmokeCapture

VERDICTS = {"confirm": SmokeCapture.State.CONFIRMED, "reject": SmokeCapture.State.REJECTED}


def review(capture: SmokeCapture, by: Person, verdict: str) -> None:
    """Raises IllegalMove for whom may not, an unknown verdict, and the same one again."""
    state = VERDICTS.get(verdict)
    if state is None:
        raise IllegalMove(_("只有“确认”和“不成立”"))
    if not may(by, *JUDGES, region=capture.region_id):
        raise IllegalMove(_("黑烟抓拍由调度岗、核查岗或负责人审核"))
    if capture.state == state:
        raise IllegalMove(_("这条抓拍刚有人审核过"))
    capture.state, capture.reviewed_by, capture.reviewed_at = state, by, clock.now()
    capture.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    record(by, "smoke.review", capture.number, state=state.value)
