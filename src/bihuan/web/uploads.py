"""The file that a person chose on the import page: kept for the session, so that preview and import work on one copy.

Each lies in `DATA/uploads/<token>/`; a new one takes the place of the last, one older than a session's length is cleared at
the next upload, all at a start of the server. Backups leave the folder out.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from bihuan.errors import BihuanError
from bihuan.feeds.names import safe_name, shown_name
from bihuan.installation.marker import UPLOADS

if TYPE_CHECKING:  # the web process clears the folder before Django is set up
    from bihuan.registry.access import Asked

KEY = "upload"


@dataclass(frozen=True)
class Upload:
    """A kept copy, and what its sender called it."""

    path: Path
    name: str

    def drop(self) -> None:
        """It is taken in, or another one was chosen."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def chosen(request: "Asked") -> Upload:
    """The file that was sent now, else the one of this session. Raises BihuanError without one."""
    file = request.FILES.get("file")
    if file is None or not file.name:
        return _kept(request)
    clear(older_than=settings.SESSION_COOKIE_AGE)
    before = request.session.get(KEY)
    if before:
        Upload(_folder(before["token"]) / before["place"], before["name"]).drop()
    token, name = token_hex(16), shown_name(file.name)
    upload = Upload(_folder(token) / safe_name(name), name)
    upload.path.parent.mkdir(parents=True)
    with upload.path.open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    request.session[KEY] = {"token": token, "place": upload.path.name, "name": name}
    return upload


def _kept(request: "Asked") -> Upload:
    known = request.session.get(KEY)
    upload = known and Upload(_folder(known["token"]) / known["place"], known["name"])
    if not upload or not upload.path.is_file():
        raise BihuanError(_("请选择一个文件。"))
    return upload


def forget(request: "Asked") -> None:
    """The session's copy is used up."""
    request.session.pop(KEY, None)


def _folder(token: str) -> Path:
    return Path(settings.DATA_DIR) / UPLOADS / token


def clear(older_than: float = 0) -> None:
    """Delete copies that were made more than so many seconds ago."""
    root = Path(settings.DATA_DIR) / UPLOADS
    for folder in root.iterdir() if root.is_dir() else ():
        if time.time() - folder.stat().st_mtime >= older_than:
            shutil.rmtree(folder, ignore_errors=True)
