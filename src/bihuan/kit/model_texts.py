"""What was frozen about the forecast's models in Chinese, for a reader of English: one sentence each, with the same facts.

Reasons and notes are kept with a model or a run as they were said; they are Chinese. A sentence without a line here (what a
person wrote) shows as it is, and a test walks all of the software's own.
"""

from django.utils.translation import get_language

from bihuan.kit.sentences import Sentences

SENTENCES: tuple[tuple[str, str], ...] = (
    # Why a model cannot be used
    (r"模型 (\S+) 的文件 (\S+) 已不存在；请改用其他模型，或重新训练", r"the file \2 of model \1 is gone; use another model, or train again"),
    (
        r"模型 (\S+) 的文件 (\S+) 与登记时不同（SHA-256 不符）；请从备份恢复，或重新训练",
        r"the file \2 of model \1 is not what was registered (SHA-256 differs); restore it from a backup, or train again",
    ),
    (r"模型 (\S+) 由旧版软件（(.*)）保存，这种文件可以夹带程序，不再读取；下次训练时重新拟合", r"model \1 was kept by older software (\2) in a kind of file that can carry programs and is no longer read; it is fitted anew at the next training"),
    (r"模型 (\S+)（软件 (.*)）无法读取：(.*)", r"model \1 of \2 cannot be read: \3"),
    (r"模型 (\S+)（软件 (.*)）的结构与本软件不同；请重新训练", r"model \1 of \2 is built unlike this software's; train again"),
    (r"没有编号为 (.*) 的模型", r"there is no model \1"),
    (r"(\S+) 不是模型的登记（(.*)）；请从备份恢复", r"\1 is not the record of a model (\2); restore it from a backup"),
    (r"文件不可用：(.*)", r"its file cannot be used: \1"),
    # Notes of a run
    (r"正式模型不可用（(.*)），暂由 (\S+) 代替起报", r"the champion cannot be used (\1); \2 issues in its place"),
    (r"正式模型 (\S+) 不可用，已重新训练", r"the champion \1 could not be used; trained again"),
    (
        r"历史资料不足以训练模型，暂以最简成员“持续性”起报（现有 (\S+) 天，至少需要 (\S+) 天）",
        r"too little history to train a model: issued by the simplest member, persistence (\1 days, at least \2 are needed)",
    ),
    # Why a model got its role
    ("例行更新：前一模型已到更换期限", "routine: the model before it had served its time"),
    ("首个模型", "the first model"),
    ("前一版本已无法再训练，且已到最长服务期限", "the version before it can no longer be trained and had served its longest time"),
    ("前一模型的文件已按期清理，重新训练", "the file of the model before it had been cleared away as planned; trained again"),
    ("前一模型不可用，已重新训练", "the model before it could not be used; trained again"),
    (r"由更新的 (\S+) 接替", r"replaced by the newer \1"),
    (r"由 (\S+) 接替", r"replaced by \1"),
    ("例行重新训练，等待接替", "routine refit, waits to take over"),
    (r"另一类模型 (\S+)，与正式模型评比", r"another kind of model, \1, on trial against the champion"),
    ("接替者异常，续任", "the successor is at fault; stays"),
    (
        r"并行期间误差为正式模型的 (\S+) 倍，不予接替，请核查训练数据",
        r"its errors beside the champion were \1 times the champion's; does not take over: look at what it learned from",
    ),
    (r"(.*)：(\d+) 天、(\d+) 个小时值，损失比 (\S+)（95% 区间 (.*)）", r"\1: \2 days, \3 hourly values, ratio of losses \4 (95 % interval \5)"),
    ("评比胜出", "won its trial"),
    ("前一版本已无法再训练，新版本不更差", "the version before it can no longer be trained, and the new one is no worse"),
    ("评比未胜出", "did not win its trial"),
    ("未分胜负，继续评比", "not decided, the trial goes on"),
    # What the job of training did, one thing after the other
    (r"(训练 \S+|未到训练期限)；(.*)", r"\1; \2"),
    (r"训练 (\S+)", r"trained \1"),
    ("未到训练期限", "training is not due yet"),
    (r"(\S+ (?:正式|候选|停用)（.*?）)；(\S+ (?:正式|候选|停用)（.*|清理 \d+ 项)", r"\1; \2"),
    (r"(\S+) (正式|候选|停用)（(.*)）", r"\1 \2 (\3)"),
    ("正式", "champion"),
    ("候选", "challenger"),
    ("停用", "retired"),
    (r"清理 (\d+) 项", r"\1 items removed"),
)  # fmt: skip


_SENTENCES = Sentences(SENTENCES)


def english_of(text: str) -> str:
    """The sentence in English; sentences inside it too; as it is when there is no line for it."""
    return _SENTENCES.other(text)


def told(text: str) -> str:
    """The sentence in the language of the reader."""
    return text if (get_language() or "").startswith("zh") else english_of(text)


def told_error(error: Exception) -> str:
    """The message in the language of the reader, the sentence of its cause in it too."""
    text, cause = str(error), str(error.__cause__ or "")
    return text.replace(cause, told(cause)) if cause else text
