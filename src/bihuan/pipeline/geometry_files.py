"""Files of geometry that people hand in, read apart: a file that breaks its library, or never ends, harms nobody."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bihuan import apart
from bihuan.apart import Talk
from bihuan.domain.places.faults import Fault, Why
from bihuan.feeds.geometry.features import BadFile, Features, Note, Refused, Told, WhyFile
from bihuan.feeds.names import safe_name
from bihuan.feeds.reading import open_plain

FOUND = "features.json"


def features_of(path: Path, file: str, layer: str = "", beside: Sequence[tuple[Path, str]] = ()) -> Features:
    """The features of a file that is called `file` in sentences.

    layer: which of several. beside: the other parts of a loose Shapefile, each with its name. Raises BadFile with why as a
    code, Unreadable for a file that cannot be opened or that its reader cannot finish.
    """
    with TemporaryDirectory(prefix="bihuan-geometry-") as folder:
        out = Path(folder)
        for part, name in ((path, file), *beside):
            open_plain(part).close()
            (out / safe_name(name)).symlink_to(part.resolve())
        told = apart.run(_read, out / safe_name(file), layer, out, file=file, limits=apart.look_limits())
        if told:
            raise BadFile(WhyFile(told["why"]), **told["values"])
        return _features(json.loads((out / FOUND).read_text("utf-8")))


def _read(talk: Talk, path: Path, layer: str, out: Path) -> dict[str, Any]:
    """In the reading process: the features into a file of the caller's folder; why the file cannot be read, if it cannot."""
    from bihuan.feeds.geometry.reading import (
        read,  # GDAL takes 100 MB: only this process, only for such a file
    )

    try:
        found = read(path, layer)
    except BadFile as error:
        return {"why": error.why, "values": error.values}
    plain = {
        "features": found.features,
        "numbers": found.numbers,
        "refused": [[r.feature, r.fault.why, dict(r.fault.values)] for r in found.refused],
        "notes": [[note.what, dict(note.values)] for note in found.notes],
        "layers": found.layers,
    }
    text = json.dumps(plain, ensure_ascii=False)
    (out / FOUND).write_text(text, "utf-8", errors="replace")
    return {}


def _features(plain: dict[str, Any]) -> Features:
    return Features(
        plain["features"],
        plain["numbers"],
        [Refused(number, Fault(Why(why), values)) for number, why, values in plain["refused"]],
        [Told(Note(what), values) for what, values in plain["notes"]],
        plain["layers"],
    )
