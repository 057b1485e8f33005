"""An import that is killed, or meets a full disk, leaves nothing half done; run again, it ends as if undisturbed."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.archive import Archive
from tests.archive.deliveries import shown

START, END = datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
KILLS = 30


class Importer:
    """The child process (child_importer.py), asked line by line."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.archive.child_importer"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def start(self, folder: Path, files: list[Path], limit: int = 0) -> int:
        assert self.process.stdin
        self.process.stdin.write(" ".join(map(str, [folder, limit, *files])) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> int:
        assert self.process.stdout
        return int(self.process.stdout.readline())

    def run(self, folder: Path, files: list[Path], limit: int = 0) -> int:
        self.start(folder, files, limit)
        return self.answer()


@pytest.fixture(scope="module")
def importer() -> Iterator[Importer]:
    child = Importer()
    yield child
    child.process.communicate()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three deliveries: history with a refused value, some other quantity, corrections."""
    folder = tmp_path_factory.mktemp("files")
    hours = [(s, m, d, h) for s in "ABCD" for m in (10, 11) for d in range(1, 8) for h in range(24)]
    texts = [
        "site,time,PM2.5,CO\n"
        + "".join(f"{s},2019-{m}-{d:02}T{h:02}:00,{d + h},0.{h}\n" for s, m, d, h in hours)
        + "A,2019-10-20T00:00,-999,1\n",
        "site,time,O3\n" + "".join(f"{s},2019-{m}-{d:02}T{h:02}:00,{h}\n" for s, m, d, h in hours if d < 5),
        "site,time,PM2.5\n"
        + "".join(f"{s},2019-{m}-{d:02}T{h:02}:00,77\n" for s, m, d, h in hours if h == 5),
    ]
    paths = [folder / f"delivery{i}.csv" for i in range(3)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


def state(folder: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], int]:
    """Current rows, all versions of all rows, and open refused records."""
    archive = Archive(folder)
    history = [row for site in "ABCD" for row in shown(archive.ambient.history(site, START, END))]
    return shown(archive.ambient.current()), history, archive.quarantine.count()


def kill_after(importer: Importer, folder: Path, files: list[Path], seconds: float) -> int:
    pid = importer.start(folder, files)
    time.sleep(seconds)
    # The zombie stays until the child process has waited for it, so the pid cannot be someone else's by then;
    # when it has already ended there is nothing to kill.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return importer.answer()


@pytest.mark.slow
def test_killed_at_random_points_thirty_times(importer: Importer, files: list[Path], tmp_path: Path) -> None:
    stages = [state(tmp_path / "none")[0]]
    began = time.monotonic()
    for path in files:
        assert importer.run(tmp_path / "undisturbed", [path]) == 0
        stages.append(state(tmp_path / "undisturbed")[0])
    importer.run(tmp_path / "timed", files)
    whole = time.monotonic() - began
    chance = random.Random(20191005)
    codes = []
    for trial in range(KILLS):
        folder = tmp_path / f"trial{trial}"
        codes.append(kill_after(importer, folder, files, chance.uniform(0, whole / 2)))
        assert shown(Archive(folder).ambient.current()) in stages  # whole files or nothing of them
        assert importer.run(folder, files) == 0
        assert state(folder) == state(tmp_path / "undisturbed")
        positions = [e.position for e in Archive(folder).journal.entries()]
        assert Archive(folder).ambient.parts.stored() == positions[-1]
    assert codes.count(-signal.SIGKILL) >= KILLS // 3


def test_the_same_archive_killed_again_and_again(
    importer: Importer, files: list[Path], tmp_path: Path
) -> None:
    importer.run(tmp_path / "undisturbed", files)
    chance = random.Random(7)
    for _ in range(8):
        kill_after(importer, tmp_path / "again", files, chance.uniform(0, 0.3))
    assert importer.run(tmp_path / "again", files) == 0
    assert state(tmp_path / "again") == state(tmp_path / "undisturbed")


def test_two_imports_at_once_both_succeed(importer: Importer, files: list[Path], tmp_path: Path) -> None:
    other = Importer()
    folder = tmp_path / "both"
    importer.start(folder, files[:1])
    other.start(folder, files[1:2])
    assert (importer.answer(), other.answer()) == (0, 0)
    other.process.communicate()
    table = Archive(folder).ambient.current().collect()
    assert (table["pm25"].count(), table["o3"].count()) == (4 * 2 * 7 * 24, 4 * 2 * 4 * 24)


def test_a_full_disk_leaves_nothing_half_done(importer: Importer, files: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "full"
    Archive(folder)
    for limit in (100, 5_000, 20_000, 30_000):
        assert importer.run(folder, files[:1], limit) == 2
        assert Archive(folder).ambient.current().collect().is_empty()
    assert importer.run(folder, files) == 0
    importer.run(tmp_path / "undisturbed", files)
    assert state(folder) == state(tmp_path / "undisturbed")
