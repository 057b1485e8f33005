"""Photos that come before their item: kept by their hash, and confirmed by it."""

import hashlib
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import BadFile
from bihuan.cases.evidence import Upload, kept
from bihuan.kit.phone.models import Arrived
from bihuan.registry.models import Person

KEPT = timedelta(days=60)
"""How long a photo waits for its item; a phone may lie in a drawer for a holiday. Ours."""
MOST_WAITING = 500
"""Photos of one person; ours."""


def arrive(by: Person, sha256: str, file: Upload) -> Arrived:
    """Keep a photo. Raises BadFile for other content than its hash says, a kind that is not taken, and far too many."""
    there = Arrived.objects.filter(person=by, sha256=sha256).first()
    if there is not None:
        return there
    found = hashlib.sha256(file.content).hexdigest()
    if found != sha256:
        said = {"name": file.short_name, "sent": sha256[:12], "found": found[:12]}
        raise BadFile(_("%(name)s: 内容与校验值不符（应为 %(sent)s…，收到 %(found)s…），请重发") % said)
    if Arrived.objects.filter(person=by).count() >= MOST_WAITING:
        raise BadFile(_("%(name)s: 照片太多，请过几天再传") % {"name": file.short_name})
    (row,) = kept([file])
    made, _new = Arrived.objects.get_or_create(
        person=by, sha256=sha256, defaults={**row.__dict__, "at": clock.now()}
    )
    return made


def forget(now: datetime) -> int:
    """Drop photos whose item never came. Returns how many."""
    gone, _models = Arrived.objects.filter(at__lt=now - KEPT).delete()
    return gone
