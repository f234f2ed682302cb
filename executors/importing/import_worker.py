"""Worker process of the importer: runs one task under limits that the kernel enforces, and asks for the task's
documents.

It has no settings, keys or connections of the server, and opens no file and no socket. It ends with its task.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from typing import Any, BinaryIO, Final

CPU_S: Final = 60
MEMORY_BYTES: Final = 1536 * 1024 * 1024
"""Limit of the address space, including the interpreter's."""
HEAD: Final = struct.Struct("!I")


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    try:
        answer = _answer(incoming, outgoing)
    except MemoryError:
        answer = {"error": {"detail": "The document takes more memory than an import may use. Import a part of it."}}
    except RecursionError:
        answer = {"error": {"detail": "The document is nested deeper than can be read. Import a part of it."}}
    write_frame(outgoing, json.dumps(answer).encode())
    return 0


def _answer(incoming: BinaryIO, outgoing: BinaryIO) -> dict[str, Any]:
    from core.errors import InvalidInput
    from registry.importing.tasks import perform

    def read(tree: int, name: str) -> bytes:
        write_frame(outgoing, json.dumps({"need": [tree, name]}).encode())
        reply = read_frame(incoming)
        if reply[:1] != b"\x00":
            raise InvalidInput(reply[1:].decode("utf-8", "replace"))
        return reply[1:]

    try:
        return {"done": perform(json.loads(read_frame(incoming)), read)}
    except InvalidInput as error:
        findings = [[each.pointer, each.code, each.detail] for each in error.findings]
        return {"error": {"detail": error.detail, "findings": findings}}


def read_frame(stream: BinaryIO) -> bytes:
    """The next message of the stream. Raises EOFError at its end."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    (size,) = HEAD.unpack(head)
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    return body


def write_frame(stream: BinaryIO, body: bytes) -> None:
    stream.write(HEAD.pack(len(body)) + body)
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
