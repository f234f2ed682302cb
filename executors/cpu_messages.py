"""Messages between a process and its CPU workers: length-prefixed pickles over a private socket."""

from __future__ import annotations

import pickle
import struct
from asyncio import StreamReader
from typing import Any, Final

_HEAD: Final = struct.Struct("!I")


def encode(*message: Any) -> bytes:
    """Encodes one message for the socket."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _HEAD.pack(len(body)) + body


async def read_message(reader: StreamReader) -> Any:
    """The next message of the socket. Raises EOFError (IncompleteReadError) at its end."""
    (size,) = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    return pickle.loads(await reader.readexactly(size))  # noqa: S301 - our own processes, over a socket nobody else has


def make_portable(error: Exception) -> Exception:
    """The error in a form that can be sent. One that can't be pickled becomes a description."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - made right here
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}"[:2000])
    return error
