"""What a file is, by its content and name: pictures, PDF, Word, Excel; everything else is refused with a sentence."""

import io
import struct
import threading
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from bihuan.cases.errors import BadFile
from bihuan.cases.exif import NOT_SAID, Taken, taken

# A phone that takes two pictures at once writes an MPO, which is a JPEG with a second one behind.
IMAGES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
OFFICE = {
    ".docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
APPLE = {".heic", ".heif"}
KINDS = "JPG, PNG, WebP, PDF, Word(.docx), Excel(.xlsx)"
MAX_PIXELS = 64_000_000  # the large phone cameras write 50 million
# One decoded picture takes up to 256 MB: no more than two at a time, whoever sends them.
_DECODING = threading.BoundedSemaphore(2)
UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
NO_ZIP = (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, struct.error, zlib.error)


@dataclass(frozen=True)
class Looked:
    """What was seen in a file's content."""

    media_type: str
    pixels: int = 0
    taken: Taken = NOT_SAID


def look(name: str, content: bytes) -> Looked:
    """Read the content as what its name says. Raises BadFile (with the name, why, and what to do) for what is not taken."""
    ending = PurePosixPath(name).suffix.lower()
    if not content:
        raise BadFile(_("%(name)s: 文件是空的, 请重新选择") % {"name": name})
    if ending in ENDINGS:
        with _DECODING:
            return _picture(name, content)
    if ending == ".pdf" and content.startswith(b"%PDF-"):
        return Looked("application/pdf")
    if ending in OFFICE and _has_folder(content, OFFICE[ending][0]):
        return Looked(OFFICE[ending][1])
    if ending in APPLE:
        raise BadFile(
            _("%(name)s: 不接受 HEIC 照片; 请在手机相机设置中选“兼容性最佳”, 或另存为 JPG") % {"name": name}
        )
    raise BadFile(
        _("%(name)s: 不接受这种文件或内容与扩展名不符; 可用: %(kinds)s") % {"name": name, "kinds": KINDS}
    )


def _picture(name: str, content: bytes) -> Looked:
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of camera data that are damaged
            Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as image,
        ):
            pixels = image.width * image.height
            if pixels > MAX_PIXELS:
                raise Image.DecompressionBombError
            kind = IMAGES[str(image.format)]
            # A JPEG is read whole but unfolded small: enough to see that it is complete.
            image.draft(None, (max(image.width // 8, 1), max(image.height // 8, 1)))
            image.load()
            when_where = taken(image)
    except Image.DecompressionBombError as error:
        raise BadFile(
            _("%(name)s: 照片像素过多, 最多 %(n)s 百万像素, 请缩小后再传")
            % {"name": name, "n": MAX_PIXELS // 1_000_000}
        ) from error
    except UNREADABLE as error:
        raise BadFile(
            _("%(name)s: 照片打不开或不完整, 请重新拍摄; 可用: %(kinds)s") % {"name": name, "kinds": KINDS}
        ) from error
    return Looked(kind, pixels, when_where)


def _has_folder(content: bytes, folder: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(n.startswith(folder) for n in archive.namelist())
    except NO_ZIP:
        return False
