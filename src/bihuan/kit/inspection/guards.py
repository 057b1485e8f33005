"""The database refuses to change or delete versions of forms, answers with their files and problems, and refusals."""

from bihuan.registry.append_only import AppendOnly

_TABLES = ("formversion", "answer", "answerfile", "answerproblem", "refusedanswer", "refusedfile")
_GUARD = AppendOnly(
    tuple(f"inspection_{name}" for name in _TABLES),
    "inspection_append_only",
    "表单版本和检查记录只能追加, 不能修改或删除",
)
create, drop = _GUARD.create, _GUARD.drop
