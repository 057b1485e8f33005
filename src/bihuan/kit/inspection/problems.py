"""What an answer says is wrong: as a finding with photos and place, and from there to a case in one step."""

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.evidence import Kept
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Case, Finding, Level
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.answered import Problem
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Answer, AnswerFile, AnswerProblem
from bihuan.registry.access import may
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE

TITLE = 200


def file_problem(form: Form, answer: Answer, problem: Problem, at: datetime) -> AnswerProblem:
    """File one problem of an answer that is just being written: it joins the running finding of the same question and target."""
    value, question = problem.value, problem.value.question
    item = question.name if value.number == 1 else f"{question.name}#{value.number}"
    lat, lon = problem.place or (answer.lat, answer.lon)
    finding, _new = open_or_extend(
        check_key=form.check_key, target_kind=answer.target_kind, target=answer.target, target_name=answer.target_name,
        title=f"{question.label}：{value.shown}"[:TITLE], region=answer.region, organisation=answer.organisation,
        started_at=at, until=at, magnitude=None, unit="", severity=question.bind.severity or Level.MODERATE,
        evidence=_evidence(answer, problem, at), item=item, basis=question.bind.basis[:300], simulated=answer.simulated,
    )  # fmt: skip
    return AnswerProblem.objects.create(
        answer=answer, path=question.path, number=value.number, label=question.label[:400], value=value.shown[:400],
        requirement=question.bind.requirement[:400], photos=list(problem.photos), lat=lat, lon=lon, finding=finding,
    )  # fmt: skip


def _evidence(answer: Answer, problem: Problem, at: datetime) -> dict[str, str]:
    """What the finding shows; its first is frozen."""
    found = {
        "检查表": str(answer.form),
        "检查人": answer.by.full_name,
        "检查时间": f"{at.astimezone(CST):%Y-%m-%d %H:%M}",
        "题目": problem.value.question.label,
        "结果": problem.value.shown,
        "照片": "、".join(problem.photos),
        "位置": "{:.5f}, {:.5f}".format(*problem.place) if problem.place else "",
        "记录号": answer.instance,
    }
    return {name: text for name, text in found.items() if text}


def to_case(problem: AnswerProblem, by: Person) -> Case:
    """One tap: the office hands the problem over to the unit responsible at once; from anybody else it waits for the office.

    Raises IllegalMove where it was handed over before, was rejected, or the person may not register it.
    """
    finding, answer = problem.finding, problem.answer
    if finding.status == Finding.Status.MERGED and finding.merged_into:
        finding = finding.merged_into
    unit = finding.organisation
    photos = [_kept(file) for file in answer.files.filter(name__in=problem.photos)]
    fields: dict[str, Any] = {"source": Case.Source.PATROL, "requirement": problem.requirement}
    if problem.lat is not None:
        fields |= {"lat": problem.lat, "lon": problem.lon}
    if unit is not None and may(by, *OFFICE, region=finding.region_id):
        return hand_over([finding], by, unit, files=photos, **fields)
    with transaction.atomic():
        case = open_case([finding], by, files=photos, **fields)
        take(case, "submit", by)
    return case


def _kept(file: AnswerFile) -> Kept:
    return Kept(file.name, file.sha256, file.media_type, file.size, file.taken_at, file.lat, file.lon)
