"""The one-time code of a new installation: who reads it off the server's terminal may make the first account.

It lies in the data folder, for the folder's own account alone, until it has been used; a restart says the same one again.
"""

import hmac
import secrets
from pathlib import Path

from bihuan.atomic import write_text

FILE = "first-run.code"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that are taken for another; 32 of them are 5 bits each."""
GROUPS, GROUP = 4, 4
"""80 bits: what nobody guesses at some attempts a minute."""


def code_of(folder: Path) -> str:
    """The code of an installation; made where there is none. Raises OSError."""
    kept = _kept(folder)
    if kept:
        return kept
    groups = ["".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS)]
    write_text(folder / FILE, "-".join(groups), private=True)
    return "-".join(groups)


def fits(folder: Path, typed: str) -> bool:
    """Is this the code? Blanks, hyphens and small letters do not matter. False where there is none."""
    kept = _plain(_kept(folder))
    return bool(kept) and hmac.compare_digest(_plain(typed).encode(), kept.encode())


def forget(folder: Path) -> None:
    """The code was used, or is needed no more."""
    (folder / FILE).unlink(missing_ok=True)


def _kept(folder: Path) -> str:
    try:
        return (folder / FILE).read_text().strip()
    except FileNotFoundError:
        return ""


def _plain(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())
