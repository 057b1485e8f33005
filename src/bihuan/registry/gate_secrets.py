"""Keys of gates: made, renewed, ended, each with an entry in the audit log; and the installation's key that signs rule files."""

import hashlib
import hmac
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from bihuan import clock
from bihuan.archive.lock import only_one
from bihuan.atomic import write_json
from bihuan.errors import NothingDone
from bihuan.registry.audit import record
from bihuan.registry.gate_access import GateKey
from bihuan.registry.models import Person
from bihuan.registry.transport import VehicleUser
from bihuan.small_json import read_small_json

FILE = "gate_keys.json"
LOCK_WAIT = 10.0


def _own(folder: Path) -> dict[str, str]:
    """The installation's two secrets (hex), made on first use; the file is private and of every backup. Raises NothingDone."""
    path = folder / FILE
    if not path.exists():
        with only_one(path.with_name(f"{FILE}.lock"), wait=LOCK_WAIT):
            if not path.exists():
                new = {"master": secrets.token_hex(32), "signing": secrets.token_hex(32)}
                write_json(path, new, private=True)
    try:
        said = read_small_json(path)
        found = {name: str(said[name]) for name in ("master", "signing")}
        if any(len(bytes.fromhex(text)) != 32 for text in found.values()):
            raise ValueError("a key is cut off")
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NothingDone(f"{path} cannot be read ({error}); restore it from a backup") from error
    return found


def secret_of(unit: str, salt: str, folder: Path | None = None) -> str:
    """The secret of a unit's key, as its gates have it (hex)."""
    master = bytes.fromhex(_own(folder or settings.DATA_DIR)["master"])
    return hmac.new(master, f"{unit}\n{salt}".encode(), hashlib.sha256).hexdigest()


def signing_key(folder: Path | None = None) -> Ed25519PrivateKey:
    """What rule files are signed with."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_own(folder or settings.DATA_DIR)["signing"]))


def public_key(folder: Path | None = None) -> str:
    """What gates verify rule files with (hex): they get it with their own key."""
    return signing_key(folder).public_key().public_bytes_raw().hex()


@transaction.atomic
def make(unit: VehicleUser, dialect: str, by: Person | None = None, *, simulated: bool = False) -> str:
    """A further key of a unit; its secret, shown this once. The keys before it go on until they are revoked."""
    salt = secrets.token_hex(16)
    GateKey.objects.create(
        unit=unit, salt=salt, dialect=dialect, made_at=clock.now(), simulated=simulated or unit.simulated
    )
    record(by, "gate_key.make", unit.pk, salt=salt[:6], dialect=dialect)
    return secret_of(unit.pk, salt)


@transaction.atomic
def revoke(unit: VehicleUser, by: Person | None = None, *, but_newest: bool = False) -> int:
    """End the keys of a unit (with `but_newest` all but the last one made); how many were."""
    keys = list(GateKey.objects.filter(unit=unit, revoked_at=None).order_by("-made_at", "-pk"))
    ended = keys[1:] if but_newest else keys
    for key in ended:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        record(by, "gate_key.revoke", unit.pk, salt=key.salt[:6])
    return len(ended)
