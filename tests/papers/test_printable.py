"""Whatever people typed and whatever pictures they sent: every paper can be made of it."""

import io

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image

from bihuan.cases.models import Step
from bihuan.cases.papers import paper
from bihuan.cases.transitions import Paper, State
from bihuan.kit.paper import a4, line, table
from bihuan.printable import CELL_CHARACTERS, Book, picture, printable
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import WAYS, World, source_of, state_of
from tests.papers.pictures import PICTURES

# All of Unicode, control characters and lone surrogates too.
anything = st.text(st.characters(exclude_categories=()), max_size=200)
ODD = "甲\x00\x01\x0b\x1f\x7f\x85\u2028\ufffe\uffff\ud800乙\r\n丙\t\U0001f600"
once_a_world = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def words(content: bytes) -> str:
    page = Document(io.BytesIO(content))
    cells = (c.text for t in page.tables for r in t.rows for c in r.cells)
    return "\n".join([*(p.text for p in page.paragraphs), *cells])


def test_what_is_printable_stays_and_the_rest_goes() -> None:
    assert printable(ODD) == "甲\x7f\n\n乙\n丙\t\U0001f600"
    assert printable("化学需氧量 ≤ 50 mg/L（㎡）") == "化学需氧量 ≤ 50 mg/L（㎡）"


@once_a_world
@given(anything)
def test_a_word_page_of_any_text(text: str) -> None:
    page = a4()
    line(page, text, bold=True)
    table(page, ["头", text], [[text, "值"]])
    out = io.BytesIO()
    page.save(out)
    assert "值" in words(out.getvalue())


@once_a_world
@given(anything)
def test_a_workbook_of_any_text(text: str) -> None:
    memory = io.BytesIO()
    with Book(memory) as book:
        sheet = book.add_worksheet("表")
        sheet.write(0, 0, text)
        sheet.write_row(1, 0, [text, 1.5, float("nan")])
    read = load_workbook(io.BytesIO(memory.getvalue()))["表"]
    assert (read["A1"].value or "").replace("\r", "") == printable(text)
    assert read["B2"].value == 1.5


def test_a_cell_is_cut_at_the_limit_of_excel_and_runs_nothing() -> None:
    memory = io.BytesIO()
    with Book(memory) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, ["长" * 40_000, "=1+1", "http://例/" + "x" * 3000])
    first, formula, address = (c.value for c in load_workbook(io.BytesIO(memory.getvalue()))["表"][1])
    assert len(first) == CELL_CHARACTERS
    assert formula == "=1+1"
    assert address.startswith("http://例/xxx")


@pytest.mark.parametrize("kind", list(Paper))
def test_case_papers_of_odd_texts(world: World, kind: Paper) -> None:
    odd = {"title": f"标题{ODD}", "description": ODD, "requirement": ODD, "place": ODD}
    case = world.case(source=source_of(kind), **odd)
    for action in WAYS[state_of(kind)]:
        world.go(case, action, note=f"说明{ODD}", **({"companion": ODD} if action == "pass" else {}))
    if kind is Paper.URGE:
        world.wait(days=40)
        world.go(case, "urge", note=f"说明{ODD}")
    assert "标题甲" in words(paper(case, kind))


@once_a_world
@given(anything)
def test_case_papers_of_any_text_that_is_already_in_the_database(world: World, text: str) -> None:
    # Kept before texts were cleaned at the entrance: the chain cannot be changed, the paper must be made of it.
    stored = text.encode("utf-8", "ignore").decode()
    case = world.case(State.DISPATCHED)
    type(case).objects.filter(pk=case.pk).update(title=stored[:200], description=stored, liable=stored[:60])
    case.refresh_from_db()
    Step.objects.filter(case=case, action="dispatch").update(note=stored)
    assert case.number in words(paper(case, Paper.DISPATCH))


@pytest.mark.parametrize("name", PICTURES)
def test_every_accepted_picture_is_printed(world: World, name: str) -> None:
    case = world.case(State.RECTIFYING)
    world.go(case, "apply_close", files=[PICTURES[name]])
    world.go(case, "pass")
    assert len(Document(io.BytesIO(paper(case, Paper.OPINION))).inline_shapes) == 1


def test_a_printed_picture_is_upright_small_and_says_nothing_of_the_camera() -> None:
    turned = Image.Exif()
    turned[0x0112], turned[0x010F] = 6, "Maker"
    out = io.BytesIO()
    Image.new("RGB", (4000, 2000), "red").save(out, "JPEG", exif=turned)
    made = picture(out.getvalue())
    assert made is not None
    with Image.open(made) as image:
        assert (image.size, image.format, dict(image.getexif())) == ((800, 1600), "JPEG", {})


def test_sixteen_bits_keep_their_greys_and_clear_becomes_white() -> None:
    grey, clear = io.BytesIO(), io.BytesIO()
    Image.new("I;16", (4, 4), 0x8000).save(grey, "PNG")
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(clear, "PNG")
    for content, low, high in ((grey, 120, 136), (clear, 250, 255)):
        made = picture(content.getvalue())
        assert made is not None
        with Image.open(made) as image:
            pixel = image.getpixel((1, 1))
            assert isinstance(pixel, tuple)
            assert low <= pixel[0] <= high


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PICTURES)), st.integers(0, 4000), st.integers(0, 255), st.integers(0, 4000))
def test_a_damaged_picture_never_breaks_a_paper(name: str, at: int, byte: int, end: int) -> None:
    content = bytearray(PICTURES[name].content)
    content[at % len(content)] = byte
    made = picture(bytes(content[: end or None]))
    assert made is None or made.getvalue().startswith(b"\xff\xd8")
