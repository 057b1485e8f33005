"""Places as somebody with another system of coordinates writes them."""

from bihuan.domain.places.coordinates import Place, System, gcj02_to_bd09, wgs84_to_gcj02


def from_wgs84(lon: float, lat: float, system: System) -> Place:
    """A WGS-84 place in another system [degrees]."""
    if system is System.WGS84:
        return lon, lat
    moved = wgs84_to_gcj02(lon, lat)
    return moved if system is System.GCJ02 else gcj02_to_bd09(*moved)
