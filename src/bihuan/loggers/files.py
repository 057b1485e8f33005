"""How the files of a device are called."""

from urllib.parse import quote


def name_of(mn: str) -> str:
    """A file name for a device: strangers choose their MN, it may hold any character."""
    return f"mn-{quote(mn, safe='')}"
