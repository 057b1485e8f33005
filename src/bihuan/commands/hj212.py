"""`bihuan hj212`: work with HJ 212 packets."""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bihuan.commands import hj212_forward, hj212_receiver
from bihuan.commands.output import Output
from bihuan.commands.raw_bytes import bytes_of
from bihuan.errors import NothingDone
from bihuan.feeds.hj212 import decode_stream
from bihuan.feeds.hj212.ends import Stream
from bihuan.feeds.hj212.sm4 import key_from_hex
from bihuan.installation.files import write_beside

HELP = "HJ 212 loggers: receive them, give their records out, decode raw bytes"
EXAMPLE = "bihuan hj212 decode received.bin --out packets.jsonl"

PROGRESS_EVERY = 20_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments, by action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    decode = actions.add_parser(
        "decode",
        help="a line of JSON per packet or broken piece",
        description="Read a raw byte stream (any mix of packets, garbage and cuts) and write a line of JSON per packet "
        "or broken piece. Exit 1 when some pieces were refused.",
        epilog=f"example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    decode.add_argument("source", metavar="IN", type=Path, help="file of bytes as received")
    decode.add_argument("--out", metavar="OUT.jsonl", type=Path, required=True, help="file to write")
    decode.add_argument("--strict", action="store_true", help="refuse what breaks the form of the standard")
    decode.add_argument(
        "--sm4-key", metavar="HEX", help="key of 32 hexadecimal digits for encrypted CP (2025)"
    )
    decode.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    decode.set_defaults(act=run_decode)
    hj212_receiver.configure(actions)
    hj212_forward.configure(actions)


def run(args: argparse.Namespace, out: Output) -> int:
    """Hand over to the action."""
    act: Callable[[argparse.Namespace, Output], int] = args.act
    return act(args, out)


def run_decode(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 all taken, 1 some pieces refused, 2 nothing done."""
    key = _key(args.sm4_key)
    counts: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    with bytes_of(args.source) as data:

        def write(path: Path) -> None:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                for record in _records(data, args.strict, key, counts, marks, out):
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")

        write_beside(args.out, write)
    refused = {reason: n for reason, n in counts.items() if reason != "accepted"}
    report = {
        "pieces": counts.total(),
        "accepted": counts["accepted"],
        "refused": sum(refused.values()),
        "reasons": refused,
        "deviations": dict(marks.most_common()),
    }
    text = f"{report['pieces']} pieces, {report['accepted']} packets accepted, {report['refused']} refused"
    lines = [text, *(f"  refused, {reason}: {n}" for reason, n in refused.items())]
    out.result(report, "\n".join([*lines, *(f"  deviation {mark}: {n}" for mark, n in marks.most_common())]))
    return 1 if refused else 0


def _records(
    data: Stream,
    strict: bool,
    key: bytes | None,
    counts: Counter[str],
    marks: Counter[str],
    out: Output,
) -> Iterator[dict[str, Any]]:
    for number, piece in enumerate(decode_stream(data, strict=strict, sm4_key=key), 1):
        counts[piece.reason or "accepted"] += 1
        if piece.accepted:
            marks.update(set(piece.deviations))
        if number % PROGRESS_EVERY == 0:
            out.progress("decoding", piece.offset + piece.length, len(data))
        yield piece.as_record()


def _key(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return key_from_hex(text)
    except ValueError as error:
        raise NothingDone(f"--sm4-key: {error}") from error
