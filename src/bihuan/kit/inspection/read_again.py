"""A kept answer in the order of its form, for pages and papers: sections, questions, what was answered, photos."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bihuan.kit.inspection.models import Answer, AnswerFile
from bihuan.kit.inspection.versions import xform_of
from bihuan.kit.inspection.xform import Question, Section


@dataclass(frozen=True)
class Line:
    """A heading (`heading`), or a question with its answer; `file` where that is a photo or signature.

    problem: the form calls it a problem. points: what the answer earns, None where nothing is counted.
    """

    label: str
    text: str = ""
    heading: bool = False
    file: AnswerFile | None = None
    problem: bool = False
    points: float | None = None


def read_again(answer: Answer) -> list[Line]:
    """All lines of an answer: questions that were not relevant or stayed empty are left out, and sections without any."""
    xform = xform_of(answer.form)
    files = {f.name: f for f in answer.files.all()}
    wrong = {(p.path, p.number) for p in answer.problems.all()}
    values = defaultdict(list)
    for value in answer.values:
        values[value["path"]].append(value)

    def lines(parts: list[Question | Section], number: int) -> Iterator[Line]:
        for part in parts:
            if isinstance(part, Section):
                continue
            for value in values[part.path]:
                if value["number"] != number:
                    continue
                at = (part.path, number)
                yield Line(
                    part.label, value["shown"], False, files.get(value["text"]), at in wrong, value["score"]
                )

    found: list[Line] = []
    for heading, repeat, parts in _blocks(xform.parts):
        numbers = sorted({v["number"] for p in parts for v in values[p.path]}) if repeat else [1]
        for number in numbers:
            inside = list(lines(parts, number))
            if inside:
                title = f"{heading} {number}" if repeat else heading
                found += [Line(title, heading=True)] if title else []
                found += inside
    return found


def _blocks(parts: list[Question | Section]) -> Iterator[tuple[str, bool, list[Question | Section]]]:
    """(heading, whether it repeats, questions): runs of questions that lie in the same section."""
    sections = {p.path: p for p in parts if isinstance(p, Section)}
    heading, inside, repeat = "", "", False
    run: list[Question | Section] = []
    for part in parts:
        if isinstance(part, Section):
            continue
        home = max((path for path in sections if part.path.startswith(f"{path}/")), key=len, default="")
        if home != inside and run:
            yield heading, repeat, run
            run = []
        inside, section = home, sections.get(home)
        heading, repeat = (section.label, section.repeats) if section else ("", False)
        run.append(part)
    if run:
        yield heading, repeat, run
