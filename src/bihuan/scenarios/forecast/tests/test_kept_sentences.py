"""What was frozen about models reads in Chinese, and in English for who asked for it."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

import bihuan
from bihuan.english import phrasebook, told

MODULES = sorted((Path(bihuan.__file__).parent / "forecasting").glob("*.py"))
CHINESE = re.compile("[\u4e00-\u9fff]")
PARTS = {"7 天、7 个小时值，损失比 7（95% 区间 7–7）", "7：7"}
"""Never shown alone: the figures of a verdict stand behind its outcome."""


def in_english(text: str) -> str:
    return phrasebook().english(text)


def rendered(node: ast.expr) -> str:
    """A string of the source, fields filled with 7."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "7" for v in node.values)
    assert isinstance(node, ast.Constant)
    return re.sub(r"\{[^}]*\}", "7", str(node.value))


def sentences() -> set[str]:
    """Every Chinese string of the modules that freeze such."""
    found = set()
    for path in MODULES:
        tree = ast.parse(path.read_text("utf-8"))
        inside = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
        told_what = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}  # docstrings
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant | ast.JoinedStr) or id(node) in inside | told_what:
                continue
            if isinstance(node, ast.JoinedStr) or isinstance(node.value, str):
                found.add(rendered(node))
    return {s for s in found if CHINESE.search(s)} - PARTS


@pytest.mark.parametrize("text", sorted(sentences()))
def test_every_sentence_has_its_english(text: str) -> None:
    assert not CHINESE.search(in_english(text)), text


def test_sentences_inside_a_sentence_keep_their_facts() -> None:
    frozen = (
        "正式模型不可用（模型 M1 的文件 M1.model 已不存在；请改用其他模型，或重新训练），暂由 M2 代替起报"
    )
    with translation.override("en"):
        said = told(frozen)
    assert said == (
        "the champion cannot be used (the file M1.model of model M1 is gone; use another model, or train again); M2 issues in its place"
    )
    verdict = "评比胜出：21 天、480 个小时值，损失比 0.951（95% 区间 0.930–0.972）"
    assert (
        in_english(verdict)
        == "won its trial: 21 days, 480 hourly values, ratio of losses 0.951 (95 % interval 0.930–0.972)"
    )


def test_chinese_readers_and_what_people_wrote_are_left_alone() -> None:
    with translation.override("zh-hans"):
        assert told("首个模型") == "首个模型"
    assert in_english("局里要求换回旧模型") == "局里要求换回旧模型"


@pytest.mark.parametrize(
    ("result", "english"),
    [
        (
            "训练 A；A 候选（例行重新训练，等待接替）；B 正式（例行更新：前一模型已到更换期限）；清理 2 项",
            "trained A; A challenger (routine refit, waits to take over); "
            "B champion (routine: the model before it had served its time); 2 items removed",
        ),
        ("未到训练期限；A 停用（由 B 接替）", "training is not due yet; A retired (replaced by B)"),
        (
            "未到训练期限；B 正式（评比胜出：21 天、480 个小时值，损失比 0.951（95% 区间 0.930–0.972））",
            "training is not due yet; B champion (won its trial: 21 days, 480 hourly values, ratio of losses 0.951 "
            "(95 % interval 0.930–0.972))",
        ),
        ("未到训练期限", "training is not due yet"),
    ],
)
def test_what_the_job_of_training_did_is_told_whole(result: str, english: str) -> None:
    assert in_english(result) == english
