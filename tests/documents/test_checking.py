"""A broken template is refused with the place; what a template may not say is refused before it is printed."""

import zipfile
from pathlib import Path
from typing import Any, cast

import pytest

from bihuan.apart import Limits, Stopped, Talk, run
from bihuan.documents import check
from bihuan.documents.package import MOST_BYTES, MOST_UNPACKED
from bihuan.feeds.reading import Unreadable
from bihuan.reasons import CHINESE, Reason, in_words
from tests.documents.words import with_parts, word

VALUES = {
    "编号": "阳环交〔2019〕0047",
    "办结期限": "2019年01月19日 24:00",
    "照片": [{"图": "", "说明": "现场.jpg"}],
    "级数": 2,
}
NEEDED = ["办结期限"]
DUE = "限 {{ 办结期限 }} 前办结"
NO_TALK = cast(Talk, None)


def faults(path: Path) -> list[str]:
    """What is said of a template in Chinese."""
    found = check(NO_TALK, path, VALUES, list(VALUES), NEEDED)
    return [str(in_words(Reason.of(plain), CHINESE)) for plain in found]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "模板.docx"


def test_a_sound_template_has_no_fault(path: Path) -> None:
    word(
        path, DUE, "{%p for 项 in 照片 %}", "{{ 项.图 }}{{ 项.说明 }}", "{%p endfor %}", "{% if 级数 == 2 %}橙{% endif %}",
        cells=(("编号", "{{ 编号 }}"),), header="{{ 编号 }}",
    )  # fmt: skip
    assert faults(path) == []


@pytest.mark.parametrize(
    ("paragraphs", "cells", "said"),
    [
        (("{{ 编号", DUE), (), "第 1 段“{{ 编号”：字段写法读不懂"),
        ((DUE,), (("编号", "好"), ("限期", "{{ 办结期限 | }}")), "表 1 第 2 行第 2 格“{{ 办结期限 | }}”：字段写法读不懂"),
        ((DUE, "{% if 编号 %}有"), (), "字段写法读不懂"),
        ((DUE, "{{ 编号|safe }}"), (), "第 2 段“{{ 编号|safe }}”：字段写法读不懂（No filter named 'safe'"),
        ((DUE, "", "{{ 办结期 }}"), (), "第 3 段“{{ 办结期 }}”：没有“办结期”这个字段；是不是“办结期限”？"),
        ((DUE, "{{ xyz }}"), (), "没有“xyz”这个字段；见字段表"),
        (("{{ 编号 }}",), (), "缺少“办结期限”，这种文书不能没有它；在该写的地方写上 {{ 办结期限 }}"),
        ((DUE, "{{ 编号.__class__ }}"), (), "第 2 段“{{ 编号.__class__ }}”：模板里不能用“__class__”"),
        ((DUE, "{{ 编号['__class__'] }}"), (), "模板里不能用“__class__”"),
        ((DUE, "{{ __import__('os') }}"), (), "模板里不能用“__import__”"),
        ((DUE, "{% include '/etc/passwd' %}"), (), "模板里不能用“include”"),
        ((DUE, "{{ 编号['__cla' ~ 'ss__'] }}"), (), "模板里不能用“__class__”"),
        ((DUE, "{{ 编号[编号[:0] ~ '__class__'] }}"), (), "第 2 段“{{ 编号[编号[:0] ~ '__class__'] }}”：用虚构案例试印不成"),
        ((DUE, "{{ 级数 / 0 }}"), (), "第 2 段“{{ 级数 / 0 }}”：用虚构案例试印不成（division by zero）"),
        ((DUE, "{{ 编号.长度.多少 }}"), (), "第 2 段“{{ 编号.长度.多少 }}”：用虚构案例试印不成"),
        ((DUE, "{{ range(9) }}"), (), "没有“range”这个字段"),
        ((DUE,), (("{% for 项 in 照片 %}", "甲"), ("乙", "{% endfor %}")), "表 1 第 1 行第 1 格“{% for 项 in 照片 %}”：从这里开始，却在表 1 第 2 行第 2 格结束"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(
    path: Path, paragraphs: tuple[str, ...], cells: tuple[tuple[str, ...], ...], said: str
) -> None:
    [fault] = faults(word(path, *paragraphs, cells=cells))
    assert said in fault


def test_every_misspelt_paragraph_is_told_at_once(path: Path) -> None:
    found = faults(word(path, "{{ 编号 +", DUE, "{{ | }}"))
    assert [text.split("“")[0] for text in found] == ["第 1 段", "第 3 段"]


def test_a_fault_in_the_header_is_told_as_there(path: Path) -> None:
    assert faults(word(path, DUE, header="{{ 编好 }}")) == [
        "页眉“{{ 编好 }}”：没有“编好”这个字段；是不是“编号”？"
    ]


def test_a_field_that_word_has_cut_into_runs_is_one_field(path: Path) -> None:
    page = word(path, DUE)
    text = zipfile.ZipFile(page).read("word/document.xml").decode()
    cut = text.replace("办结期限", "办结</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>期限")
    assert cut != text
    assert faults(with_parts(page, {"word/document.xml": cut.encode()})) == []


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"word/vbaProject.bin": b"x"}, "模板含宏（word/vbaproject.bin）"),
        ({"word/embeddings/a.bin": b"x"}, "模板嵌有对象（word/embeddings/a.bin）"),
        (
            {"word/_rels/settings.xml.rels": b'<Relationships><Relationship Id="1" Type="x/attachedTemplate" Target="http://x/a.dotm" TargetMode="External"/></Relationships>'},
            "模板链接了外部文件（word/_rels/settings.xml.rels）",
        ),
        ({"word/big.bin": b"0" * (MOST_UNPACKED + 1)}, "模板解开后超过 40 MB"),
        ({"word/document.xml": b"<broken"}, "不是 Word 文档"),
    ],
)  # fmt: skip
def test_what_brings_more_than_text_is_refused(path: Path, parts: dict[str, bytes], said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        faults(with_parts(word(path, DUE), parts))
    assert said in str(in_words(refused.value.why, CHINESE))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"%PDF-1.4", b"\xd0\xcf\x11\xe0 old Word"])
def test_what_is_no_word_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="not a Word document"):
        faults(path)


def test_a_file_that_is_too_large_is_not_opened(path: Path) -> None:
    path.write_bytes(b"0" * (MOST_BYTES + 1))
    with pytest.raises(Unreadable, match="larger than 5 MB"):
        faults(path)


LIMIT = Reason("limit_of_template")


@pytest.mark.parametrize(
    ("text", "limits", "said"),
    [
        ("{{ 9**(9**(9**9)) }}", Limits(2, 400 << 20, LIMIT, LIMIT), "within 2 seconds"),
        ("{{ (编号 * 999999999)|length }}", Limits(60, 400 << 20, LIMIT, LIMIT), "MB of memory"),
    ],
)
def test_a_template_that_comes_to_no_end_is_stopped(path: Path, text: str, limits: Limits, said: str) -> None:
    given: tuple[Any, ...] = (word(path, DUE, text), VALUES, list(VALUES), NEEDED)
    with pytest.raises(Stopped, match=said):
        run(check, *given, file="模板.docx", limits=limits)
