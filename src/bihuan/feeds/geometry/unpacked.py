"""The Shapefile in a zip archive: its parts, under plain names, in a folder of the reader's."""

import zipfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

from bihuan.feeds.geometry.features import BadFile, WhyFile

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
LARGEST = 2**30
"""Bytes of all parts together, unpacked."""
BLOCK = 2**20


def shapefiles_of(path: Path) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """The parts of each Shapefile in an archive, by its name and by ending. Raises BadFile."""
    found: dict[str, dict[str, zipfile.ZipInfo]] = defaultdict(dict)
    with opened(path) as archive:
        for info in archive.infolist():
            name = PurePosixPath(readable(info))
            if name.suffix.lower() in PARTS and not name.name.startswith("._"):
                found[str(name.with_suffix(""))][name.suffix.lower()] = info
    return {name: parts for name, parts in found.items() if ".shp" in parts}


def opened(path: Path) -> zipfile.ZipFile:
    """The archive. Raises BadFile for one that is damaged."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise BadFile(WhyFile.DAMAGED, detail=str(error)[:120]) from error


def readable(info: zipfile.ZipInfo) -> str:
    """The name of a member: without the mark of UTF-8, programs in China write GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def unpack(path: Path, parts: dict[str, zipfile.ZipInfo], folder: Path) -> Path:
    """Write the parts of one Shapefile as `shape.*`; the .shp. Raises BadFile."""
    left = LARGEST
    with opened(path) as archive:
        for ending, info in parts.items():
            if info.flag_bits & 0x1:
                raise BadFile(WhyFile.ENCRYPTED)
            left -= _write(archive, info, folder / f"shape{ending}", left)
    return folder / "shape.shp"


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, to: Path, left: int) -> int:
    written = 0
    try:
        with archive.open(info) as packed, to.open("wb") as plain:
            while block := packed.read(BLOCK):
                written += len(block)
                if written > left:
                    raise BadFile(WhyFile.TOO_LARGE, most=f"{LARGEST // 2**20} MB")
                plain.write(block)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(WhyFile.DAMAGED, detail=str(error)[:120]) from error
    return written
