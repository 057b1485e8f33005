"""How often the guilty site is among the first three: invented incidents of dust, attributed by `domain/dust/attribution`.

24 sites in a valley of 12 x 8 km, two thirds of them with a monitor; one (or none: dust from outside) raises PM10 at a station by a plume that bends and
spreads with the wind of the hour; the wind that is told is that of a mast 2 km off, with its own error, and in a fifth of the incidents there is none.
`python benchmarks/dust_attribution.py [incidents] [first seed]`: the numbers of the module were set on seeds 0 to 399, the score is of seeds from 10,000 on.
"""

import random
import sys
from dataclasses import dataclass
from math import cos, exp, radians, sqrt

from bihuan.domain.dust.attribution import (
    METRES,
    Neighbour,
    Peak,
    Suspect,
    Wind,
    apart,
    attribute,
    bearing_and_metres,
)

LON, LAT = 113.58, 37.86
WIDTH, DEPTH = 12_000.0, 8_000.0
SITES, MONITORED = 24, 2 / 3
OUTSIDE, NO_WIND = 0.2, 0.2
PHASES = ("earthwork", "demolition", "piling", "foundation", "structure", "finish", "idle")
LEAST = 50.0
"""A peak of fewer µg/m³ is no incident."""
TRUTH, SCORED = "", 10_000


@dataclass(frozen=True)
class Incident:
    """What was told, and who it was (`truth` is empty for dust from outside)."""

    peak: Peak
    suspects: list[Suspect]
    truth: str


def place(rng: random.Random) -> tuple[float, float]:
    east, north = rng.uniform(-WIDTH / 2, WIDTH / 2), rng.uniform(-DEPTH / 2, DEPTH / 2)
    return LON + east / METRES / cos(radians(LAT)), LAT + north / METRES


def plume(source: tuple[float, float], to: tuple[float, float], wind: Wind, kilos: float) -> float:
    """µg/m³ of an hour at a place: spread to the sides by 22 degrees and what a slow wind adds, thinned with the distance."""
    bearing, metres = bearing_and_metres(*to, *source)
    if metres < 80:
        return kilos * 4
    spread = 22 + 25 / max(wind.speed, 0.3)
    side = exp(-0.5 * (apart(bearing, wind.direction) / spread) ** 2)
    thinned: float = pow(80 / metres, 0.9)
    return kilos * 4 * side * thinned * sqrt(min(2.0 / max(wind.speed, 0.5), 2.0))


def incident(seed: int) -> Incident:
    """A peak of LEAST or more at a station; of a city in which nothing rises so much another is made."""
    rng = random.Random(seed)
    while True:
        made = _tried(rng)
        if made.peak.risen >= LEAST:
            return made


def _tried(rng: random.Random) -> Incident:
    wind = Wind(rng.uniform(0, 360), max(rng.lognormvariate(0.6, 0.6), 0.2))
    station, neighbours = place(rng), [place(rng) for _ in range(4)]
    sites = [
        (f"S{n:02d}", place(rng), rng.choice(PHASES), rng.lognormvariate(9.3, 0.7)) for n in range(SITES)
    ]
    outside = rng.random() < OUTSIDE / 12  # few of the others rise enough at a station that lies anywhere
    guilty = rng.choice([s for s in sites if s[2] != "idle"])
    kilos = 0.0 if outside else rng.uniform(60, 250) * (guilty[3] / 11_000) ** 0.5
    carried = rng.uniform(50, 150) if outside else 0.0

    def risen(at: tuple[float, float]) -> float:
        own = 0.0 if outside else plume(guilty[1], at, wind, kilos)
        small = sum(
            plume(p, at, wind, rng.uniform(0, 4)) for _code, p, phase, _area in sites if phase != "idle"
        )
        return own + carried * rng.uniform(0.7, 1.1) + small + rng.gauss(0, 8)

    told = None
    if rng.random() >= NO_WIND:
        told = Wind((wind.direction + rng.gauss(0, 18)) % 360, max(wind.speed * rng.uniform(0.7, 1.3), 0.1))
    suspects = [
        Suspect(
            code,
            *p,
            phase,
            area if rng.random() < 0.8 else None,
            risen(p) if rng.random() < MONITORED else None,
        )
        for code, p, phase, area in sites
    ]
    around = [Neighbour(*p, risen(p)) for p in neighbours]
    return Incident(Peak(*station, risen(station), told, around), suspects, TRUTH if outside else guilty[0])


def score(seeds: range) -> dict[str, tuple[int, int]]:
    """Hits and cases: the guilty first, among the first three (with and without wind), nobody first where it came from outside, and falsely where not."""
    found: dict[str, list[bool]] = {}
    for seed in seeds:
        made = incident(seed)
        answer = attribute(made.peak, made.suspects)
        top = answer.shares[0].code
        if made.truth == TRUTH:
            found.setdefault("from outside: nobody known is first", []).append(top == "")
            continue
        wind = "with wind" if made.peak.wind and made.peak.wind.tells else "without wind"
        within = made.truth in answer.first(3)
        found.setdefault("guilty first", []).append(top == made.truth)
        found.setdefault("guilty among the first three", []).append(within)
        found.setdefault(f"guilty among the first three, {wind}", []).append(within)
        found.setdefault("a site was guilty: nobody known is first", []).append(top == "")
    return {name: (sum(hits), len(hits)) for name, hits in sorted(found.items())}


def by_chance(seeds: range) -> float:
    """How often the nearest three sites would hold the guilty one."""
    hits = []
    for seed in seeds:
        made = incident(seed)
        if made.truth == TRUTH:
            continue
        near = sorted(
            made.suspects, key=lambda s: bearing_and_metres(made.peak.lon, made.peak.lat, s.lon, s.lat)[1]
        )
        hits.append(made.truth in [s.code for s in near[:3]])
    return sum(hits) / max(len(hits), 1)


def main() -> None:
    """Print the shares."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else SCORED
    seeds = range(first, first + count)
    for name, (hits, of) in score(seeds).items():
        sys.stdout.write(f"{name}: {hits / of:.0%} of {of}\n")
    sys.stdout.write(f"the three nearest sites would hold the guilty one: {by_chance(seeds):.0%}\n")


if __name__ == "__main__":
    main()
