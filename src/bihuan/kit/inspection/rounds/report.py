"""The summary of a round as a Word paper."""

from collections import Counter
from typing import Any

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.english import Written, joined
from bihuan.kit.inspection.models import Round
from bihuan.kit.inspection.rounds.comparing import Change, compared_with_last
from bihuan.kit.inspection.rounds.progress import Counts, Standing, by_person, counted, standings
from bihuan.kit.inspection.rounds.troubles import Trouble, troubles
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.registry.models import Person


def as_word(found: Round, person: Person) -> bytes:
    """The paper, of what the person may see of the round."""
    page = a4()
    line(page, Written(found.title), size=16, bold=True, centre=True)
    write(page, found, person)
    return as_docx(page)


def write(page: Any, found: Round, person: Person) -> None:
    """The parts of the summary, also for a larger paper: progress, objects, problems, comparison."""
    rows = standings(found, person)
    line(
        page,
        f"{found.since}—{found.until}，截至 {clock.now().astimezone(CST):%Y-%m-%d %H:%M}：{in_words(counted(rows))}",
    )
    people = by_person(rows)
    table(
        page, ("检查人", "应检查", "已检查", "已跳过", "待检查", "逾期"),
        [(Written(str(who)) if who else "未指定", *map(str, _numbers(c))) for who, c in people],
    )  # fmt: skip
    line(page, "检查结果", bold=True)
    table(page, ("对象", "进度", "得分", "问题数", "说明"), [_result(row) for row in rows])
    _problems(page, troubles(rows))
    _changes(page, found, rows, person)


def in_words(counts: Counts) -> str:
    """The counts as one sentence."""
    late = f"（其中逾期完成 {counts.late} 个）" if counts.late else ""
    return (
        f"应检查 {counts.total} 个对象，已检查 {counts.done} 个{late}，跳过 {counts.skipped} 个，"
        f"待检查 {counts.left} 个，逾期未检查 {counts.overdue} 个。"
    )


def _numbers(counts: Counts) -> tuple[int, ...]:
    return counts.total, counts.done, counts.skipped, counts.left, counts.overdue


def points(standing: Standing) -> str:
    """The score of the newest answer, out of what could be had."""
    last = standing.last
    if last is None or last.score is None:
        return ""
    return f"{last.score:g}" + (f" / {last.score_most:g}" if last.score_most else "")


def _result(row: Standing) -> tuple[str, ...]:
    note = row.skip.reason if row.skip and not row.answers else row.last.summary if row.last else ""
    wrong = str(len(row.last.problems.all())) if row.last else ""
    return Written(row.task.target_name), row.state.label, points(row), wrong, Written(note)


def _problems(page: Any, rows: list[Trouble]) -> None:
    line(page, f"发现问题 {len(rows)} 个，已销号 {sum(t.closed for t in rows)} 个", bold=True)
    if rows:
        table(
            page, ("对象", "问题", "整改要求", "编号", "承办单位", "进展"),
            [
                (
                    Written(t.standing.task.target_name), Written(f"{t.problem.label}：{t.problem.value}"), Written(t.problem.requirement),
                    t.case.number if t.case else "", Written(str(t.case.organisation or "")) if t.case else "", t.state,
                )
                for t in rows
            ],
        )  # fmt: skip


def _changes(page: Any, found: Round, rows: list[Standing], person: Person) -> None:
    then, changes = compared_with_last(found, rows, person)
    if then is None:
        return
    number = Counter(c.change for c in changes)
    line(page, joined("与上轮比较", Written(f"（{then.title}）")), bold=True)
    if changes:
        table(page, ("变化", "问题数"), [(c.label, str(number[c])) for c in Change if number[c]])
    else:
        line(page, "两轮都没有问题。")
