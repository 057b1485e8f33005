"""How an address says, apart from the code under test, who may open it and who may post to it.

Everybody of the cast has a label: `city:chief` (a post of the whole city), `mine:chief` (of the county in which the
objects lie), `other:chief` (of another county), and the `special` ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

ROLES = ("dispatcher", "handler", "verifier", "chief", "ranger", "enterprise", "auditor", "admin")
STRANGER, NOBODY = "stranger", "nobody"
RIVAL, COLLEAGUE, EVERYWHERE = "rival", "colleague", "everywhere"
"""Another enterprise's contact in the same county; a second handler of the same unit; a chief of all counties but mine."""
SPECIAL = (STRANGER, NOBODY, RIVAL, COLLEAGUE, EVERYWHERE)
CAST = (
    *SPECIAL,
    *(f"city:{role}" for role in ("dispatcher", "verifier", "chief", "auditor", "admin")),
    *(
        f"mine:{role}"
        for role in ("dispatcher", "handler", "verifier", "chief", "ranger", "enterprise", "admin")
    ),
    *(f"other:{role}" for role in ("dispatcher", "handler", "chief", "enterprise", "admin")),
)


NO_ONE: frozenset[str] = frozenset()


def city(*roles: str) -> frozenset[str]:
    """Those with these roles for the whole city."""
    return frozenset(f"city:{role}" for role in roles)


def covering(*roles: str) -> frozenset[str]:
    """Those with these roles for the objects' county, or for the whole city."""
    return city(*roles) | frozenset(f"mine:{role}" for role in roles)


def holders(*roles: str) -> frozenset[str]:
    """Those with these roles anywhere."""
    everywhere = {EVERYWHERE} if "chief" in roles else NO_ONE
    return covering(*roles) | everywhere | frozenset(f"other:{role}" for role in roles)


ALL = frozenset(CAST) - {STRANGER, NOBODY}
SIGNED_IN = ALL | {NOBODY}
IN_REGION = covering(*(r for r in ROLES if r != "enterprise")) | {COLLEAGUE}
"""Who sees what lies in the county and belongs to no organisation."""
IN_REGION_OR_UNIT = IN_REGION | {"mine:enterprise"}
"""The same for what belongs to the county's unit, whose contact is `mine:enterprise`."""
WATCH = city("dispatcher", "chief", "auditor", "admin")
RUN = city("dispatcher", "admin")


@dataclass(frozen=True)
class Address:
    """One address: who reads it, who may change something by posting `data` to it.

    `works`: the one of `writes` who posts when it is shown that the same post does take effect; empty where nothing can
    be changed in a test (no device, no model). `alone`: why no post of a part takes effect without another part; its own
    tests show that it does. `open`: strangers too. `there`: answers of one that may be read.
    """

    name: str
    reads: frozenset[str] = NO_ONE
    writes: frozenset[str] = NO_ONE
    values: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    works: str = ""
    alone: str = ""
    open: bool = False
    there: Iterable[int] = (200,)
