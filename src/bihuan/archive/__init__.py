"""The archive: tables <-> frames, the only place."""

from bihuan.archive.store import Archive

__all__ = ["Archive"]
