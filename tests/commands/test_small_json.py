"""JSON files that people write: too long or too deep ones end in a sentence that names the file."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bihuan.commands.forecast import city_of
from bihuan.errors import BihuanError, NothingDone
from bihuan.feeds.mapping import load_mapping
from bihuan.loggers.forward import read_targets
from bihuan.loggers.register import read_register
from bihuan.registry import anchors

READERS: dict[str, Callable[[Path], Any]] = {
    "mine.json": load_mapping,
    "forward.json": read_targets,
    "devices.json": read_register,
    "root.json": anchors.read,
    "city.json": lambda path: city_of(path.parent),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("content", "words"),
    [(b"[" * 100_000, "nested too deeply"), (b" " * (17 << 20), "longer than 16 MB"), (b"\xff", "utf-8")],
)
def test_a_file_that_cannot_be_meant_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BihuanError, match=words) as raised:
        READERS[name](tmp_path / name)
    assert Path(name).stem in str(raised.value)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "root.json")
    with pytest.raises(NothingDone, match="no plain file"):
        anchors.read(tmp_path / "root.json")
