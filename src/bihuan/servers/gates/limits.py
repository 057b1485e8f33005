"""How much the entrance takes."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """skew: seconds by which a signature's time may differ from the centre's clock. body, picture: bytes of a request.
    records: a minute and unit. held: bytes of bodies at once, of all that are being received."""

    skew: float = 300.0
    body: int = 2 * MIB
    picture: int = 3 * MIB
    records: float = 60_000.0
    held: int = 64 * MIB
    connections: int = 1000
    per_address: int = 500
