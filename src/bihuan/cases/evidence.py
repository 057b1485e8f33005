"""Files of a step: which are taken, and how they are kept (under the hash of their content).

Reading, decoding and storing files takes seconds. It is done before the transaction that writes the step
(`kept`), so that nobody waits for somebody else's photos; a file whose step was refused is swept away later.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from bihuan.atomic import beside
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.file_kinds import look
from bihuan.cases.models import Attachment, KeptFile
from bihuan.printable import printable

MEGABYTE = 1024**2
MAX_BYTES = 20 * MEGABYTE
MAX_TOGETHER = 100 * MEGABYTE  # of all files of one form
MAX_FILES = 20
MAX_PIXELS_TOGETHER = 400_000_000
MAX_SECONDS = 30.0  # for looking through the files of one form
LONGEST_NAME = 200
UNUSED_FOR = timedelta(
    days=2
)  # longer than a session: a photo kept for a form's second try is not swept away


@dataclass(frozen=True)
class Upload:
    """A file as a person sends it; a sender may say when and where it was taken, else the photo's own data count."""

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
        name = file.name or ""
        if (file.size or 0) > MAX_BYTES:
            raise _too_large(short(name))
        return cls(name, file.read(), taken_at, lat, lon)

    @property
    def short_name(self) -> str:
        """The name as it is kept."""
        return short(self.name)


@dataclass(frozen=True)
class Kept:
    """A file that was looked through and lies in the store; not yet part of a step."""

    name: str
    sha256: str
    media_type: str
    size: int
    taken_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None

    def attachment(self) -> Attachment:
        """As the row of a step."""
        return Attachment(**self.__dict__)


def short(name: str) -> str:
    """A file's name without folders and unprintable characters, at most 200 characters, its ending kept."""
    last = " ".join(printable(PurePosixPath(name.replace("\\", "/")).name).split()) or _("未命名")
    return last if len(last) <= LONGEST_NAME else last[: LONGEST_NAME - 20] + last[-20:]


def uploads(files: Sequence["UploadedFile[Any]"]) -> list[Upload]:
    """The files of a form. Raises BadFile before anything is read when they are too many or too large together."""
    if len(files) > MAX_FILES:
        raise BadFile(_("一次最多 %(n)s 个附件") % {"n": MAX_FILES})
    if sum(f.size or 0 for f in files) > MAX_TOGETHER:
        raise BadFile(_("附件合计超过 %(mb)s MB, 请压缩或分几次上传") % {"mb": MAX_TOGETHER // MEGABYTE})
    return [Upload.of(f) for f in files]


def kept(files: Iterable[Upload | Kept]) -> list[Kept]:
    """Look through the files and put them into the store. Slow: never call it within a transaction.

    Raises BadFile for the first file that is not accepted, IllegalMove for too many.
    """
    given = list(files)
    if len(given) > MAX_FILES:
        raise IllegalMove(_("一次最多 %(n)s 个附件") % {"n": MAX_FILES})
    fresh, refused = accepted([f for f in given if isinstance(f, Upload)])
    if refused:
        raise refused[0]
    looked = iter(fresh)
    return [f if isinstance(f, Kept) else next(looked) for f in given]


def accepted(files: Iterable[Upload]) -> tuple[list[Kept], list[BadFile]]:
    """Look through the files and store those that are accepted; why the others are not. Slow, as `kept`."""
    budget, stored, refused = _Budget(), [], []
    for file in files:
        try:
            row = _look(file, budget)
        except BadFile as error:
            refused.append(error)
        else:
            _store(row.sha256, file.content)
            stored.append(row)
    return stored, refused


@dataclass
class _Budget:
    """What looking through the files of one form may cost."""

    pixels: int = 0
    started: float = field(default_factory=time.monotonic)

    def spend(self, pixels: int) -> None:
        """Raises BadFile when it is used up."""
        self.pixels += pixels
        if self.pixels > MAX_PIXELS_TOGETHER or time.monotonic() - self.started > MAX_SECONDS:
            raise BadFile(_("照片合计过大, 请缩小照片或分几次上传"))


def _look(file: Upload, budget: _Budget) -> Kept:
    name = file.short_name
    if len(file.content) > MAX_BYTES:
        raise _too_large(name)
    seen = look(name, file.content)
    budget.spend(seen.pixels)
    lat, lon = (file.lat, file.lon) if file.lat is not None else (seen.taken.lat, seen.taken.lon)
    sha256 = hashlib.sha256(file.content).hexdigest()
    return Kept(name, sha256, seen.media_type, len(file.content), file.taken_at or seen.taken.at, lat, lon)


def _too_large(name: str) -> BadFile:
    return BadFile(_("%(name)s: 超过 %(mb)s MB, 请压缩后再传") % {"name": name, "mb": MAX_BYTES // MEGABYTE})


def path_of(sha256: str) -> Path:
    """Where the content with this hash is kept."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def _store(sha256: str, content: bytes) -> None:
    """Store the content once, safely on disk."""
    path = path_of(sha256)
    if path.is_file() and path.stat().st_size == len(content):
        os.utime(path)  # used again: not to be swept away
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path, durable=True) as written:
        written.write_bytes(content)


def fault(file: KeptFile, *, thorough: bool = False) -> str:
    """An empty text, or what is wrong with the stored content of a file; `thorough` reads all of it."""
    path = path_of(file.sha256)
    try:
        if path.stat().st_size != file.size:
            return _("文件已损坏: 大小与登记的不符")
        if thorough and hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            return _("文件已损坏: 内容与登记的校验值不符")
    except OSError:
        return _("文件缺失: 存储中找不到, 请从备份恢复")
    return ""


def sweep() -> int:
    """Remove stored files that no row of a KeptFile names and nobody used for two days; returns how many."""
    models = [m for m in apps.get_models() if issubclass(m, KeptFile)]
    used = {sha for m in models for sha in m._default_manager.values_list("sha256", flat=True).distinct()}
    oldest, gone = (
        time.time() - UNUSED_FOR.total_seconds(),
        0,
    )  # files have the machine's time, not a replay's
    for path in Path(settings.FILES_DIR).glob("??/*"):
        if path.name not in used and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
