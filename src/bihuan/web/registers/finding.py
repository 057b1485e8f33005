"""Every register whose columns are looked through as a kind of things that the search box finds."""

from collections.abc import Iterator
from functools import partial

from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.map_layer import own_page
from bihuan.registry.models import Person
from bihuan.scenarios import resolved
from bihuan.scenarios.contract import Finder, Hit
from bihuan.web.registers.filters import searched
from bihuan.web.registers.kinds import objects_of, url_of
from bihuan.web.registers.shown import names_of, text_of, values_of


def register_finders() -> Iterator[Finder]:
    """One for each register, in the order of the folders."""
    for register in resolved.every_register().values():
        if any(column.searched for column in register.columns):
            yield Finder(register.title, partial(find, register))


def find(register: Register, person: Person, text: str, most: int) -> list[Hit]:
    """Objects with the text in a column that is looked through, as its page opens them."""
    found = objects_of(register, person).filter(searched(register, text)).order_by("pk")
    rows = list((found.defer("geometry") if register.has("geometry") else found)[:most])
    noted = [n for n in (*register.key, "region") if register.has(n)]
    valued = [values_of(register, row, noted) for row in rows]
    names = names_of(register, valued)
    return [
        Hit(
            str(row), _note(str(row), [text_of(register, n, v, names) for n, v in values.items()]),
            own_page(register, row.pk) or url_of(register, row.pk), bool(getattr(row, "simulated", False)),
        )
        for row, values in zip(rows, valued, strict=True)
    ]  # fmt: skip


def _note(name: str, texts: list[str]) -> str:
    return " · ".join(text for text in texts if text != name)
