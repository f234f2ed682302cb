"""Strict request heads (RFC 9112): refuses whatever a proxy in front could read differently.

h11 follows the grammar, but accepts a bare LF as a line end, joins folded lines, accepts two equal lengths, and prefers
``Transfer-Encoding`` to a length beside it. Each of these allows one request to be read as two.
"""

from __future__ import annotations

from typing import Final

from h11 import LocalProtocolError
from h11._receivebuffer import ReceiveBuffer

MAX_HEAD_BYTES: Final = 32 * 1024
MAX_HEAD_LINES: Final = 128
MAX_CHUNK_LINE_BYTES: Final = 256
FREE_CHUNKS: Final = 1024
MIN_CHUNK_BYTES: Final = 256
"""Smallest average size of chunks after ``FREE_CHUNKS``, in bytes: each chunk costs the server as much as some hundred
bytes."""
_CR: Final = 0x0D


class StrictReceiveBuffer(ReceiveBuffer):
    """h11's buffer of received bytes, with its own reading of lines. h11 turns the LocalProtocolError raised here into
    a RemoteProtocolError."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks = 0
        self._chunk_bytes = 0

    def maybe_extract_lines(self) -> list[bytearray] | None:
        """The lines of a head (or of a chunked body's trailer) without their ends. None if it isn't complete yet."""
        data = self._data
        begin = self._multiple_lines_search  # where the incomplete line begins
        while (end := data.find(b"\n", begin)) >= 0:
            if end == begin or data[end - 1] != _CR:
                raise LocalProtocolError("A line ends in LF without CR before it.")
            if end == begin + 1:
                if end >= MAX_HEAD_BYTES:
                    break
                lines = self._extract(end + 1).split(b"\r\n")[:-2]
                self._chunks = self._chunk_bytes = 0
                _check(lines)
                return lines
            begin = self._multiple_lines_search = end + 1
        if len(data) > MAX_HEAD_BYTES:
            raise LocalProtocolError(f"A head has at most {MAX_HEAD_BYTES} bytes.", error_status_hint=431)
        return None

    def maybe_extract_next_line(self) -> bytearray | None:
        """The line before a chunk, with its end."""
        line = super().maybe_extract_next_line()
        if line is None:
            if len(self._data) > MAX_CHUNK_LINE_BYTES:
                raise LocalProtocolError("The line before a chunk is too long.")
            return None
        if len(line) > MAX_CHUNK_LINE_BYTES or line.find(b"\r") != len(line) - 2 or line.find(b"\n") != len(line) - 1:
            raise LocalProtocolError("The line before a chunk is no size, or too long.")
        self._chunks += 1
        if self._chunks > FREE_CHUNKS and self._chunk_bytes < (self._chunks - FREE_CHUNKS) * MIN_CHUNK_BYTES:
            raise LocalProtocolError("The body comes in chunks that are too small.")
        return line

    def maybe_extract_at_most(self, count: int) -> bytearray | None:
        out = super().maybe_extract_at_most(count)
        if out is not None:
            self._chunk_bytes += len(out)
        return out


def _check(lines: list[bytearray]) -> None:
    if len(lines) > MAX_HEAD_LINES:
        raise LocalProtocolError(f"A head has at most {MAX_HEAD_LINES} lines.", error_status_hint=431)
    lengths = encodings = 0
    for line in lines:
        if line.startswith((b" ", b"\t")):
            raise LocalProtocolError("A header is folded over several lines.")
        name, _, value = line.partition(b":")
        if len(name) == 14 and name.lower() == b"content-length":
            lengths += 1
            if not value.strip(b" \t").isdigit():
                raise LocalProtocolError("Content-Length is no number.")
        elif len(name) == 17 and name.lower() == b"transfer-encoding":
            encodings += 1
    if lengths > 1:
        raise LocalProtocolError("Content-Length stands there more than once.")
    if encodings and lengths:
        raise LocalProtocolError("Content-Length and Transfer-Encoding stand there together.")
    if encodings and lines[0].endswith(b" HTTP/1.0"):
        raise LocalProtocolError("HTTP/1.0 knows no Transfer-Encoding.")
