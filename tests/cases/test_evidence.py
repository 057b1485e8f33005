"""Attachments: what is taken, what is refused and why."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from bihuan.cases import evidence
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import MAX_BYTES, MAX_FILES, MAX_TOGETHER, Upload, kept, path_of, uploads
from bihuan.cases.file_kinds import look
from bihuan.cases.models import Attachment
from bihuan.cases.transitions import State
from tests.cases.world import World, photo


def office(folder: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"{folder}/document.xml", "<x/>")
    return out.getvalue()


def image(kind: str, size: tuple[int, int] = (4, 4)) -> bytes:
    out = io.BytesIO()
    Image.new("1" if size[0] > 1000 else "RGB", size).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpg", image("JPEG"), "image/jpeg"),
        ("a.PNG", image("PNG"), "image/png"),
        ("a.webp", image("WEBP"), "image/webp"),
        ("a.pdf", b"%PDF-1.7 ...", "application/pdf"),
        ("a.docx", office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        # The content counts, not the name.
        ("a.jpg", image("PNG"), "image/png"),
    ],
)
def test_taken(name: str, content: bytes, kind: str) -> None:
    assert look(name, content).media_type == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jpg", b"", "文件是空的"),
        ("a.jpg", b"<script>alert(1)</script>", "照片打不开"),
        ("a.jpg", image("JPEG")[:200], "照片打不开"),
        ("a.jpg", image("GIF"), "照片打不开"),
        ("a.svg", b"<svg/>", "不接受这种文件"),
        ("a.html", b"<html>", "不接受这种文件"),
        ("a.exe", b"MZ", "不接受这种文件"),
        ("a.pdf", b"MZ", "内容与扩展名不符"),
        ("a.docx", office("xl"), "内容与扩展名不符"),
        ("a.docx", b"PK", "内容与扩展名不符"),
        ("无扩展名", b"x", "不接受这种文件"),
    ],
)
def test_refused_with_name_and_reason(name: str, content: bytes, why: str) -> None:
    with pytest.raises(BadFile, match=f"^{name}: .*{why}"):
        look(name, content)


def test_too_many_pixels() -> None:
    with pytest.raises(BadFile, match="像素过多"):
        look("a.png", image("PNG", (12000, 12000)))


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MAX_BYTES", 1024 * 1024)
    with pytest.raises(BadFile, match="超过 1 MB"):
        kept([Upload("a.pdf", b"%PDF-" + b"x" * 1024 * 1024)])
    with pytest.raises(BadFile, match="超过 1 MB"):
        Upload.of(SimpleUploadedFile("a.pdf", b"x" * (1024 * 1024 + 1)))


def test_a_refused_file_leaves_the_case_as_it_was(world: World) -> None:
    case = world.case(State.RECTIFYING)
    with pytest.raises(BadFile):
        world.go(case, "apply_close", files=[photo(), Upload("b.svg", b"<svg/>")])
    assert (case.state, Attachment.objects.count()) == (State.RECTIFYING, 0)
    with pytest.raises(IllegalMove, match="最多 20 个附件"):
        world.go(case, "progress", files=[photo()] * 21)
    with pytest.raises(IllegalMove, match="不能带附件"):
        world.go(world.case(State.DISPATCHED), "sign", files=[photo()])


def test_a_photo_keeps_time_and_place_and_no_folder(world: World) -> None:
    case = world.case(State.RECTIFYING)
    taken = datetime(2019, 1, 12, 6, tzinfo=UTC)
    up = Upload.of(
        SimpleUploadedFile("x.jpg", photo().content, "image/jpeg"), taken_at=taken, lat=37.86, lon=113.58
    )
    world.go(case, "apply_close", files=[up, Upload("..\\..\\etc/甲.jpg", photo("blue").content)])
    first, second = Attachment.objects.order_by("id")
    assert (first.taken_at, first.lat, first.lon, first.is_image) == (taken, 37.86, 113.58, True)
    assert second.name == "甲.jpg"
    assert path_of(first.sha256).read_bytes() == photo().content
    assert path_of(first.sha256).is_relative_to(world.folder)


def test_the_same_content_is_kept_once(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.go(case, "progress", files=[photo(), photo(name="乙.jpg")])
    assert len({a.sha256 for a in Attachment.objects.all()}) == 1
    assert len(list(world.folder.glob("files/*/*"))) == 1


class Sent(SimpleUploadedFile):
    """A file of a form, of which only name and size are asked before it is read."""

    def __init__(self, size: int) -> None:
        super().__init__("现场.jpg", b"")
        self.size = size

    def read(self, *_size: int) -> bytes:
        raise AssertionError("read before it was known whether all of them may come")


@pytest.mark.parametrize(
    ("sizes", "why"),
    [
        ([1] * (MAX_FILES + 1), "一次最多 20 个附件"),
        ([MAX_TOGETHER // 5] * 5 + [1], "附件合计超过 100 MB"),
        ([MAX_BYTES + 1], "20 MB"),
    ],
)
def test_files_that_are_too_many_or_too_large_are_refused_before_they_are_read(
    sizes: list[int], why: str
) -> None:
    with pytest.raises(BadFile, match=why):
        uploads([Sent(size) for size in sizes])
