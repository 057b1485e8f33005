"""What a .docx is made of, before any of it is opened: a sound archive of bearable size that brings no program along."""

import zipfile
from pathlib import Path

from bihuan.feeds.reading import Unreadable
from bihuan.reasons import Reason

MOST_BYTES = 5 * 2**20
MOST_UNPACKED = 40 * 2**20
MOST_PARTS = 500
RELATION_BYTES = 2**20
BODY, TYPES = "word/document.xml", "[Content_Types].xml"
ACTIVE = ("vbaproject.bin", "vbadata.xml")
EMBEDDED = ("word/embeddings/", "word/activex/")
HYPERLINK = b'relationships/hyperlink"'


def look(path: Path) -> None:
    """Raises Unreadable where the file is no document, is too large, or brings macros, objects or links to other files."""
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(Reason("template_large", most=MOST_BYTES // 2**20))
    try:
        with zipfile.ZipFile(path) as archive:
            _look(archive)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise Unreadable(Reason("template_no_word")) from error


def _look(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable(Reason("template_unpacked", most=MOST_UNPACKED // 2**20, parts=MOST_PARTS))
    if not {BODY, TYPES.lower()} <= set(names):
        raise Unreadable(Reason("template_no_word"))
    macro = next((name for name in names if name.endswith(ACTIVE)), "")
    if macro or b"macroEnabled" in archive.read(TYPES):
        raise Unreadable(Reason("template_macro", part=macro or TYPES))
    if embedded := next((name for name in names if name.startswith(EMBEDDED)), ""):
        raise Unreadable(Reason("template_object", part=embedded))
    for part in parts:
        if part.filename.endswith(".rels"):
            _refuse_links(part.filename, archive.read(part)[:RELATION_BYTES])


def _refuse_links(name: str, content: bytes) -> None:
    """Word would fetch them when the paper is opened; plain hyperlinks wait for a click."""
    for relation in content.split(b"<Relationship ")[1:]:
        if b'TargetMode="External"' in relation and HYPERLINK not in relation:
            raise Unreadable(Reason("template_link", part=name))
