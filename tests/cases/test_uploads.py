"""Looking through photos takes seconds; meanwhile everybody else goes on. Files with odd content never break the page."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.cases import evidence, sensors
from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.errors import BadFile
from bihuan.cases.evidence import Kept, Upload, fault, kept, path_of, short, sweep, uploads
from bihuan.cases.file_kinds import look
from bihuan.cases.models import Attachment, Case
from bihuan.cases.transitions import TABLE, Need, State
from bihuan.registry.models import Person
from tests.cases.world import COUNTY, World, photo
from tests.papers.pictures import PICTURES
from tests.people import build_city

WITH_PHOTOS = sorted({(t.source, t.action) for t in TABLE if t.source and Need.PHOTO in (*t.needs, *t.may)})


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Somebody else writes to the database at the moment when a photo is looked through."""
    seen: list[str] = []
    real = evidence.look

    def write(number: int) -> None:
        Person.objects.create(username=f"signs-in-{number}")
        connection.close()

    def looking(name: str, content: bytes) -> Any:
        assert not connection.in_atomic_block
        with ThreadPoolExecutor(1) as other:
            other.submit(write, len(seen)).result(60)
        seen.append(name)
        return real(name, content)

    monkeypatch.setattr(evidence, "look", looking)
    yield seen
    assert Person.objects.filter(username__startswith="signs-in").count() == len(seen) > 0


@pytest.fixture
def committed(transactional_db: None, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with real transactions."""
    made = World(build_city(), data_dir, datetime(2019, 1, 12, 6, 0, tzinfo=UTC))
    monkeypatch.setattr(sensors, "_providers", [made.sensor.sensing])
    return made


@pytest.mark.parametrize(("state", "action"), WITH_PHOTOS)
def test_nobody_waits_for_the_photos_of_a_step(
    committed: World, state: State, action: str, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = committed.ready_for(action, state)
    before = len(looked)
    committed.go(case, action, files=[photo(), photo("blue")])
    assert len(looked) == before + 2


@pytest.mark.parametrize("begin", [open_case, hand_over])
def test_nobody_waits_for_the_photos_of_a_new_case(
    committed: World, begin: Callable[..., Case], looked: list[str]
) -> None:
    unit = (committed.city.governments[COUNTY],) if begin is hand_over else ()
    region = committed.city.regions[COUNTY]
    case = begin([], committed.person("dispatcher"), *unit, title="扬尘", region=region, files=[photo()])
    assert [f.name for s in case.steps.all() for f in s.files.all()] == ["现场.jpg"]


def test_too_many_too_large_or_too_long_is_refused_before_it_costs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadFile, match="20 个"):
        uploads([None] * 21)  # type: ignore[list-item]  # not even looked at
    monkeypatch.setattr(evidence, "MAX_PIXELS_TOGETHER", 100)
    with pytest.raises(BadFile, match="合计过大"):
        kept([photo(), photo("blue")])
    monkeypatch.setattr(evidence, "MAX_SECONDS", 0.0)
    with pytest.raises(BadFile, match="合计过大"):
        kept([photo()])


def refusal(name: str, content: bytes) -> str:
    """Why the file is not taken; empty when it is."""
    try:
        look(name, content)
    except BadFile as error:
        return str(error)
    return ""


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(PICTURES)), st.integers(0, 5000), st.binary(max_size=6), st.integers(0, 5000))
def test_a_damaged_picture_is_taken_or_refused_by_a_sentence(
    name: str, at: int, put: bytes, cut: int
) -> None:
    content = PICTURES[name].content
    at %= len(content)
    damaged = content[:at] + put + content[at + len(put) :]
    why = refusal(f"a.{name[-3:]}", damaged[: cut or None])
    assert why.startswith(f"a.{name[-3:]}: ") or not why


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["jpg", "png", "webp", "pdf", "docx", "xlsx", "heic"]), st.binary(max_size=300))
def test_any_bytes_are_taken_or_refused_by_a_sentence(ending: str, content: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"PK\x05\x06", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"):
        why = refusal(f"a.{ending}", head + content)
        assert why.startswith(f"a.{ending}: ") or not why


def test_a_heic_photo_is_refused_with_the_way_out() -> None:
    with pytest.raises(BadFile, match=r"IMG_1\.heic: .*兼容性最佳"):
        look("IMG_1.heic", b"\x00\x00\x00 ftypheic")


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=400))
def test_any_file_name_is_kept_short_on_one_line_and_without_folders(name: str) -> None:
    assert 0 < len(short(name)) <= 200
    assert not set(short(name)) & set("/\\\x00\r\n\t")


def test_a_long_name_keeps_its_ending() -> None:
    assert short("照" * 300 + ".jpeg").endswith("照.jpeg")


def test_a_missing_and_a_damaged_file_are_told_apart(world: World) -> None:
    case = world.case(State.VERIFYING)
    file = Attachment.objects.get(step__case=case)
    path, good = path_of(file.sha256), path_of(file.sha256).read_bytes()
    assert fault(file, thorough=True) == ""
    path.write_bytes(good[:-1] + b"x")
    assert (fault(file), fault(file, thorough=True)[:5]) == ("", "文件已损坏")
    path.write_bytes(good[:-1])
    assert "大小" in fault(file)
    path.unlink()
    assert "缺失" in fault(file)


def test_files_that_no_step_refers_to_are_swept_away_after_two_days(world: World) -> None:
    case = world.case(State.VERIFYING)
    old, young = kept([photo("green")])[0], kept([photo("white")])[0]
    used = Attachment.objects.get(step__case=case)
    long_ago = time.time() - 3 * 86400
    for sha256 in (old.sha256, used.sha256):
        os.utime(path_of(sha256), (long_ago, long_ago))
    assert sweep() == 1
    there = {s for s in (old.sha256, young.sha256, used.sha256) if path_of(s).is_file()}
    assert there == {young.sha256, used.sha256}
    # One that is sent again is in use again.
    os.utime(path_of(young.sha256), (long_ago, long_ago))
    kept([photo("white")])
    assert sweep() == 0


def test_a_file_that_was_kept_before_can_be_used_for_a_step(world: World) -> None:
    case = world.case(State.RECTIFYING)
    [before] = kept([photo("green")])
    assert isinstance(before, Kept)
    step = take(case, "progress", world.person("handler"), note="照片", files=[before, Upload("b.png", PICTURES["alpha.png"].content)])  # fmt: skip
    assert [f.media_type for f in step.files.all()] == ["image/jpeg", "image/png"]
