"""What one step of the checklist says. Nothing is ticked by hand: a step is done when nothing is missing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.scenarios.resolved import every_register

NAMED = 5
"""So many of what looks wrong are named, the rest counted."""


@dataclass(frozen=True)
class Link:
    """Where something can be filled in."""

    title: str
    url: str


@dataclass(frozen=True)
class Step:
    """One step: `facts` are there; without `missing` it is done; `look` finds what looks wrong, which leaves it done."""

    key: str
    title: str
    facts: tuple[str, ...]
    missing: tuple[str, ...]
    look: Callable[[], tuple[str, ...]] = tuple
    links: tuple[Link, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    @property
    def doubts(self) -> tuple[str, ...]:
        """What looks wrong; looked for when it is asked for, as it may take a while."""
        return self.look()


def said(*sentences: tuple[bool, str]) -> tuple[str, ...]:
    """Those sentences that are so."""
    return tuple(text for so, text in sentences if so)


def some(names: Iterable[object]) -> str:
    """The first names, and how many more there are."""
    every = [str(name) for name in names]
    more = _("等 %(n)d 个") % {"n": len(every)} if len(every) > NAMED else ""
    return _("、").join(every[:NAMED]) + more


def register_links(*kinds: str) -> tuple[Link, ...]:
    """List, template and import of each register; none where no line of business keeps it."""
    known = every_register()
    found = [(kind, _(known[kind].title)) for kind in kinds if kind in known]
    return tuple(
        link
        for kind, title in found
        for link in (
            Link(title, reverse("register", args=[kind])),
            Link(_("%(title)s模板") % {"title": title}, reverse("register_template", args=[kind, "xlsx"])),
            Link(_("导入%(title)s") % {"title": title}, reverse("register_import", args=[kind])),
        )
    )
