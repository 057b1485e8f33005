"""Files of a step: which are taken, and how they are kept (under the hash of their content)."""

import hashlib
import io
import os
import warnings
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from bihuan.cases.errors import BadFile

MAX_BYTES = 20 * 1024 * 1024
MAX_FILES = 20
IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
OFFICE = {
    ".docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
KINDS = "JPG, PNG, WebP, PDF, Word(.docx), Excel(.xlsx)"


@dataclass(frozen=True)
class Upload:
    """A file as a person sends it; a photo may say when and where it was taken."""

    name: str
    content: bytes
    taken_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None

    @classmethod
    def of(
        cls,
        file: "UploadedFile[Any]",
        *,
        taken_at: datetime | None = None,
        lat: float | None = None,
        lon: float | None = None,
    ) -> "Upload":
        """From a form's file. A too large one is not read into memory."""
        name = file.name or "未命名"
        if (file.size or 0) > MAX_BYTES:
            raise BadFile(
                _("%(name)s: 超过 %(mb)s MB, 请压缩后再传") % {"name": name, "mb": MAX_BYTES // 1024**2}
            )
        return cls(name, file.read(), taken_at, lat, lon)

    @property
    def short_name(self) -> str:
        """The name without folders, at most 200 characters, its ending kept."""
        name = PurePosixPath(self.name.replace("\\", "/")).name or "未命名"
        return name if len(name) <= 200 else name[:180] + name[-20:]


def media_type_of(upload: Upload) -> str:
    """The media type by content and name. Raises BadFile for what is not taken."""
    name, content = upload.short_name, upload.content
    ending = PurePosixPath(name).suffix.lower()
    if not content:
        raise BadFile(_("%(name)s: 文件是空的, 请重新选择") % {"name": name})
    if len(content) > MAX_BYTES:
        raise BadFile(
            _("%(name)s: 超过 %(mb)s MB, 请压缩后再传") % {"name": name, "mb": MAX_BYTES // 1024**2}
        )
    if ending in ENDINGS:
        return _image_type(name, content)
    if ending == ".pdf" and content.startswith(b"%PDF-"):
        return "application/pdf"
    if ending in OFFICE and _has_folder(content, OFFICE[ending][0]):
        return OFFICE[ending][1]
    raise BadFile(
        _("%(name)s: 不接受这种文件或内容与扩展名不符; 可用: %(kinds)s") % {"name": name, "kinds": KINDS}
    )


def _image_type(name: str, content: bytes) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(IMAGES)) as image:
                kind = IMAGES[str(image.format)]
                image.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise BadFile(_("%(name)s: 照片像素过多, 请缩小后再传") % {"name": name}) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadFile(
            _("%(name)s: 照片打不开或不完整, 请重新拍摄; 可用: %(kinds)s") % {"name": name, "kinds": KINDS}
        ) from error
    return kind


def _has_folder(content: bytes, folder: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(n.startswith(folder) for n in archive.namelist())
    except zipfile.BadZipFile:
        return False


def path_of(sha256: str) -> Path:
    """Where the content with this hash is kept."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def keep(upload: Upload) -> str:
    """Store the content once, safely on disk; returns its sha256."""
    sha256 = hashlib.sha256(upload.content).hexdigest()
    path = path_of(sha256)
    if path.is_file() and path.stat().st_size == len(upload.content):
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{sha256}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(upload.content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return sha256
