"""The script of auditors on files as they come from paper, from Windows, or from somebody who means no good."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bihuan.errors import NothingDone
from bihuan.registry import anchors

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))


def checked(*files: Path) -> int:
    """Exit code of the script."""
    from verify_log import main

    return main([str(f) for f in files])


def write(folder: Path, root: Any, *, mark: str = "") -> tuple[Path, Path]:
    """A log of two entries and a root beside it."""
    from verify_log import hash_of

    entries: list[dict[str, Any]] = []
    for seq in (1, 2):
        before = entries[-1]["hash"] if entries else ""
        entry = {"seq": seq, "kind": "cases.step", "key": f"1/{seq}", "previous": before}
        entries.append({**entry, "hash": hash_of(entry)})
    head = entries[-1]["hash"]
    known = {"right": {"entries": 2, "head": head}, "typed": {"entries": 2, "head": f" {head.upper()} "}}
    text = root if isinstance(root, str) and root not in known else json.dumps(known.get(str(root), root))
    log, kept = folder / "log.jsonl", folder / "root.json"
    log.write_text(mark + "\n".join(map(json.dumps, entries)), encoding="utf-8")
    kept.write_text(mark + text, encoding="utf-8")
    return log, kept


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("root", ["right", "typed"])
def test_a_root_counts_however_it_was_typed(tmp_path: Path, root: str, mark: str) -> None:
    log, kept = write(tmp_path, root, mark=mark)
    assert checked(log, kept) == 0
    assert anchors.HEAD.fullmatch(anchors.read(kept).head)


@pytest.mark.parametrize(
    "root",
    [{"entries": -1, "head": "0" * 64}, {"entries": -9, "head": ""}, [1], "[" * 100_000, {"entries": 2}, "x"],
    ids=["-1", "-9", "list", "deep", "no head", "text"],
)
def test_what_is_no_root_is_said_to_be_none(tmp_path: Path, root: Any) -> None:
    log, kept = write(tmp_path, root)
    assert checked(log, kept) == 2
    with pytest.raises(NothingDone):
        anchors.read(kept)


@pytest.mark.parametrize("line", ["1", '"x"', "[]", "{}", '{"seq": 3}'])
def test_a_line_that_is_no_entry_is_said_to_be_none(tmp_path: Path, line: str) -> None:
    log, kept = write(tmp_path, "right")
    log.write_text(f"{log.read_text()}\n{line}")
    assert checked(log, kept) == 2
