"""Check an exported log of Bihuan against kept roots, without Bihuan, its database, or anything but Python 3.

    bihuan --data city cases export-log --out log.jsonl
    python -I verify_log.py log.jsonl root-20191005.json [more roots ...]

Exit 0: the chain is whole and holds every root. 1: it is not; each line says where. 2: a file cannot be read.
How the hashes are made: each line is a JSON object; without `hash`, written with sorted keys, without blanks and with
all characters as they are (UTF-8), its SHA-256 is its `hash`; `previous` is the `hash` of the line before.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def hash_of(entry: dict[str, Any]) -> str:
    """What the hash of an entry must be."""
    said = {name: value for name, value in entry.items() if name != "hash"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check(entries: list[dict[str, Any]]) -> Iterator[str]:
    """What does not fit in the chain."""
    before = ""
    for place, entry in enumerate(entries, 1):
        what = f"entry {entry['seq']} ({entry['kind']} {entry['key']})"
        if entry["seq"] != place:
            yield f"{what} stands at place {place}: entries are missing or out of order"
        if entry["previous"] != before:
            yield f"{what} does not follow the entry before it"
        if entry["hash"] != hash_of(entry):
            yield f"{what} was changed"
        before = entry["hash"]


def against(root: dict[str, Any], entries: list[dict[str, Any]]) -> Iterator[str]:
    """What does not fit with a kept root. Raises ValueError for a root that counts fewer than no entries."""
    count, when = int(root["entries"]), root.get("at", "unknown time")
    if count < 0:
        raise ValueError(f"a root cannot count {count} entries")
    if count > len(entries):
        yield f"the root of {when} counts {count} entries, the log has {len(entries)}: its end is missing"
    elif count and entries[count - 1]["hash"] != str(root["head"]).strip().lower():
        yield f"entry {count} is not the one of the root of {when}: the log was written anew up to there or before"


def main(files: list[str]) -> int:
    """The log first, then roots."""
    if not files:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        log, *roots = [Path(name).read_text(encoding="utf-8-sig") for name in files]
        entries = [json.loads(line) for line in log.splitlines() if line.strip()]
        faults = list(check(entries))
        for root in roots:
            faults += against(json.loads(root), entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        sys.stderr.write(f"a file cannot be read: {error!r}\n")
        return 2
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    head = entries[-1]["hash"] if entries else ""
    sys.stdout.write(f"{len(entries)} entries, {len(roots)} roots, {len(faults)} faults, head {head}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
