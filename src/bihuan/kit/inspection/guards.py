"""The database refuses to change or delete versions of forms, answers with their files and problems, refusals, and rounds."""

from django.db.backends.base.base import BaseDatabaseWrapper

from bihuan.registry.append_only import AppendOnly


def _named(*names: str) -> tuple[str, ...]:
    return tuple(f"inspection_{name}" for name in names)


ANSWERS = AppendOnly(
    _named("formversion", "answer", "answerfile", "answerproblem", "refusedanswer", "refusedfile"),
    "inspection_append_only",
    "表单版本和检查记录只能追加, 不能修改或删除",
)
ROUNDS = AppendOnly(
    _named("round", "roundtask", "roundstep", "roundend"),
    "inspection_rounds_append_only",
    "检查轮次只能追加, 不能修改或删除",
)


def create(connection: BaseDatabaseWrapper) -> None:
    """Put all of them in place."""
    for guard in (ANSWERS, ROUNDS):
        guard.create(connection)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take all of them away."""
    for guard in (ANSWERS, ROUNDS):
        guard.drop(connection)
