"""Messages between the caller and its process: a length, then JSON; only the caller's own words are pickled."""

import json
import pickle
import socket
import struct
from typing import Any

LENGTH = struct.Struct("<I")
LONGEST = 64 * 2**20


def send(line: socket.socket, data: bytes) -> None:
    """One message. Raises OSError when nobody listens any more."""
    if len(data) > LONGEST:
        raise ValueError(f"a message of {len(data)} bytes is too long")
    line.sendall(LENGTH.pack(len(data)) + data)


def receive(line: socket.socket) -> bytes | None:
    """The next message; None at the end of the talk, also when it breaks off."""
    head = _exactly(line, LENGTH.size)
    if head is None:
        return None
    (length,) = LENGTH.unpack(head)
    return _exactly(line, length) if length <= LONGEST else None


def _exactly(line: socket.socket, size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        try:
            block = line.recv(min(size - len(found), 2**20))
        except ConnectionError:
            return None
        if not block:
            return None
        found += block
    return bytes(found)


class Talk:
    """The function's side of the talk: what it can tell its caller on the way."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def say(self, kind: str, value: Any) -> None:
        """Tell the caller something that JSON can hold; halves of letters, which no table or database takes, as `?`."""
        send(self._line, json.dumps([kind, value], ensure_ascii=False).encode(errors="replace"))

    def ask(self, kind: str, value: Any) -> Any:
        """Tell it and wait for what the caller answers."""
        self.say(f"?{kind}", value)
        answer = receive(self._line)
        if answer is None:
            raise EOFError("the caller is gone")
        return pickle.loads(answer)
