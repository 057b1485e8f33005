"""Days compared with the platform above (对账), in both directions: what it lacks of ours, and what it has that we have not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Compared:
    """Keys of one kind, station and day.

    waiting, refused: they lack it, and our outbox says why. lost: they lack it, and nothing says why: it is sent again. older: they have a version
    before ours, and nothing waits. extra: they have it and we do not.
    """

    waiting: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def again(self) -> tuple[str, ...]:
        """What has to be sent again."""
        return (*self.lost, *self.older)

    @property
    def agrees(self) -> bool:
        """Do both hold the same records?"""
        return not (self.waiting or self.refused or self.lost or self.older or self.extra)


def compared(
    ours: Mapping[str, int], theirs: Mapping[str, int], waiting: Collection[str], refused: Collection[str]
) -> Compared:
    """ours, theirs: revision by key. waiting, refused: keys whose newest version stands so in the outbox."""
    lacking = sorted(ours.keys() - theirs.keys())
    behind = sorted(k for k in ours.keys() & theirs.keys() if theirs[k] < ours[k])
    return Compared(
        tuple(k for k in (*lacking, *behind) if k in waiting),
        tuple(k for k in (*lacking, *behind) if k in refused),
        tuple(k for k in lacking if k not in waiting and k not in refused),
        tuple(k for k in behind if k not in waiting and k not in refused),
        tuple(sorted(theirs.keys() - ours.keys())),
    )
