"""Taking in what a phone sends: exactly once, in order per case, and whatever is refused is kept.

The answer of an item is written with it, in the transaction that did what it asked for. So an item that comes again, also
at the same moment, finds its answer; and a server that dies in between has done nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.actions import case_for
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.evidence import Kept
from bihuan.cases.models import Case
from bihuan.errors import BihuanError
from bihuan.kit.phone.kinds import KINDS, Done, Offered
from bihuan.kit.phone.models import Arrived, Item, ItemFile, Outcome
from bihuan.kit.phone.sent import BadItem, Picture, Sent
from bihuan.kit.reason_words import said
from bihuan.registry.models import Person

ORDER, LACKS, PERSON = "order", "lacks", "person"
"""What an answer says that settles nothing: another place in the chain is next; photos have to come first; it is
somebody else's."""


@dataclass(frozen=True)
class Answer:
    """What the phone is told: an outcome, or one of the words above.

    `version` of the case after it; `files`: hashes that are kept, of LACKS those that have to come; `next`: of ORDER.
    """

    state: str
    why: str = ""
    field: str = ""
    case: str = ""
    version: int = 0
    files: tuple[str, ...] = ()
    next: int = 0

    @property
    def settled(self) -> bool:
        """Will it be the same whenever the item is sent again?"""
        return self.state in Outcome.values


@dataclass(frozen=True)
class _Result:
    """What became of an item, before it is written."""

    outcome: Outcome
    why: str = ""
    field: str = ""
    case: Case | None = None
    done: Done | None = None


def receive(by: Person, sent: Sent, offered: Offered) -> Answer:
    """Do what an item asks for, once. Raises BadItem for a number that stands for another item already."""
    if sent.person != by.pk:
        return Answer(PERSON, _("这条内容是另一个人在这部手机上填写的，请由本人登录后提交"))
    there = Item.objects.filter(pk=sent.id).first()
    if there is None:
        if early := _not_yet(by, sent):
            return early
        try:
            return _answer(_settle(by, sent, offered))
        except IntegrityError:  # sent twice at once: the other one has done it
            there = Item.objects.filter(pk=sent.id).first()
            if there is None:
                return Answer(ORDER, next=_next(by, sent))
    if (there.person_id, there.content) != (by.pk, dict(sent.content)):
        raise BadItem(_("编号 %(id)s 已用于别的内容，请更新手机页面后再交") % {"id": sent.id})
    return _answer(there)


def _answer(item: Item) -> Answer:
    return Answer(
        state=item.outcome,
        why=item.why,
        field=item.field,
        case=item.case.number if item.case else "",
        version=item.version,
        files=tuple(sorted(set(item.files.values_list("sha256", flat=True)))),
    )


def _next(by: Person, sent: Sent) -> int:
    """The place in its chain that the device's next item has."""
    rows = Item.objects.filter(person=by, device=sent.device, chain=sent.chain)
    last = rows.order_by("-seq").values_list("seq", flat=True).first()
    return (last or 0) + 1


def _not_yet(by: Person, sent: Sent) -> Answer | None:
    """Why it cannot be settled now; None where it can."""
    place = _next(by, sent)
    if sent.seq != place:
        return Answer(ORDER, _("前面的内容还没有送达"), next=place)
    asked = {p.sha256 for p in sent.photos}
    there = set(Arrived.objects.filter(person=by, sha256__in=asked).values_list("sha256", flat=True))
    if asked - there:
        return Answer(LACKS, _("照片还没有送达"), files=tuple(sorted(asked - there)))
    return None


def _settle(by: Person, sent: Sent, offered: Offered) -> Item:
    """Do it, or find why not; the item is written with either, in one transaction."""
    files = _kept(by, sent.photos)
    with transaction.atomic():
        result = _try(by, sent, files, offered)
        case = result.case
        item = Item.objects.create(
            id=sent.id, person=by, device=sent.device, chain=sent.chain, seq=sent.seq, kind=sent.kind,
            content=dict(sent.content), saved_at=sent.saved_at, received_at=clock.now(), outcome=result.outcome,
            why=result.why, field=result.field[:40], case=case, step=result.done.step if result.done else None,
            version=case.version if case else 0,
        )  # fmt: skip
        for file in files:
            ItemFile.objects.create(item=item, **file.__dict__)
        Arrived.objects.filter(person=by, sha256__in=[f.sha256 for f in files]).delete()
    return item


def _kept(by: Person, photos: Sequence[Picture]) -> list[Kept]:
    rows = {a.sha256: a for a in Arrived.objects.filter(person=by, sha256__in=[p.sha256 for p in photos])}
    return [
        Kept(p.name, p.sha256, a.media_type, a.size, p.taken_at or a.taken_at, *_place(p, a))
        for p in photos
        if (a := rows.get(p.sha256))
    ]


def _place(said: Picture, seen: Arrived) -> tuple[float | None, float | None]:
    return (said.lat, said.lon) if said.lat is not None else (seen.lat, seen.lon)


def _try(by: Person, sent: Sent, files: Sequence[Kept], offered: Offered) -> _Result:
    try:
        do = KINDS.get(sent.kind)
        if do is None:
            raise IllegalMove(_("这个平台不认识“%(kind)s”，请更新手机页面") % {"kind": sent.kind})
        with transaction.atomic():
            done = do(by, sent, files, offered)
    except ChangedMeanwhile as error:
        return _Result(Outcome.CONFLICT, str(error), error.field, _case(by, sent))
    except (BihuanError, NotVisible) as error:
        about = error.field if isinstance(error, IllegalMove) else ""
        why = said(error.why) if isinstance(error, BihuanError) else str(error)
        return _Result(Outcome.REFUSED, why, about, _case(by, sent))
    if done.refused:
        return _Result(Outcome.REFUSED, done.refused)
    return _Result(Outcome.DONE, case=done.case, done=done)


def _case(by: Person, sent: Sent) -> Case | None:
    """The case that a refused item was about, if the person may see it."""
    try:
        return case_for(by, sent.chain)
    except NotVisible:
        return None
