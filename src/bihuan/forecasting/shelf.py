"""Fitted models, kept: a file each, a record of what it is, and its roles as they changed.

`data/models/<series>/` holds `<id>.model` (the model: see `model_files`), `<id>.json` (its record, never changed, kept for ever) and
`roles.jsonl` (only ever appended). A series is a set of cities: models of different cities never meet.
"""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bihuan.atomic import beside, write_text
from bihuan.domain.forecast.model import Model
from bihuan.forecasting.model_files import NotAModel, OtherParts, from_bytes, to_bytes
from bihuan.forecasting.records import Change, Record, UnfitModel, describe, read_record, standing

KEPT_RETIRED = 4
"""Files of former models that stay beside the champion and the challengers, so that a person can go back. Ours."""
ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}")


def series_of(cities: Mapping[str, Sequence[str]]) -> str:
    """Key of the models that serve these cities (code -> sites)."""
    towns = sorted((code, tuple(sites)) for code, sites in cities.items())
    return hashlib.sha256(repr(towns).encode()).hexdigest()[:8]


class ModelShelf:
    """The models of one series in an installation's folder `data`."""

    def __init__(self, data: Path, cities: Mapping[str, Sequence[str]]) -> None:
        self.folder = data / "models" / series_of(cities)

    def keep(self, model: Model, at: datetime, *, rows: int, fit_seconds: float) -> Record:
        """Keep a fitted model and its record; it has no role yet."""
        content = to_bytes(model)
        digest = hashlib.sha256(content).hexdigest()
        made = describe(model, at, rows, content, digest, fit_seconds)
        self.folder.mkdir(parents=True, exist_ok=True)
        with beside(self.folder / f"{made.model_id}.model") as written:
            written.write_bytes(content)
        text = json.dumps(asdict(made), default=datetime.isoformat, ensure_ascii=False)
        write_text(self.folder / f"{made.model_id}.json", text)
        return made

    def load(self, model_id: str) -> Model:
        """Read a model whose file is still what was kept. Raises UnfitModel and runs nothing of the file otherwise."""
        record = self.record(model_id)
        path = self.folder / f"{model_id}.model"
        if not path.is_file() and (self.folder / f"{model_id}.pickle").exists():
            raise UnfitModel(
                f"模型 {model_id} 由旧版软件（{record.software}）保存，这种文件可以夹带程序，不再读取；下次训练时重新拟合"
            )
        if not path.is_file() or path.is_symlink():
            raise UnfitModel(f"模型 {model_id} 的文件 {path.name} 已不存在；请改用其他模型，或重新训练")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != record.sha256:
            raise UnfitModel(
                f"模型 {model_id} 的文件 {path.name} 与登记时不同（SHA-256 不符）；请从备份恢复，或重新训练"
            )
        try:
            return from_bytes(content)
        except OtherParts as error:
            raise UnfitModel(
                f"模型 {model_id}（软件 {record.software}）的结构与本软件不同；请重新训练"
            ) from error
        except NotAModel as error:
            raise UnfitModel(f"模型 {model_id}（软件 {record.software}）无法读取：{error}") from error

    def record(self, model_id: str) -> Record:
        """The record of a model. Raises UnfitModel when there is none."""
        path = self.folder / f"{model_id}.json"
        if not ID.fullmatch(model_id) or not path.is_file():
            raise UnfitModel(f"没有编号为 {model_id} 的模型")
        return read_record(path)

    def records(self, as_of: datetime) -> list[Record]:
        """Records of all models fitted up to a moment, newest first; damaged ones are left out, as no model can serve."""
        found = []
        for path in sorted(self.folder.glob("*.json"), reverse=True):
            with contextlib.suppress(UnfitModel):
                found.append(read_record(path))
        return [r for r in found if r.fitted_at <= as_of]

    def has_file(self, model_id: str) -> bool:
        """Whether the model itself is still kept."""
        return (self.folder / f"{model_id}.model").is_file()

    def cleared(self, model_id: str) -> bool:
        """Whether the file is gone because it was retired later: a replay that has gone back meets such models."""
        if self.has_file(model_id):
            return False
        ever = self.standing(datetime.max.replace(tzinfo=UTC)).get(model_id)
        return ever is not None and ever.role == "retired"

    def change(self, change: Change) -> None:
        """Append a change of role: one line, written at once, that begins with its line break.

        So a line that a full disk cut short spoils only itself.
        """
        line = "\n" + json.dumps(asdict(change), default=datetime.isoformat, ensure_ascii=False)
        handle = os.open(self.folder / "roles.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)

    def changes(self, as_of: datetime) -> list[Change]:
        """Changes of role up to a moment, oldest first; a replay that has gone back does not see later ones."""
        path = self.folder / "roles.jsonl"
        if not path.is_file():
            return []
        found = []
        for line in path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(json.JSONDecodeError):
                row = json.loads(line)
                found.append(Change(**{**row, "at": datetime.fromisoformat(row["at"])}))
        return sorted((c for c in found if c.at <= as_of), key=lambda c: c.at)

    def standing(self, as_of: datetime) -> dict[str, Change]:
        """Model -> the change that gave it the role it had at a moment. There is one champion at most."""
        return standing(self.changes(as_of))

    def tidy(self, as_of: datetime) -> list[str]:
        """Delete files of retired models but the newest KEPT_RETIRED; ids of those deleted.

        Records stay. Champion and challengers are never touched, nor models that a replay will only fit later.
        """
        roles = self.standing(as_of)
        retired = sorted((c for c in roles.values() if c.role == "retired"), key=lambda c: c.at, reverse=True)
        gone = [c.model_id for c in retired[KEPT_RETIRED:] if self.has_file(c.model_id)]
        for model_id in gone:
            (self.folder / f"{model_id}.model").unlink(missing_ok=True)
        return gone
