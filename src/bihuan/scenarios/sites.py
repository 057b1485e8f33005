"""Under which names files bring what is measured at the objects of a line of business, and what an import says of them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bihuan.reasons import Reason


@dataclass(frozen=True)
class Sites:
    """What a scenario tells: `names()`, codes of its objects and names of before; `told(sites)`, what people must know of those that a file brought.

    formats: of files in which only these names may stand, once there are any.
    """

    formats: frozenset[str]
    names: Callable[[], Collection[str]]
    told: Callable[[Collection[str]], Sequence[Reason]]
