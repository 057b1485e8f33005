"""Answers of a form as a workbook: a column for each question, each repeat on a sheet of its own."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.downloads import download_book
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.versions import xform_of
from bihuan.kit.inspection.xform import Question
from bihuan.kit.tables import Sheet, Table

NUMBERS = ("int", "decimal")


def as_download(form: Form, answers: Iterable[Answer]) -> HttpResponse:
    """The workbook of some answers, also of several versions: a question that one has is a column for all."""
    return download_book(form.title, *sheets(form, list(answers)))


def sheets(form: Form, answers: list[Answer]) -> list[Sheet]:
    """The sheet of the answers, then one for each repeat."""
    forms = {a.form_id: xform_of(a.form) for a in answers}
    columns: dict[str, dict[str, Question]] = {"": {}}
    titles = {"": form.title}
    for xform in forms.values():
        for path, question in xform.questions.items():
            columns.setdefault(xform.repeat_of(path), {}).setdefault(path, question)
        titles |= {path: section.label or path.rpartition("/")[2] for path, section in xform.repeats.items()}
    return [
        Sheet(titles[repeat], _table(repeat, questions, answers)) for repeat, questions in columns.items()
    ]


def _table(repeat: str, questions: dict[str, Question], answers: list[Answer]) -> Table:
    heads = [_("记录"), _("对象"), _("检查人"), _("收到时间"), _("版本")]
    heads += [_("序号")] if repeat else [_("得分"), _("满分"), _("问题数")]
    labels = [Written(f"{q.label}") for q in questions.values()]
    return Table([*map(Written, heads), *labels], _rows(repeat, questions, answers))


def _rows(repeat: str, questions: dict[str, Question], answers: list[Answer]) -> Iterator[list[Any]]:
    for answer in answers:
        head = [
            answer.pk,
            Written(answer.target_name),
            Written(answer.by.full_name),
            answer.at,
            Written(answer.form.version),
        ]
        by_number: dict[int, dict[str, Any]] = {}
        for value in answer.values:
            if value["repeat"] == repeat:
                by_number.setdefault(value["number"], {})[value["path"]] = value
        if not repeat:
            by_number = {1: by_number.get(1, {})}
            head += [answer.score, answer.score_most, len(answer.problems.all())]
        for number, values in sorted(by_number.items()):
            extra = [number] if repeat else []
            yield [*head, *extra, *(_cell(q, values.get(path)) for path, q in questions.items())]


def _cell(question: Question, value: dict[str, Any] | None) -> Any:
    if value is None:
        return None
    if question.bind.type in NUMBERS and not question.items:
        return float(value["text"])
    return Written(value["shown"])
