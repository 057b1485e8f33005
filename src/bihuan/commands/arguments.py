"""Arguments that several commands take; for argparse."""

import argparse


def port(text: str) -> int:
    """A TCP port, or 0 for any free one."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port; give a number from 0 to 65535")
    return int(text)
