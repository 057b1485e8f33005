"""What a process of a walk over all chains does; it imports nothing of Django before that is set up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bihuan.cases.chain_parts import Part


def start() -> None:
    """Set up Django on the installation of the process that asks."""
    import django

    django.setup()


def part(first: int, last: int) -> "Part":
    """Walk the cases with ids from first to last."""
    from bihuan.cases.chain_parts import part as walk

    return walk(first, last)
