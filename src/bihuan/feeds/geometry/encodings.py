"""In which encoding the texts of a Shapefile are: its .cpg says so, or its header, or nobody; and some say it wrongly."""

import codecs
from pathlib import Path

CHINESE = "gb18030"
DRIVERS = {0x4D: CHINESE, 0x4E: "cp949", 0x4F: "big5", 0x7A: CHINESE, 0x03: "cp1252", 0x57: "cp1252"}
"""Language driver (byte 29 of a .dbf, dBase tables and ESRI) to encoding; other values say nothing sure."""
SAMPLE = 2**22
"""Bytes of a .dbf that are looked at."""


def encoding_of(dbf: Path) -> tuple[str, bool]:
    """(the encoding of a .dbf, was it found by looking at the texts rather than by what the file says)."""
    said = _of_cpg(dbf) or _of_header(dbf)
    with dbf.open("rb") as file:
        head = file.read(32)
        file.seek(int.from_bytes(head[8:10], "little"))
        texts = file.read(SAMPLE)
    # Chinese texts in another encoding are hardly ever whole UTF-8, while a .cpg that says otherwise is common.
    first = ["utf-8"] if said is None or not _broken(texts, "utf-8") else [said]
    candidates = list(dict.fromkeys([*first, CHINESE, "utf-8"]))
    best = min(
        candidates, key=lambda name: _broken(texts, name)
    )  # the first of equals: what is said, else UTF-8
    return best, best != said and not texts.isascii()


def _broken(texts: bytes, encoding: str) -> int:
    """How many signs cannot be read; fields that are cut off in the middle of a letter break one each."""
    return texts.decode(encoding, "replace").count("\ufffd")


def _of_cpg(dbf: Path) -> str | None:
    beside = next(
        (p for p in dbf.parent.iterdir() if p.suffix.lower() == ".cpg" and p.stem == dbf.stem), None
    )
    if beside is None:
        return None
    name = beside.read_bytes()[:40].decode("ascii", "ignore").strip().removeprefix("ANSI").strip()
    for spelled in (name, f"cp{name}"):
        try:
            found = codecs.lookup(spelled).name
        except (LookupError, ValueError):
            continue
        return CHINESE if found in ("gbk", "gb2312", "cp936") else found
    return None


def _of_header(dbf: Path) -> str | None:
    with dbf.open("rb") as file:
        head = file.read(32)
    return DRIVERS.get(head[29]) if len(head) == 32 else None
