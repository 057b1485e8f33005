"""`devices.json` in the data folder: which loggers are let in. Read by the receiver, changed by the page.

{"MN": {"name": "...", "password": "123456", "sm4_key": "32 hexadecimal digits", "addresses": ["10.1.0.0/16"]}}
Without a password any is taken; without a key encrypted packets (2025) are not read; without addresses any may send.
`refused`: an officer does not want it, `reason` says why. `next_password`, `next_sm4_key`: a change that the device has
not confirmed yet; until then both are taken. `key_changed`: when it last confirmed one. The file is private (mode 600).
"""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bihuan.archive.lock import only_one
from bihuan.atomic import write_json
from bihuan.errors import NothingDone
from bihuan.feeds.hj212.sm4 import decrypt, key_from_hex, reads_plain
from bihuan.small_json import read_small_json

LOCK_WAIT = 10.0
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Device:
    """One line of the register."""

    name: str = ""
    password: str | None = None
    next_password: str | None = None
    key: bytes | None = None
    next_key: bytes | None = None
    key_changed: str = ""
    networks: tuple[Network, ...] = ()
    refused: bool = False
    reason: str = ""
    simulated: bool = False

    def password_fits(self, sent: str) -> bool:
        """Is it the device's password, or the one it is changing to?"""
        return self.password is None or sent in (self.password, self.next_password)

    def unlock(self, segment: bytes) -> bytes | None:
        """The plain form of an encrypted data segment; None without a key. During a change it may be either key's."""
        if self.key is None:
            return None if self.next_key is None else decrypt(segment, self.next_key)
        plain = decrypt(segment, self.key)
        if self.next_key is None or (plain is not None and reads_plain(plain)):
            return plain
        return decrypt(segment, self.next_key)

    def may_come_from(self, address: str) -> bool:
        """May the device send from this address?"""
        if not self.networks:
            return True
        try:
            place = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(place in network for network in self.networks)


def networks_of(texts: list[str]) -> tuple[Network, ...]:
    """Addresses and networks as written. Raises ValueError."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def _device(about: dict[str, Any]) -> Device:
    key, following = about.get("sm4_key"), about.get("next_sm4_key")
    return Device(
        name=str(about.get("name") or ""),
        password=about.get("password"),
        next_password=about.get("next_password"),
        key=key_from_hex(key) if key else None,
        next_key=key_from_hex(following) if following else None,
        key_changed=str(about.get("key_changed") or ""),
        networks=networks_of(about.get("addresses") or []),
        refused=bool(about.get("refused")),
        reason=str(about.get("reason") or ""),
        simulated=bool(about.get("simulated")),
    )


def _content(path: Path) -> dict[str, dict[str, Any]]:
    found = read_small_json(path) if path.exists() else {}
    if not isinstance(found, dict) or not all(isinstance(about, dict) for about in found.values()):
        raise ValueError("it is not a list of devices by MN")
    return found


def read_register(path: Path) -> dict[str, Device]:
    """All devices by MN. Raises NothingDone for a file that cannot be read."""
    try:
        return {str(mn): _device(about) for mn, about in _content(path).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise NothingDone(
            f'{path} cannot be read ({error}); it must look like {{"MN": {{"password": "123456"}}}}'
        ) from error


@contextmanager
def _changing(path: Path) -> Iterator[dict[str, dict[str, Any]]]:
    with only_one(path.with_name(f"{path.name}.lock"), wait=LOCK_WAIT):
        read_register(path)  # a damaged file is for a person to mend, not to be overwritten
        content = _content(path)
        yield content
        write_json(path, content, private=True)


def accept(
    path: Path,
    mn: str,
    *,
    name: str = "",
    password: str = "",
    key: str = "",
    addresses: list[str] | None = None,
) -> None:
    """Let a device in, in place of what was said of it before. Raises NothingDone for a key or address that is none."""
    given = {"name": name, "password": password, "sm4_key": key, "addresses": addresses or []}
    about = {field: value for field, value in given.items() if value}
    try:
        _device(about)
    except ValueError as error:
        raise NothingDone(f"{mn}: {error}") from error
    with _changing(path) as content:
        content[mn] = about


def take_over(path: Path, said: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    """What the register of devices says of some, by MN; None: such a device is there no more. Returns who is let in newly.

    What is not said stays, so also that a device is locked out; a password or key that is said ends a change on its way. The
    file is written once for all of them. Raises NothingDone for a key or address that is none.
    """
    with _changing(path) as content:
        new = [mn for mn, about in said.items() if about is not None and mn not in content]
        for mn, about in said.items():
            before = content.pop(mn, {})
            if about is None:
                continue
            settled = {f"next_{name}" for name in ("password", "sm4_key") if name in about}
            content[mn] = {k: v for k, v in before.items() if k not in settled} | dict(about)
            try:
                _device(content[mn])
            except ValueError as error:
                raise NothingDone(f"{mn}: {error}") from error
    return new


def refuse(path: Path, mn: str, reason: str = "") -> None:
    """Do not let a device in, or lock out a known one; what it sends is parked."""
    with _changing(path) as content:
        content[mn] = {**content.get(mn, {}), "refused": True, "reason": reason}


def admit(path: Path, mn: str) -> None:
    """Let a device that was locked out in again, with all that is said of it."""
    with _changing(path) as content:
        content[mn] = {k: v for k, v in content.get(mn, {}).items() if k not in ("refused", "reason")}


def change_password(path: Path, mn: str, password: str) -> None:
    """A new password is on its way to the device: until it confirms, the old and the new one are taken."""
    with _changing(path) as content:
        if mn in content and "password" in content[mn]:
            content[mn]["next_password"] = password


def settle_password(path: Path, mn: str, *, changed: bool) -> None:
    """The device has confirmed the change, or refused it."""
    with _changing(path) as content:
        password = content.get(mn, {}).pop("next_password", None)
        if password is not None and changed:
            content[mn]["password"] = password


def change_key(path: Path, mn: str, key: str) -> None:
    """A new SM4 key is on its way to the device: until it confirms, the old and the new one are taken.

    Raises NothingDone for a device that is not in the register.
    """
    with _changing(path) as content:
        if mn not in content:
            raise NothingDone(f"{mn} is not in {path.name}: there is no place for its key")
        content[mn]["next_sm4_key"] = key


def settle_key(path: Path, mn: str, at: str, *, changed: bool) -> None:
    """The device has confirmed the new key (`at`, as text), or refused it."""
    with _changing(path) as content:
        key = content.get(mn, {}).pop("next_sm4_key", None)
        if key is not None and changed:
            content[mn] |= {"sm4_key": key, "key_changed": at}
