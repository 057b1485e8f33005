"""Under which names files bring what is measured at the objects of a line of business, and what an import says of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bihuan.reasons import Reason


@dataclass(frozen=True)
class Sites:
    """What a scenario tells: `names()`, by what may stand in a file the site under which its values are kept; `told(sites)`, what people must know of sites that a file brought.

    formats: of files in which only these names may stand, once there are any.
    """

    formats: frozenset[str]
    names: Callable[[], Mapping[str, str]]
    told: Callable[[Collection[str]], Sequence[Reason]]
