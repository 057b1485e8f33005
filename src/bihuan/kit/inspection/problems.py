"""What an answer says is wrong: as a finding with photos and place, and from there to a case in one step."""

from datetime import datetime

from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Case, Level
from bihuan.domain.timeaxis import CST
from bihuan.kit import one_tap
from bihuan.kit.inspection.answered import Problem
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Answer, AnswerProblem
from bihuan.registry.models import Person

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
    """The case of a problem with its photos. Raises IllegalMove as `one_tap.to_case`."""
    photos = list(problem.answer.files.filter(name__in=problem.photos))
    place = (problem.lon, problem.lat) if problem.lon is not None and problem.lat is not None else None
    return one_tap.to_case(problem.finding, by, photos, place, problem.requirement)
