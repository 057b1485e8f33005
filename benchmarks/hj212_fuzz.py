"""HJ 212 packets mutated a million times: no exception, no hang, bounded memory, no byte taken twice.

python benchmarks/hj212_fuzz.py [--packets N] [--seed S]

Valid packets of three editions are mutated (bytes flipped, cut, doubled, swapped; digits of length, Flag and time
changed; separators, && and ## thrown in; check value made right again in half of them) and fed in random cuts to one
connection's splitter and parser, then to the rows of the table, as in the receiver.
"""

import argparse
import gc
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import psutil
from hj212_parse import make_packets

from bihuan.archive.journal import Entry
from bihuan.feeds.hj212 import read_piece
from bihuan.feeds.hj212.crc import crc_text
from bihuan.feeds.hj212.splitter import Splitter
from bihuan.pipeline.packets import ACCEPTED, rows_of
from bihuan.servers.hj212.devices import Seen
from bihuan.servers.hj212.receive.replies import reply_to

SEEDS = 4_000
GROUP = 200
CHUNK = 4_096
PIECES = (
    b"##",
    b"&&",
    b";",
    b",",
    b"=",
    b"\r\n",
    b"//",
    b"\x00",
    b"##0100",
    b"CP=&&",
    b"MN=",
    b"\xff\xfe",
    b"-Rtd=",
    b"PNO=9;",
)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SLOW_SECONDS = 1.0
MOST_GROWN = 10.0  # MB, in the last quarter

Mutation = Callable[[random.Random, bytes], bytes]


def _flip(pick: random.Random, data: bytes) -> bytes:
    at = pick.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << pick.randrange(8)]) + data[at + 1 :]


def _cut(pick: random.Random, data: bytes) -> bytes:
    first, last = sorted((pick.randrange(len(data)), pick.randrange(len(data))))
    return data[:first] + data[last:]


def _double(pick: random.Random, data: bytes) -> bytes:
    first, last = sorted((pick.randrange(len(data)), pick.randrange(len(data))))
    return data[:last] + data[first:last] * pick.randrange(1, 4) + data[last:]


def _throw_in(pick: random.Random, data: bytes) -> bytes:
    at = pick.randrange(len(data))
    return data[:at] + pick.choice(PIECES) * pick.choice((1, 1, 1, 40)) + data[at:]


def _digits(pick: random.Random, data: bytes) -> bytes:
    places = [match.span() for match in re.finditer(rb"\d+", data)] or [(0, 0)]
    first, last = pick.choice(places)
    return data[:first] + b"%d" % pick.choice((0, 9, 99, 9999, 10**20, pick.randrange(10**6))) + data[last:]


def _swap(pick: random.Random, data: bytes) -> bytes:
    parts = data.split(b";")
    pick.shuffle(parts)
    return b";".join(parts)


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _double, _throw_in, _digits, _swap)


def mutated(pick: random.Random, data: bytes) -> bytes:
    """One to four mutations; half of the time a right length and check value round the broken segment."""
    for _ in range(pick.randrange(1, 5)):
        data = pick.choice(MUTATIONS)(pick, data) or b"#"
    if pick.random() < 0.5:
        segment = data[6:-6][:9999]
        data = b"##%04d%s%s\r\n" % (len(segment), segment, crc_text(segment))
    return data


def _memory() -> float:
    """MB that the process holds now."""
    gc.collect()
    used: int = psutil.Process().memory_info().rss
    return used / 2**20


def main() -> None:
    """Run all, print figures; an exception ends it; a byte taken twice, a hang or growth exits 1."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=212)
    args = parser.parse_args()
    pick, seeds = random.Random(args.seed), make_packets(SEEDS)
    counts: Counter[str] = Counter()
    splitter, seen = Splitter(), Seen(NOW, NOW)
    sent, taken, rows, slowest = 0, 0, 0, 0.0
    quarters: list[float] = []
    for done in range(0, args.packets, GROUP):
        data = b"".join(mutated(pick, pick.choice(seeds)) for _ in range(min(GROUP, args.packets - done)))
        sent += len(data)
        began, at, kept = time.monotonic(), 0, []
        while at < len(data):
            step = pick.choice((1, 7, 300, CHUNK))
            for frame in splitter.feed(data[at : at + step]):
                piece = read_piece(frame)
                taken += piece.length
                counts[piece.reason or "accepted"] += 1
                piece.as_record()
                if piece.accepted:
                    reply_to(piece)
                    seen.note(piece, NOW)
                    kept.append(Entry(len(kept) + 1, ACCEPTED, NOW, b"##%04d%s%s\r\n" % (
                        len(frame.segment), frame.segment, crc_text(frame.segment))))  # fmt: skip
            at += step
        seen.forget(NOW)
        rows += rows_of(kept).height
        slowest = max(slowest, time.monotonic() - began)
        if (done + GROUP) * 4 // args.packets > len(quarters):
            quarters.append(_memory())
    taken += sum(frame.end - frame.start for frame in splitter.close())
    grown = quarters[-1] - quarters[-2]
    say = sys.stdout.write
    say(f"mutated packets              {args.packets:11,}   ({sent:,} bytes, seed {args.seed})\n")
    for reason, count in counts.most_common():
        say(f"  {reason:<27}{count:11,}\n")
    say(f"rows made of the accepted    {rows:11,}\n")
    say(f"slowest {GROUP} packets          {slowest:11.2f} s\n")
    for number, held in enumerate(quarters, 1):
        say(f"memory after quarter {number}       {held:11.1f} MB\n")
    say(f"grown in the last quarter    {grown:11.1f} MB   (a leak would go on)\n")
    say(f"bytes in pieces              {taken:11,}   (without line ends that came after their packet)\n")
    sys.exit(1 if slowest > 10 * SLOW_SECONDS or grown > MOST_GROWN or taken > sent else 0)


if __name__ == "__main__":
    main()
