"""The log of the installation (存证): one hash chain in which every step, audit entry and decision is entered.

A row is entered in the transaction that writes it, by `append` and nothing else. The last hash (`anchors.root`) stands for
all of the log: whoever kept it elsewhere can show that nothing before it was changed, taken out or put in.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import reduce
from typing import Any, ClassVar

from django.db import connection, models, transaction

from bihuan.registry.hashing import content, digest, instant
from bihuan.registry.roles import AUDITORS
from bihuan.registry.scopes import Holders

UPGRADE = "entered at upgrade"


class LogEntry(models.Model):
    """One entry. `key` names the row among those of its `kind`; `content` is kept where the row itself goes on changing.

    `at` is the real time, also in a replay. `hash` covers all but `content`, which `digest` covers, and the hash before.
    """

    SCOPE = Holders(*AUDITORS)

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=60, blank=True)
    content = models.JSONField(null=True)
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["kind", "key"], name="log_by_row")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.key}"


def said(entry: Any) -> dict[str, Any]:
    """What the hash of an entry (or of a row of its columns) covers; with `hash` beside it, a line of the exported log."""
    return {
        "seq": entry.seq, "at": instant(entry.at), "kind": entry.kind, "key": entry.key,
        "digest": entry.digest, "note": entry.note, "previous": entry.previous,
    }  # fmt: skip


def append(
    kind: str,
    key: str,
    written: Mapping[str, Any],
    *,
    keep: bool = False,
    note: str = "",
    log: type[LogEntry] = LogEntry,
) -> LogEntry:
    """Enter what was written under a kind and a key; `keep`: its content too. `log` is the model as a migration knows it.

    It needs the transaction of the row: an entry without its row, or the other way round, would be reported as tampering.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind} {key}: a row is entered in the transaction that writes it")
    if connection.vendor == "postgresql":  # SQLite's writing transactions exclude each other anyway
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {log._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
    seq, before = log.objects.order_by("-seq").values_list("seq", "hash").first() or (0, "")
    entry = log(
        seq=seq + 1, at=datetime.now(UTC), kind=kind, key=key, digest=digest(written), note=note,
        content=dict(written) if keep else None, previous=before,
    )  # fmt: skip
    entry.hash = digest(said(entry))
    entry.save(force_insert=True)
    return entry


class Logged(models.Model):
    """A row that is entered in the log: once when it is `WrittenOnce`, else by `enter` after each change.

    `UNLOGGED` names the columns that may change without a new entry, each with the reason. `KEY` names the columns, also of
    rows that it points to, whose values with slashes between them name the row in the log, also when it is gone.
    """

    UNLOGGED: ClassVar[Mapping[str, str]] = {}
    KEY: ClassVar[tuple[str, ...]] = ("pk",)

    class Meta:
        abstract = True

    @property
    def log_key(self) -> str:
        """What names the row in the log."""
        return "/".join(str(reduce(getattr, path.split("__"), self)) for path in self.KEY)

    @classmethod
    def entered_rows(cls) -> "models.QuerySet[Any]":
        """The rows that the log must hold, with what their keys need: those that are `covered`."""
        return cls._default_manager.all()

    @property
    def covered(self) -> bool:
        """Whether the row says something that the log must hold; one that does not is entered as nothing."""
        return True

    def faults(self) -> Iterator[str]:
        """What does not fit between the row and what it answers for beside its own columns; nothing of most rows."""
        return iter(())


class WrittenOnce(Logged):
    """A row that is written once. The database refuses a change too (`registry.append_only`)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert and enter in the log; refuses to change what is there."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} {self.pk} is written once; append a new one")
        with transaction.atomic():
            super().save(*args, **kwargs)
            append(self._meta.label_lower, self.log_key, content_of(self))

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise TypeError(f"{type(self).__name__} {self.pk} is never deleted")


def content_of(row: Logged) -> dict[str, Any]:
    """What the log holds of a row."""
    return content(row, row.UNLOGGED) if row.covered else {}


def enter(row: Logged, *, keep: bool = False) -> LogEntry:
    """Enter a changed row as the database now has it; `keep`: with its content, so that the log holds its history."""
    now = type(row)._base_manager.get(pk=row.pk)
    return append(row._meta.label_lower, row.log_key, content_of(now), keep=keep)


def enter_gone(row: Logged) -> LogEntry:
    """Enter that a row is deleted by an action: as nothing."""
    return append(row._meta.label_lower, row.log_key, {})


def _pk(row: models.Model) -> str:
    return str(row.pk)


def enter_old(
    rows: "models.QuerySet[Any]",
    log: type[LogEntry],
    *,
    key: Callable[[Any], str] = _pk,
    note: Callable[[Any], str] = lambda _: UPGRADE,
    without: Collection[str] = (),
) -> None:
    """For a migration: enter rows that were there before, in the order of the query.

    key: what `log_key` is now; without: columns that are not entered.
    """
    for row in rows.iterator(chunk_size=2000):
        append(rows.model._meta.label_lower, key(row), content(row, without), note=note(row), log=log)


def last_entry(row: Logged) -> LogEntry | None:
    """What was entered last under the row's key."""
    return LogEntry.objects.filter(kind=row._meta.label_lower, key=row.log_key).order_by("-seq").first()


def is_intact(row: Logged) -> bool:
    """Whether the row is what was entered last under its key."""
    entry = last_entry(row)
    return entry is not None and entry.digest == digest(content_of(row))
