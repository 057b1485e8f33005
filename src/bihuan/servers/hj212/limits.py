"""The limits of the receiver, as its command sets them. docs/hj212.md says what each one is for."""

from dataclasses import dataclass, replace

from bihuan.servers.hj212.ask.dialogue import Patience

USUAL = Patience()
MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """idle: seconds of silence (RtdInterval goes up to an hour); per_address: a whole city may sit behind one router.

    packets: a second and connection; who sends more is read more slowly. fetch_after: seconds after a device came back
    until missing records are asked for (0: never).

    A connection on which no known device has sent is a stranger's. strangers: so many of them at once; the oldest silent
    one makes room. stranger_idle: seconds of silence before the first whole packet; first_packet: seconds until it.
    stranger_packets: a second, of all strangers together (an address: a quarter), a KiB of a long one counting as one.
    stranger_bytes: of what is refused or parked, kept raw in a day (an address: a quarter); known connections: four times as much.
    """

    idle: float = 7200.0
    connections: int = 25_000
    per_address: int = 25_000
    packets: float = 5_000.0
    strangers: int = 20_000
    stranger_idle: float = 60.0
    first_packet: float = 300.0
    stranger_packets: float = 200.0
    stranger_bytes: int = 64 * MIB
    store_every: float = 5.0
    fetch_after: float = 120.0
    fetches_an_hour: int = 12
    patience: Patience = USUAL

    def share(self, processes: int) -> "Limits":
        """Those of one of several processes, which share what strangers may use. Connections are counted over all."""
        return replace(
            self,
            strangers=max(1, self.strangers // processes),
            stranger_packets=self.stranger_packets / processes,
            stranger_bytes=self.stranger_bytes // processes,
        )
