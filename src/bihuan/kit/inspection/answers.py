"""Taking in an answer: whatever comes is kept; it counts when its form and version are known and its rules are kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.evidence import Kept, Upload, kept
from bihuan.cases.targets import Target, targets_of
from bihuan.errors import BihuanError, NotAllowed
from bihuan.kit.inspection.answered import Answered, BadAnswer, Fault, Head, Value, head_of, parse
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.lists import lists_for
from bihuan.kit.inspection.models import Answer, AnswerFile, FormVersion, RefusedAnswer, RefusedFile
from bihuan.kit.inspection.problems import file_problem
from bihuan.kit.inspection.versions import in_force, of_form, xform_of
from bihuan.kit.inspection.xform import XForm
from bihuan.kit.reason_words import said
from bihuan.reasons import Reason
from bihuan.registry.access import may, visible
from bihuan.registry.models import Person, Region
from bihuan.registry.roles import FINDERS

LATEST = timedelta(days=1)
"""How far a sender's clock may go ahead of ours before it is not believed."""


@dataclass(frozen=True)
class Place:
    """What an answer is about: a target of a kind, or a region by itself."""

    kind: str
    code: str
    target: Target


@dataclass(frozen=True)
class Sent:
    """An answer as it came in. said_at: when it was filled in, by the sender's clock."""

    xml: bytes
    files: Sequence[Upload | Kept] = ()
    said_at: datetime | None = None


class Refused(BihuanError):
    """The answer was kept, but not taken in; `faults` says why, `told` the same as (path, sentence with the question)."""

    def __init__(self, faults: Sequence[Fault], xform: XForm | None) -> None:
        self.faults = faults
        self.told = [(fault.path, _worded(fault, xform)) for fault in faults]
        super().__init__("；".join(text for _path, text in self.told))


def _worded(fault: Fault, xform: XForm | None) -> str:
    question = xform.questions.get(fault.path) if xform else None
    where = question.label if question else fault.path
    where = f"{where} ({fault.number})" if xform and xform.repeat_of(fault.path) else where
    return f"{where}：{said(fault.why)}" if where else said(fault.why)


def place_for(form: Form, person: Person, code: str) -> Place:
    """What the person wants to inspect: one of the form's objects, or a region. Raises NotAllowed."""
    if form.about:
        offered = dict(form.objects(person)) if form.objects else {}
        target = targets_of(form.about, [code]).get(code) if code in offered else None
    else:
        region = visible(Region.objects.filter(pk=code), person).first()
        target = Target(region.name, region, None, False) if region else None
    if target is None or not may(person, *FINDERS, region=target.region):
        raise NotAllowed(_("您没有在这里检查的职务：由网格员、调度岗、核查岗或负责人检查。"))
    return Place(form.about or "region", code, target)


def answers_of(form: Form, person: Person) -> QuerySet[Answer]:
    """The answers of a form that a person may see."""
    rows = Answer.objects.filter(form__form=form.key).select_related("form", "by", "region", "organisation")
    return visible(rows, person)


def receive(form: Form, by: Person, place: Place, sent: Sent) -> Answer:
    """Take in an answer; one that is there already is given back. Raises Refused, NotAllowed, BadFile, IllegalMove
    where something else has to follow from it and cannot.

    Whatever is refused is kept whole: as RefusedAnswer, its files by their hash.
    """
    files = kept(sent.files)
    try:
        root = parse(sent.xml)
        head = head_of(root)
        version = _version(form, head)
    except BadAnswer as error:
        head = _head_as_far_as(sent.xml)
        raise _refuse(form, head, by, place, sent, files, [Fault("", error.why)]) from error
    sha256 = hashlib.sha256(sent.xml).hexdigest()
    there = Answer.objects.filter(instance=head.instance).first()
    if there is None:
        try:
            return _take_in(form, version, by, place, sent, files, root, head)
        except IntegrityError:  # the same answer, sent twice at once
            there = Answer.objects.get(instance=head.instance)
    if there.sha256 == sha256 and there.by_id == by.pk:
        return there
    raise _refuse(form, head, by, place, sent, files, [Fault("", Reason("answer_changed"))])


