"""Taking a report in: what may be said, how much is taken from one address, what is kept."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import Kept, Upload, kept
from bihuan.cases.texts import LONG_TEXT, case_fields, clean
from bihuan.errors import BihuanError
from bihuan.scenarios.citizens.models import Contact, Photo, Report
from bihuan.scenarios.citizens.places import region_of
from bihuan.scenarios.citizens.services import BY_CODE
from bihuan.scenarios.citizens.settings import in_force

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10
MOST_PHOTOS = 4
CONTACT = {"name": ("姓名", 40), "phone": ("电话", 40), "email": ("邮箱", 120)}


class TooMany(BihuanError):
    """More reports came than are taken; the sentence says when to try again and what to do else."""


@dataclass(frozen=True)
class Said:
    """What somebody filled in, as typed. lat, lon: WGS 84, degrees; region: the code of one, if no point is given."""

    service: str
    text: str
    place: str = ""
    lat: str = ""
    lon: str = ""
    region: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""


def receive(
    said: Said, address: str | None, files: Sequence[Upload] = (), *, simulated: bool = False
) -> Report:
    """Keep a report with its photos. Raises TooMany, IllegalMove (which names the field), BadFile; then nothing is kept.

    address: where it comes from, for counting; only a keyed hash of it is kept.
    """
    sender, now = salted_hmac("citizens", address or "").hexdigest(), clock.now()
    _refuse_too_many(sender, now)
    fields, contact = _fields(said), _contact(said)
    photos = _photos(files)
    if not fields["text"] and not photos:
        raise IllegalMove(_("请写明情况，或者附上照片"), "text")
    where = _where(fields, photos)
    region = region_of(where, said.region)
    with transaction.atomic():
        report = Report(
            **fields | where,
            code=_new_code(),
            region=region,
            received_at=now,
            sender=sender,
            simulated=simulated,
        )
        report.save()
        for photo in photos:
            Photo(report=report, **photo.__dict__).save()
        if any(contact.values()):
            Contact.objects.create(report=report, **contact)
    return report


def _refuse_too_many(sender: str, now: datetime) -> None:
    """Raises TooMany."""
    limits, hour, day = in_force(), now - timedelta(hours=1), now - timedelta(days=1)
    recent = Report.objects.filter(received_at__gt=day, received_at__lte=now)
    mine = recent.filter(sender=sender)
    if mine.filter(received_at__gt=hour).count() >= limits.sender_hour:
        raise TooMany(
            _("一小时内最多举报 %(n)d 次，请稍后再试；紧急情况请拨打 12345") % {"n": limits.sender_hour}
        )
    if mine.count() >= limits.sender_day:
        raise TooMany(
            _("一天内最多举报 %(n)d 次，请明天再试；紧急情况请拨打 12345") % {"n": limits.sender_day}
        )
    if recent.filter(received_at__gt=hour).count() >= limits.all_hour:
        raise TooMany(_("现在举报太多，请稍后再试；紧急情况请拨打 12345"))


def _fields(said: Said) -> dict[str, Any]:
    """Service, text, place and point, each checked. Raises IllegalMove."""
    if said.service not in BY_CODE:
        raise IllegalMove(_("请选择类别"), "service")
    checked = case_fields({"place": said.place, "lat": said.lat, "lon": said.lon})
    if ("lat" in checked) != ("lon" in checked):
        raise IllegalMove(_("经度和纬度要么都填，要么都不填"), "lat")
    return {
        "service": said.service,
        "text": clean(said.text, "情况描述", LONG_TEXT, "text"),
        "place": checked.get("place", ""),
        "lat": checked.get("lat"),
        "lon": checked.get("lon"),
    }


def _contact(said: Said) -> dict[str, str]:
    return {name: clean(getattr(said, name), label, most, name) for name, (label, most) in CONTACT.items()}


def _photos(files: Sequence[Upload]) -> list[Kept]:
    """Looked through and stored. Raises BadFile for what is no picture."""
    if len(files) > MOST_PHOTOS:
        raise BadFile(_("一次最多 %(n)d 张照片") % {"n": MOST_PHOTOS})
    found = kept(files)
    for file in found:
        if not file.media_type.startswith("image/"):
            raise BadFile(_("%(name)s: 不是照片，请上传 JPG 或 PNG") % {"name": file.name})
    return found


def _where(fields: Mapping[str, Any], photos: Sequence[Kept]) -> dict[str, float | None]:
    """The point that was given, else the one that a photo brings along."""
    if fields["lat"] is not None:
        return {"lat": fields["lat"], "lon": fields["lon"]}
    taken = next((p for p in photos if p.lat is not None and p.lon is not None), None)
    return {"lat": taken.lat, "lon": taken.lon} if taken else {"lat": None, "lon": None}


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))
