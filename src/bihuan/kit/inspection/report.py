"""The record of one inspection as a Word paper, with photos and signatures."""

from docx.shared import Cm

from bihuan.cases.evidence import path_of
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.read_again import Line, read_again
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.printable import picture

WIDE, SIGNED = Cm(8), Cm(4)


def as_word(answer: Answer) -> bytes:
    """The paper."""
    page, lines = a4(), read_again(answer)
    line(page, Written(answer.form.title), size=16, bold=True, centre=True)
    table(page, ("项目", "内容"), _head(answer))
    block: list[tuple[str, str]] = []
    for each in [*lines, Line("", heading=True)]:
        if each.heading:
            if block:
                table(page, ("题目", "结果"), block)
                block = []
            if each.label:
                line(page, Written(each.label), bold=True)
        else:
            block.append((Written(each.label), Written(each.text + ("（问题）" if each.problem else ""))))
    for each in (each for each in lines if each.file is not None and each.file.is_image):
        _photo(page, each)
    return as_docx(page)


def _head(answer: Answer) -> list[tuple[str, str]]:
    points = (
        ""
        if answer.score is None
        else f"{answer.score:g}" + (f" / {answer.score_most:g}" if answer.score_most else "")
    )
    rows = [
        ("对象", Written(answer.target_name)), ("区划", Written(answer.region.name)),
        ("检查人", Written(answer.by.full_name)), ("收到时间", f"{answer.at.astimezone(CST):%Y-%m-%d %H:%M}"),
        ("表单版本", Written(answer.form.version)), ("得分", points), ("小结", Written(answer.summary)),
        ("问题数", str(len(answer.problems.all()))), ("记录号", Written(answer.instance)),
    ]  # fmt: skip
    return [row for row in rows if row[1]]


def _photo(page: object, each: Line) -> None:
    assert each.file is not None
    path = path_of(each.file.sha256)
    image = picture(path.read_bytes()) if path.is_file() else None
    paragraph = line(page, Written(each.label), bold=True)
    if image is None:
        paragraph.add_run("：文件缺失或打不开")
        return
    paragraph.add_run().add_break()
    paragraph.add_run().add_picture(image, width=SIGNED if each.file.media_type == "image/png" else WIDE)
