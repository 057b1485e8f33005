"""Proxies whose word about a visitor's address counts: only those that the setting BIHUAN_PROXIES names."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network


@dataclass(frozen=True)
class Proxies:
    """Addresses and networks of the proxies in front of the pages."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def names(self) -> list[str]:
        """As uvicorn takes them."""
        return [str(network) for network in self.networks]

    def __contains__(self, address: object) -> bool:
        try:
            found = ip_address(str(address))
        except ValueError:
            return False
        return any(found in network for network in self.networks)


def read_proxies(texts: Iterable[str]) -> Proxies:
    """Read addresses (10.0.0.1) and networks (10.0.0.0/24). Raises ValueError for anything else, also for *."""
    return Proxies(tuple(ip_network(text.strip()) for text in texts))