def _version(form: Form, head: Head) -> FormVersion:
    """Raises BadAnswer for an answer of another form, or of a version that is not known."""
    if head.form_id != form.key:
        raise BadAnswer(Reason("answer_other_form", value=head.form_id, known=form.key))
    newest = in_force(form)  # takes the folder's own in, where nobody has opened the form yet
    version = newest if newest.version == head.version else of_form(form).filter(version=head.version).first()
    if version is None:
        raise BadAnswer(Reason("answer_unknown_version", form=form.title, version=head.version))
    return version


def _take_in(
    form: Form, version: FormVersion, by: Person, place: Place, sent: Sent, files: Sequence[Kept], root: Any, head: Head
) -> Answer:  # fmt: skip
    now, xform = clock.now(), xform_of(version)
    said_at = sent.said_at if sent.said_at and sent.said_at <= now + LATEST else None
    done = Answered(
        xform, root, said_at or now, frozenset(f.name for f in files), lists_for(form, xform, by), place.code
    )
    if done.faults:
        raise _refuse(form, head, by, place, sent, files, done.faults)
    with transaction.atomic():
        answer = _write(version, by, place, sent, done, head)
        for file in files:
            AnswerFile.objects.create(answer=answer, **file.__dict__)
        for problem in done.problems:
            file_problem(form, answer, problem, min(said_at or now, now))
        if form.then is not None:
            form.then(answer)
    return answer


def _write(version: FormVersion, by: Person, place: Place, sent: Sent, done: Answered, head: Head) -> Answer:
    target, (score, most) = place.target, done.score or (None, None)
    lat, lon = done.place or (None, None)
    return Answer.objects.create(
        instance=head.instance, form=version, by=by, at=clock.now(), said_at=sent.said_at, region=target.region,
        organisation=target.organisation, target_kind=place.kind, target=place.code, target_name=target.name,
        lat=lat, lon=lon, xml=sent.xml.decode(), sha256=hashlib.sha256(sent.xml).hexdigest(),
        values=[plain(value) for value in done.values], score=score, score_most=most, summary=done.summary[:400],
        simulated=target.simulated,
    )  # fmt: skip


def plain(value: Value) -> dict[str, Any]:
    """A value as it is kept beside the XML."""
    return {
        "path": value.question.path, "text": value.text, "shown": value.shown, "repeat": value.repeat, "number": value.number,
        "score": value.score,
    }  # fmt: skip


def _head_as_far_as(xml: bytes) -> Head:
    try:
        root = parse(xml)
    except BadAnswer:
        return Head("", "", "")
    return Head(
        root.get("id", "")[:60], root.get("version", "")[:60], (root.findtext("meta/instanceID") or "")[:80]
    )


def _refuse(
    form: Form, head: Head, by: Person, place: Place, sent: Sent, files: Sequence[Kept], faults: Sequence[Fault]
) -> Refused:  # fmt: skip
    """Keep what was sent beside why it was refused; once, however often it is sent."""
    sha256 = hashlib.sha256(sent.xml).hexdigest()
    reasons = [[f.path, f.number, *f.why.plain] for f in faults]
    version = of_form(form).filter(version=head.version).first()
    error = Refused(faults, xform_of(version) if version else None)
    if RefusedAnswer.objects.filter(by=by, sha256=sha256, reasons=reasons).exists():
        return error
    with transaction.atomic():
        refused = RefusedAnswer.objects.create(
            form=form.key, version=head.version, instance=head.instance, by=by, at=clock.now(), region=place.target.region,
            target=place.code, xml=sent.xml.decode(errors="backslashreplace"), sha256=sha256,
            reasons=reasons,
        )  # fmt: skip
        for file in files:
            RefusedFile.objects.create(answer=refused, **file.__dict__)
    return error
